//! Error responses, as problem details. <https://www.rfc-editor.org/rfc/rfc9457>

use serde_json::{Value, json};

/// Why a request is rejected or failed. Codes are stable: the page has a message for each. A code has the same body
/// wherever it is produced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// `Origin` is foreign, `null`, malformed or repeated, or it is missing and the request needs one.
    OriginNotAllowed,
    /// A preflight for a method or header that the route does not accept.
    PreflightRefused,
    /// An unknown path. The status is 400 and not 404, because CloudFront replaces the body of a 404 with the site's error
    /// page, and the client would not get the code.
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html>
    NotFound,
    /// A known path with a method that it does not have.
    MethodNotAllowed,
    /// `Host` is not one of the site's names.
    HostUnknown,
    /// The body is longer than its route accepts, or CloudFront truncated it before it called the edge function.
    BodyTooLarge,
    /// `Idempotency-Key` is repeated or not a UUID.
    BadIdempotencyKey,
    /// `days` is repeated, malformed or out of bounds.
    BadDays,
    /// The body, or a field of it, is malformed: an address of the form that requests the CV, a file's name.
    BadRequest,
    /// The inbox does not accept the file's type.
    TypeNotAccepted,
    /// The inbox does not accept a file of this size.
    FileTooLarge,
    /// No upload has this id. Not 404, as [`Problem::NotFound`].
    UploadUnknown,
    /// A limit of the inbox is reached. The response says when to retry.
    TooManyRequests,
    /// The owner sends the CV on request only.
    RequestRequired,
    /// No named link has this code. Not 404, as [`Problem::NotFound`].
    LinkUnknown,
    /// The owner revoked the named link.
    LinkRevoked,
    /// The named link has expired.
    LinkExpired,
    /// The edge has no configuration or key that is recent enough.
    ConfigUnavailable,
    /// DynamoDB is throttled or down.
    CounterUnavailable,
    /// What named links need, such as their table or key, is throttled or down.
    LinksUnavailable,
    /// A service that the inbox needs is throttled or down.
    InboxUnavailable,
    /// A bug.
    Internal,
}

impl Problem {
    /// Every problem.
    pub const ALL: [Self; 22] = [
        Self::OriginNotAllowed,
        Self::PreflightRefused,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::HostUnknown,
        Self::BodyTooLarge,
        Self::BadIdempotencyKey,
        Self::BadDays,
        Self::BadRequest,
        Self::TypeNotAccepted,
        Self::FileTooLarge,
        Self::UploadUnknown,
        Self::TooManyRequests,
        Self::RequestRequired,
        Self::LinkUnknown,
        Self::LinkRevoked,
        Self::LinkExpired,
        Self::ConfigUnavailable,
        Self::CounterUnavailable,
        Self::LinksUnavailable,
        Self::InboxUnavailable,
        Self::Internal,
    ];

    /// The media type of the body. <https://www.rfc-editor.org/rfc/rfc9457#section-6.1>
    pub const MEDIA_TYPE: &str = "application/problem+json";

    /// The stable `code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OriginNotAllowed => "origin_not_allowed",
            Self::PreflightRefused => "preflight_refused",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::HostUnknown => "host_unknown",
            Self::BodyTooLarge => "body_too_large",
            Self::BadIdempotencyKey => "bad_idempotency_key",
            Self::BadDays => "bad_days",
            Self::BadRequest => "bad_request",
            Self::TypeNotAccepted => "type_not_accepted",
            Self::FileTooLarge => "file_too_large",
            Self::UploadUnknown => "upload_unknown",
            Self::TooManyRequests => "too_many_requests",
            Self::RequestRequired => "request_required",
            Self::LinkUnknown => "link_unknown",
            Self::LinkRevoked => "link_revoked",
            Self::LinkExpired => "link_expired",
            Self::ConfigUnavailable => "config_unavailable",
            Self::CounterUnavailable => "counter_unavailable",
            Self::LinksUnavailable => "links_unavailable",
            Self::InboxUnavailable => "inbox_unavailable",
            Self::Internal => "internal",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::NotFound | Self::BadIdempotencyKey | Self::BadDays | Self::BadRequest => 400,
            Self::OriginNotAllowed | Self::PreflightRefused | Self::RequestRequired => 403,
            Self::MethodNotAllowed => 405,
            Self::LinkUnknown | Self::LinkRevoked | Self::LinkExpired | Self::UploadUnknown => 410,
            Self::BodyTooLarge | Self::FileTooLarge => 413,
            Self::TypeNotAccepted => 415,
            Self::HostUnknown => 421,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::ConfigUnavailable | Self::CounterUnavailable | Self::LinksUnavailable | Self::InboxUnavailable => 503,
        }
    }

    /// The status phrase: without a `type`, a problem is `about:blank`, whose title is that phrase.
    /// <https://www.rfc-editor.org/rfc/rfc9457#section-4.2.1>
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self.status() {
            400 => "Bad Request",
            403 => "Forbidden",
            405 => "Method Not Allowed",
            410 => "Gone",
            413 => "Content Too Large",
            415 => "Unsupported Media Type",
            421 => "Misdirected Request",
            429 => "Too Many Requests",
            503 => "Service Unavailable",
            _ => "Internal Server Error",
        }
    }

    /// What is wrong, and what the client can do.
    const fn detail(self) -> &'static str {
        match self {
            Self::OriginNotAllowed => "This origin is not allowed.",
            Self::PreflightRefused => "This method or one of these headers is not allowed from another origin.",
            Self::NotFound => "There is no resource at this path.",
            Self::MethodNotAllowed => "This method is not allowed here.",
            Self::HostUnknown => "This host is not served here.",
            Self::BodyTooLarge => "The body is too long.",
            Self::BadIdempotencyKey => "Idempotency-Key must be one UUID of 36 characters.",
            Self::BadRequest => "The body, or one of its fields, is malformed.",
            Self::RequestRequired => "The CV is sent on request only.",
            Self::LinkUnknown => "This link is not known.",
            Self::LinkRevoked => "This link was revoked.",
            Self::LinkExpired => "This link has expired.",
            Self::TypeNotAccepted => "Only PDF, DOCX, ODT, TXT and MD files are accepted.",
            Self::FileTooLarge => "A file may have at most 10 MiB.",
            Self::UploadUnknown => "No upload has this id.",
            Self::TooManyRequests => "There are too many uploads; try again later.",
            Self::BadDays => "days must be one whole number from 1 to 400.",
            Self::ConfigUnavailable => "The configuration is not available; try again shortly.",
            Self::CounterUnavailable => "The counter is not available; try again with the same Idempotency-Key.",
            Self::LinksUnavailable => "Links are not available; try again shortly.",
            Self::InboxUnavailable => "The inbox is not available; try again shortly.",
            Self::Internal => "Internal error.",
        }
    }

    /// The `Retry-After` that the response carries, in seconds.
    #[must_use]
    pub const fn retry_after_s(self) -> Option<&'static str> {
        match self {
            // The edge's first retry is earlier.
            Self::ConfigUnavailable => Some("5"),
            Self::CounterUnavailable | Self::LinksUnavailable | Self::InboxUnavailable => Some("2"),
            _ => None,
        }
    }

    /// The body.
    #[must_use]
    pub fn body(self) -> Value {
        json!({"title": self.title(), "status": self.status(), "code": self.code(), "detail": self.detail()})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DAYS;

    #[test]
    fn every_problem_has_its_own_code_and_a_title_of_its_status() {
        for (index, problem) in Problem::ALL.into_iter().enumerate() {
            let earlier = &Problem::ALL[..index];
            assert!(earlier.iter().all(|other| other.code() != problem.code()), "{problem:?}");
            let is_internal = problem == Problem::Internal;
            assert_eq!(problem.title() == "Internal Server Error", is_internal, "{problem:?}");
            assert_eq!(problem.retry_after_s().is_some(), problem.status() == 503, "{problem:?}");
        }
    }

    #[test]
    fn the_body_names_the_bounds_that_are_checked() {
        assert!(Problem::BadDays.body()["detail"].as_str().unwrap().contains(&format!(
            "{} to {}",
            DAYS.start(),
            DAYS.end()
        )));
    }

    #[test]
    fn a_body_is_a_problem_with_a_code() {
        let expected = json!({
            "title": "Forbidden",
            "status": 403,
            "code": "origin_not_allowed",
            "detail": "This origin is not allowed.",
        });
        assert_eq!(Problem::OriginNotAllowed.body(), expected);
    }
}
