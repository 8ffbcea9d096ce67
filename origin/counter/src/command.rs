//! Parses and validates requests.

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlRequest;

use crate::day::{BadDays, Days};
use crate::token::{BadToken, Token};

/// The counter's path.
const PATH: &str = "/api/count";

/// The allowed methods, as the value of `Allow`.
pub const METHODS: &str = "GET, HEAD, POST";

/// A valid request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `POST`: count one visit.
    Count(Token),
    /// `GET`: read the total and, if requested, the last days.
    Read(Option<Days>),
}

/// Why a request is invalid. The edge rejects all of these first; the counter checks again for requests that reach the
/// Function URL by another path, and for an edge with different rules. No message quotes the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Another path.
    #[error("unknown path; the counter is at {PATH}")]
    NotFound,
    /// Another method.
    #[error("method not allowed; use {METHODS}")]
    MethodNotAllowed,
    /// A missing or malformed idempotency key.
    #[error(transparent)]
    BadIdempotencyKey(#[from] BadToken),
    /// A malformed `days`.
    #[error(transparent)]
    BadDays(#[from] BadDays),
}

impl Command {
    /// Parses a request.
    ///
    /// # Errors
    /// [`Rejection`], each with its own response.
    pub fn from_request(request: &LambdaFunctionUrlRequest) -> Result<Self, Rejection> {
        if request.raw_path.as_deref() != Some(PATH) {
            return Err(Rejection::NotFound);
        }
        match request.request_context.http.method.as_deref() {
            Some("POST") => {
                // A byte that is not UTF-8 becomes a character that a token cannot contain.
                let key = request.headers.get("idempotency-key").map(|value| String::from_utf8_lossy(value.as_bytes()));
                Ok(Self::Count(Token::parse(key.as_deref())?))
            }
            Some("GET" | "HEAD") => {
                Ok(Self::Read(Days::from_query(request.raw_query_string.as_deref().unwrap_or_default())?))
            }
            _ => Err(Rejection::MethodNotAllowed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn command(method: &str, path: &str, query: &str, headers: &Value) -> Result<Command, Rejection> {
        let event = json!({
            "version": "2.0", "rawPath": path, "rawQueryString": query, "headers": headers, "isBase64Encoded": false,
            "requestContext": {"timeEpoch": 0, "http": {"method": method, "path": path}},
        });
        Command::from_request(&serde_json::from_value(event).unwrap())
    }

    #[test]
    fn a_post_with_a_key_counts() {
        let counted = command("POST", "/api/count", "", &json!({"idempotency-key": "k"}));
        assert_eq!(counted, Ok(Command::Count(Token::parse(Some("k")).unwrap())));
    }

    #[test]
    fn a_post_without_a_valid_key_is_rejected() {
        assert_eq!(command("POST", "/api/count", "", &json!({})), Err(BadToken::Missing.into()));
        let joined = json!({"idempotency-key": "a,b"});
        assert_eq!(command("POST", "/api/count", "", &joined), Err(BadToken::Character.into()));
        let not_ascii = json!({"idempotency-key": "é"});
        assert_eq!(command("POST", "/api/count", "", &not_ascii), Err(BadToken::Character.into()));
    }

    #[test]
    fn a_get_reads_and_needs_no_key() {
        assert_eq!(command("GET", "/api/count", "", &json!({})), Ok(Command::Read(None)));
        assert_eq!(command("HEAD", "/api/count", "", &json!({})), Ok(Command::Read(None)));
        let days = Days::from_query("days=30").unwrap();
        assert_eq!(command("GET", "/api/count", "days=30", &json!({})), Ok(Command::Read(days)));
        assert_eq!(command("GET", "/api/count", "days=0", &json!({})), Err(BadDays.into()));
    }

    #[test]
    fn other_paths_and_methods_are_rejected() {
        for path in ["/", "/api/count/", "/API/count", "/api//count", "/api/cv"] {
            assert_eq!(command("POST", path, "", &json!({})), Err(Rejection::NotFound), "{path}");
        }
        for method in ["PUT", "DELETE", "OPTIONS", "get", ""] {
            assert_eq!(command(method, "/api/count", "", &json!({})), Err(Rejection::MethodNotAllowed), "{method}");
        }
    }
}
