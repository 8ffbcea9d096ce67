//! What a request asks for.

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlRequest;

use crate::day::{BadDays, Days};
use crate::token::{Malformed, Token};

/// The one path there is.
const PATH: &str = "/api/count";

/// The methods it takes, as `Allow` names them.
pub const ALLOW: &str = "GET, HEAD, POST";

/// A request that can be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `POST`: count one visit.
    Count(Token),
    /// `GET`: read the total and, if asked for, the last days.
    Read(Option<Days>),
}

/// Why a request is refused. The edge refuses all of these first; who comes to the function URL by another way, or
/// through an edge with another idea of the rules, meets them here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another path.
    #[error("there is nothing here: the counter is at {PATH}")]
    NotFound,
    /// Another method.
    #[error("the counter takes {ALLOW}")]
    MethodNotAllowed,
    /// A missing or malformed idempotency key.
    #[error(transparent)]
    BadIdempotencyKey(#[from] Malformed),
    /// A malformed `days`.
    #[error(transparent)]
    BadDays(#[from] BadDays),
}

impl Command {
    /// What the event asks for.
    ///
    /// # Errors
    /// [`Refusal`], which has its own answer each.
    pub fn of(event: &LambdaFunctionUrlRequest) -> Result<Self, Refusal> {
        if event.raw_path.as_deref() != Some(PATH) {
            return Err(Refusal::NotFound);
        }
        match event.request_context.http.method.as_deref() {
            Some("POST") => {
                // Bytes that are no text hold a character that no token has.
                let key = event.headers.get("idempotency-key").map(|value| String::from_utf8_lossy(value.as_bytes()));
                Ok(Self::Count(Token::parse(key.as_deref())?))
            }
            Some("GET" | "HEAD") => {
                Ok(Self::Read(Days::of_query(event.raw_query_string.as_deref().unwrap_or_default())?))
            }
            _ => Err(Refusal::MethodNotAllowed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn command(method: &str, path: &str, query: &str, headers: &Value) -> Result<Command, Refusal> {
        let event = json!({
            "version": "2.0", "rawPath": path, "rawQueryString": query, "headers": headers, "isBase64Encoded": false,
            "requestContext": { "timeEpoch": 0, "http": { "method": method, "path": path } },
        });
        Command::of(&serde_json::from_value(event).unwrap())
    }

    #[test]
    fn a_post_with_a_key_counts() {
        let counted = command("POST", "/api/count", "", &json!({ "idempotency-key": "k" }));
        assert_eq!(counted, Ok(Command::Count(Token::parse(Some("k")).unwrap())));
    }

    #[test]
    fn a_post_without_a_usable_key_is_refused() {
        assert_eq!(command("POST", "/api/count", "", &json!({})), Err(Malformed::Missing.into()));
        let joined = json!({ "idempotency-key": "a,b" });
        assert_eq!(command("POST", "/api/count", "", &joined), Err(Malformed::Character { character: ',' }.into()));
        let not_ascii = json!({ "idempotency-key": "é" });
        assert_eq!(command("POST", "/api/count", "", &not_ascii), Err(Malformed::Character { character: 'é' }.into()));
    }

    #[test]
    fn a_get_reads_and_needs_no_key() {
        assert_eq!(command("GET", "/api/count", "", &json!({})), Ok(Command::Read(None)));
        assert_eq!(command("HEAD", "/api/count", "", &json!({})), Ok(Command::Read(None)));
        let days = Days::of_query("days=30").unwrap();
        assert_eq!(command("GET", "/api/count", "days=30", &json!({})), Ok(Command::Read(days)));
        let bad = command("GET", "/api/count", "days=0", &json!({}));
        assert_eq!(bad, Err(BadDays { value: "0".into() }.into()));
    }

    #[test]
    fn other_paths_and_methods_are_refused() {
        for path in ["/", "/api/count/", "/API/count", "/api//count", "/api/cv"] {
            assert_eq!(command("POST", path, "", &json!({})), Err(Refusal::NotFound), "{path}");
        }
        for method in ["PUT", "DELETE", "OPTIONS", "get", ""] {
            assert_eq!(command(method, "/api/count", "", &json!({})), Err(Refusal::MethodNotAllowed), "{method}");
        }
    }
}
