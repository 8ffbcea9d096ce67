//! Parses and validates requests.

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlRequest;
use base64ct::{Base64, Encoding as _};

use crate::upload_id::UploadId;
use crate::upload_request::{BadRequest, UploadRequest};

/// The path of the inbox.
const PATH: &str = "/inbox";

/// A valid request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `POST /inbox`: create an upload.
    Create(UploadRequest),
    /// `GET /inbox/<id>`: read its status.
    Status(UploadId),
}

/// Why a request is rejected. The edge rejects unknown paths and methods first; they are checked again for an edge with
/// different rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Another path.
    #[error("unknown path; the inbox is at {PATH} and {PATH}/<id>")]
    NotFound,
    /// Another method.
    #[error("method not allowed; use {0}")]
    MethodNotAllowed(&'static str),
    /// An invalid body.
    #[error(transparent)]
    BadRequest(#[from] BadRequest),
}

impl Command {
    /// Parses a request.
    ///
    /// # Errors
    /// [`Rejection`], each with its own response.
    pub fn from_request(request: &LambdaFunctionUrlRequest) -> Result<Self, Rejection> {
        let path = request.raw_path.as_deref().unwrap_or_default();
        let method = request.request_context.http.method.as_deref();
        if path == PATH {
            return match method {
                Some("POST") => Ok(Self::Create(UploadRequest::parse(&body(request)?)?)),
                _ => Err(Rejection::MethodNotAllowed("POST")),
            };
        }
        let id = path.strip_prefix(PATH).and_then(|rest| rest.strip_prefix('/')).and_then(UploadId::parse);
        match (id, method) {
            (None, _) => Err(Rejection::NotFound),
            (Some(id), Some("GET" | "HEAD")) => Ok(Self::Status(id)),
            (Some(_), _) => Err(Rejection::MethodNotAllowed("GET, HEAD")),
        }
    }
}

/// The body's bytes. Lambda encodes a body that may not be text.
fn body(request: &LambdaFunctionUrlRequest) -> Result<Vec<u8>, BadRequest> {
    let body = request.body.as_deref().unwrap_or_default();
    if request.is_base64_encoded {
        Base64::decode_vec(body).map_err(|_| BadRequest::Json)
    } else {
        Ok(body.as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "0123456789-_3456789abc";

    fn command(method: &str, path: &str, body: &str, is_base64_encoded: bool) -> Result<Command, Rejection> {
        let event = json!({
            "version": "2.0", "rawPath": path, "rawQueryString": "", "headers": {}, "isBase64Encoded": is_base64_encoded,
            "body": body, "requestContext": {"timeEpoch": 0, "http": {"method": method, "path": path}},
        });
        Command::from_request(&serde_json::from_value(event).unwrap())
    }

    #[test]
    fn an_upload_is_created_from_a_plain_and_from_an_encoded_body() {
        let body = r#"{"name":"brief.pdf","type":"application/pdf","size":7}"#;
        let plain = command("POST", "/inbox", body, false);
        assert!(matches!(&plain, Ok(Command::Create(request)) if request.size == 7), "{plain:?}");
        assert_eq!(command("POST", "/inbox", &Base64::encode_string(body.as_bytes()), true), plain);
        assert_eq!(command("POST", "/inbox", "{", false), Err(BadRequest::Json.into()));
        assert_eq!(command("POST", "/inbox", "!", true), Err(BadRequest::Json.into()));
    }

    #[test]
    fn a_status_is_read_by_id() {
        let path = format!("/inbox/{ID}");
        for method in ["GET", "HEAD"] {
            assert_eq!(command(method, &path, "", false), Ok(Command::Status(UploadId::parse(ID).unwrap())));
        }
    }

    #[test]
    fn other_paths_and_methods_are_rejected() {
        for path in ["/", "/inbox/", "/inboxes", "/inbox/x", &format!("/inbox/{ID}/"), &format!("/inbox{ID}")] {
            assert_eq!(command("GET", path, "", false), Err(Rejection::NotFound), "{path}");
        }
        assert_eq!(command("GET", "/inbox", "", false), Err(Rejection::MethodNotAllowed("POST")));
        let status = command("DELETE", &format!("/inbox/{ID}"), "", false);
        assert_eq!(status, Err(Rejection::MethodNotAllowed("GET, HEAD")));
    }
}
