//! The request body, which CloudFront includes if the association has Include Body.

use base64ct::{Base64, Encoding};
use serde_json::Value;

use super::{Event, Malformed};

/// How much of a body CloudFront includes for a viewer-request function, in bytes.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html>
pub(crate) const INCLUDED_BODY_BYTES: usize = 40 * 1024;

/// A request body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// The complete body; empty if the event has none.
    Whole(Vec<u8>),
    /// The body is longer than [`INCLUDED_BODY_BYTES`].
    Truncated,
}

impl Event {
    /// The decoded body.
    pub(crate) fn body(&self) -> Result<Body, Malformed> {
        let body = match self.request.get("body") {
            None | Some(Value::Null) => return Ok(Body::Whole(Vec::new())),
            Some(body) => body,
        };
        match body.get("inputTruncated") {
            None | Some(Value::Bool(false)) => {}
            Some(Value::Bool(true)) => return Ok(Body::Truncated),
            Some(_) => return Err(Malformed::Field("body.inputTruncated")),
        }
        let data = body.get("data").and_then(Value::as_str).ok_or(Malformed::Field("body.data"))?;
        match body.get("encoding").and_then(Value::as_str) {
            Some("base64") => Base64::decode_vec(data).map(Body::Whole).map_err(|_| Malformed::Field("body.data")),
            Some("text") => Ok(Body::Whole(data.as_bytes().to_vec())),
            _ => Err(Malformed::Field("body.encoding")),
        }
    }
}
