//! Errors as RFC 9457 problem details, with Vitae's stable `code`. <https://www.rfc-editor.org/rfc/rfc9457>

use serde_json::json;

/// The media type. <https://www.rfc-editor.org/rfc/rfc9457#section-6.1>
pub const MEDIA_TYPE: &str = "application/problem+json";

/// One of the errors that the counter answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Another path than the counter's.
    NotFound,
    /// Another method than the counter's.
    MethodNotAllowed,
    /// The idempotency key is missing or malformed.
    BadIdempotencyKey,
    /// `days` is malformed.
    BadDays,
    /// DynamoDB is throttled or down.
    CounterUnavailable,
    /// A bug.
    Internal,
}

impl Problem {
    /// The `code`, which pages and scripts may rely on.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::BadIdempotencyKey => "bad_idempotency_key",
            Self::BadDays => "bad_days",
            Self::CounterUnavailable => "counter_unavailable",
            Self::Internal => "internal",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::BadIdempotencyKey | Self::BadDays => 400,
            Self::CounterUnavailable => 503,
            Self::Internal => 500,
        }
    }

    /// The body. Without a `type` it is `about:blank`, whose title is the status's own phrase.
    #[must_use]
    pub fn body(self, detail: &str) -> String {
        json!({ "title": self.title(), "status": self.status(), "code": self.code(), "detail": detail }).to_string()
    }

    const fn title(self) -> &'static str {
        match self.status() {
            404 => "Not Found",
            405 => "Method Not Allowed",
            400 => "Bad Request",
            503 => "Service Unavailable",
            _ => "Internal Server Error",
        }
    }
}
