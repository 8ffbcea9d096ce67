//! The outcome of a request, as response and as log line.

use std::time::Duration;

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlResponse;
use http::HeaderValue;
use http::header::{ALLOW, RETRY_AFTER};
use serde_json::{Value, json};
use vitae_lambda::AllowOrigin;
use vitae_parameters::Problem;
use vitae_parameters::log::{self, Level};

use super::command::Rejection;
use crate::admission::TooMany;
use crate::error::Error;
use crate::post_policy::PostFields;
use crate::record::Status;
use crate::upload_id::UploadId;

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An upload is created.
    Created {
        /// Its id.
        id: UploadId,
        /// Where to post the form.
        url: String,
        /// The form's fields.
        fields: PostFields,
        /// When S3 stops to accept it, in seconds since 1970.
        expires_s: u64,
    },
    /// The status of an upload.
    Status(Status),
    /// No upload has this id.
    Unknown,
    /// The request is invalid.
    Rejected(Rejection),
    /// A limit is reached.
    TooMany(TooMany),
    /// The event is not a request of a Function URL.
    InvalidEvent,
    /// The request failed.
    Failed(Error),
}

impl Outcome {
    /// The problem of an error response.
    #[must_use]
    pub const fn problem(&self) -> Option<Problem> {
        match self {
            Self::Created { .. } | Self::Status(_) => None,
            Self::Unknown => Some(Problem::UploadUnknown),
            Self::Rejected(Rejection::NotFound) => Some(Problem::NotFound),
            Self::Rejected(Rejection::MethodNotAllowed(_)) => Some(Problem::MethodNotAllowed),
            Self::Rejected(Rejection::BadRequest(rejection)) => Some(rejection.problem()),
            Self::TooMany(_) => Some(Problem::TooManyRequests),
            Self::Failed(Error::Unavailable { .. } | Error::Contended(_)) => Some(Problem::InboxUnavailable),
            Self::InvalidEvent | Self::Failed(_) => Some(Problem::Internal),
        }
    }

    /// The response.
    #[must_use]
    pub fn response(&self, allow_origin: &AllowOrigin) -> LambdaFunctionUrlResponse {
        let Some(problem) = self.problem() else {
            let mut response = vitae_lambda::json(&self.body(), "no-store", allow_origin);
            response.status_code = self.status().into();
            return response;
        };
        let mut response = vitae_lambda::problem(problem, allow_origin);
        match self {
            Self::Rejected(Rejection::MethodNotAllowed(methods)) => {
                response.headers.insert(ALLOW, HeaderValue::from_static(methods));
            }
            Self::TooMany(too_many) => {
                response.headers.insert(RETRY_AFTER, HeaderValue::from(too_many.retry_after_s));
            }
            _ => {}
        }
        response
    }

    fn status(&self) -> u16 {
        let success = if matches!(self, Self::Created { .. }) { 201 } else { 200 };
        self.problem().map_or(success, Problem::status)
    }

    fn body(&self) -> Value {
        match self {
            Self::Created { id, url, fields, expires_s } => {
                json!({"id": id.as_str(), "url": url, "fields": fields.to_json(), "expires": expires_s})
            }
            Self::Status(status) => json!({"status": status.as_str()}),
            _ => Value::Null,
        }
    }

    /// The log line. It holds no address, file name, signature or id: the id is the visitor's right to read the status.
    #[must_use]
    pub fn log_line(&self, now_ms: u64, request_id: &str, duration: Duration) -> Value {
        let (level, event, reason) = match self {
            Self::Created { .. } => (Level::Info, "upload_created", None),
            Self::Status(_) => (Level::Info, "status_read", None),
            Self::Unknown => (Level::Warn, "request_rejected", None),
            Self::Rejected(rejection) => (Level::Warn, "request_rejected", Some(rejection.to_string())),
            Self::TooMany(limit) => (Level::Warn, "request_rejected", Some(limit.to_string())),
            Self::InvalidEvent => {
                (Level::Error, "request_failed", Some("the event is not a Function URL event".to_owned()))
            }
            Self::Failed(error) => (Level::Error, "request_failed", Some(error.to_string())),
        };
        let mut fields = json!({
            "status": self.status(),
            "durationMs": u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        });
        if let Some(problem) = self.problem() {
            fields["code"] = problem.code().into();
        }
        if let Some(reason) = reason {
            fields["reason"] = reason.into();
        }
        log::line(now_ms, level, Some(request_id), event, fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::Limit;
    use crate::upload_request::BadRequest;

    #[test]
    fn each_error_is_the_problem_of_its_code() {
        let unavailable = Error::Unavailable { call: "dynamodb:GetItem", reason: "down".into() };
        let rejected = Error::Rejected { call: "dynamodb:GetItem", reason: "denied".into() };
        for (outcome, status, code) in [
            (Outcome::Unknown, 410, "upload_unknown"),
            (Outcome::Rejected(Rejection::NotFound), 400, "not_found"),
            (Outcome::Rejected(Rejection::MethodNotAllowed("POST")), 405, "method_not_allowed"),
            (Outcome::Rejected(BadRequest::Type.into()), 415, "type_not_accepted"),
            (Outcome::Rejected(BadRequest::TooLarge { size: 1 << 30 }.into()), 413, "file_too_large"),
            (Outcome::Rejected(BadRequest::Json.into()), 400, "bad_request"),
            (Outcome::TooMany(TooMany { limit: Limit::Daily, retry_after_s: 7 }), 429, "too_many_requests"),
            (Outcome::Failed(unavailable), 503, "inbox_unavailable"),
            (Outcome::Failed(rejected), 500, "internal"),
            (Outcome::InvalidEvent, 500, "internal"),
        ] {
            let response = outcome.response(&AllowOrigin::default());
            let body: Value = serde_json::from_str(response.body.as_deref().unwrap()).unwrap();
            assert_eq!((response.status_code, body["code"].as_str()), (status, Some(code)));
            assert_eq!(outcome.log_line(0, "r-1", Duration::ZERO)["code"], code);
        }
    }

    #[test]
    fn a_limit_says_when_to_retry_and_a_wrong_method_which_is_right() {
        let too_many = Outcome::TooMany(TooMany { limit: Limit::Pending, retry_after_s: 7 });
        assert_eq!(too_many.response(&AllowOrigin::default()).headers[RETRY_AFTER], "7");
        let method = Outcome::Rejected(Rejection::MethodNotAllowed("POST"));
        assert_eq!(method.response(&AllowOrigin::default()).headers[ALLOW], "POST");
    }
}
