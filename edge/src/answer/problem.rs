//! Refusals, as problem details. <https://www.rfc-editor.org/rfc/rfc9457>

use serde_json::json;

use super::{Answer, Status};

/// How long a client should wait for the configuration, in seconds. A refresh is tried again within that time.
const RETRY_AFTER_S: &str = "5";

/// Why a request is refused. The codes are stable: the page has a message for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    OriginNotAllowed,
    PreflightRefused,
    NotFound,
    /// With what `Allow` is to list.
    MethodNotAllowed(&'static str),
    HostUnknown,
    BodyTooLarge,
    BadIdempotencyKey,
    BadDays,
    ConfigUnavailable,
    Internal,
}

impl Problem {
    /// The `code`.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::OriginNotAllowed => "origin_not_allowed",
            Self::PreflightRefused => "preflight_refused",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed(_) => "method_not_allowed",
            Self::HostUnknown => "host_unknown",
            Self::BodyTooLarge => "body_too_large",
            Self::BadIdempotencyKey => "bad_idempotency_key",
            Self::BadDays => "bad_days",
            Self::ConfigUnavailable => "config_unavailable",
            Self::Internal => "internal",
        }
    }

    /// The status.
    pub(crate) const fn status(self) -> Status {
        match self {
            Self::OriginNotAllowed | Self::PreflightRefused => Status::Forbidden,
            Self::NotFound => Status::NotFound,
            Self::MethodNotAllowed(_) => Status::MethodNotAllowed,
            Self::HostUnknown => Status::MisdirectedRequest,
            Self::BodyTooLarge => Status::ContentTooLarge,
            Self::BadIdempotencyKey | Self::BadDays => Status::BadRequest,
            Self::ConfigUnavailable => Status::ServiceUnavailable,
            Self::Internal => Status::InternalServerError,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::OriginNotAllowed => "This origin may not ask this",
            Self::PreflightRefused => "This request may not be sent from another origin",
            Self::NotFound => "There is nothing at this path",
            Self::MethodNotAllowed(_) => "This path does not take this method",
            Self::HostUnknown => "This host is not served here",
            Self::BodyTooLarge => "The body is longer than 40 KB",
            Self::BadIdempotencyKey => "The Idempotency-Key is not one UUID of 36 characters",
            Self::BadDays => "days is not one whole number within its bounds",
            Self::ConfigUnavailable => "The configuration is not available; try again shortly",
            Self::Internal => "Something went wrong here",
        }
    }

    /// The answer.
    pub(crate) fn answer(self) -> Answer {
        let status = self.status();
        let answer = match self {
            Self::MethodNotAllowed(allow) => Answer::new(status).with_header("Allow", allow),
            Self::ConfigUnavailable => Answer::new(status).with_header("Retry-After", RETRY_AFTER_S),
            _ => Answer::new(status),
        };
        let number: u16 = status.number().parse().unwrap_or_default();
        let body = json!({"title": self.title(), "status": number, "code": self.code()});
        answer.with_json("application/problem+json", &body)
    }

    /// The answer to a person: the page's CV section, which says what the code means. The address is relative, so that
    /// nothing of the request stands in it.
    pub(crate) fn redirect(self) -> Answer {
        Answer::new(Status::SeeOther).with_header("Location", format!("/?cv={}#cv", self.code()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_problem_says_its_status_twice_alike() {
        for problem in [Problem::OriginNotAllowed, Problem::ConfigUnavailable, Problem::MethodNotAllowed("GET")] {
            let response = problem.answer().into_response();
            let body: Value = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
            assert_eq!(body["status"].to_string(), response["status"].as_str().unwrap());
            assert_eq!(body["code"], problem.code());
            assert_eq!(response["headers"]["content-type"][0]["value"], "application/problem+json");
        }
    }

    #[test]
    fn headers_that_a_status_needs_are_there() {
        let response = Problem::MethodNotAllowed("GET, HEAD").answer().into_response();
        assert_eq!(response["headers"]["allow"][0]["value"], "GET, HEAD");
        let response = Problem::ConfigUnavailable.answer().into_response();
        assert_eq!(response["headers"]["retry-after"][0]["value"], "5");
    }

    #[test]
    fn a_person_is_sent_to_the_page() {
        let response = Problem::OriginNotAllowed.redirect().into_response();
        assert_eq!(response["status"], "303");
        assert_eq!(response["headers"]["location"][0]["value"], "/?cv=origin_not_allowed#cv");
        assert_eq!(response.get("body"), None);
    }
}
