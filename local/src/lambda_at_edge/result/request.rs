//! A request that goes on to the cache and the origin.

use aws_smithy_types::base64;
use http::HeaderMap;
use serde_json::{Map, Value};

use super::{Failure, Outcome, ViewerRequest, headers, invalid};
use crate::lambda_at_edge::event;
use crate::{edge_headers, edge_uri, limits};

pub(super) fn read(fields: &Map<String, Value>, seen: &ViewerRequest, include_body: bool) -> Result<Outcome, Failure> {
    if fields.get("method").and_then(Value::as_str).is_some_and(|method| method != seen.method.as_str()) {
        return Err(invalid("`method` is read-only"));
    }
    let text = |name: &str| match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(invalid(format!("`{name}` is not a string"))),
    };
    let uri = text("uri")?.ok_or_else(|| invalid("`uri` is missing"))?;
    let query = text("querystring")?.unwrap_or_default();
    edge_uri::check(uri, query).map_err(invalid)?;
    Ok(Outcome::Request {
        path: edge_uri::encode(uri),
        query: edge_uri::encode(query),
        headers: request_headers(fields.get("headers"), seen)?,
        body: body(fields.get("body"), include_body)?,
    })
}

fn request_headers(value: Option<&Value>, seen: &ViewerRequest) -> Result<HeaderMap, Failure> {
    let mut given = headers::read(value)?;
    let shown = Value::Object(event::headers(seen));
    let shown = headers::read(Some(&shown))?;
    for name in edge_headers::READ_ONLY_IN_VIEWER_REQUEST {
        if !given.get_all(name).iter().eq(shown.get_all(name).iter()) {
            return Err(invalid(format!("the header {name:?} is read-only")));
        }
    }
    // What functions do not see stays with the request.
    for (name, value) in seen.headers.iter().filter(|(name, _)| edge_headers::is_disallowed(name.as_str())) {
        given.append(name, value.clone());
    }
    Ok(given)
}

/// The replacement body, if the function made one.
fn body(value: Option<&Value>, include_body: bool) -> Result<Option<Vec<u8>>, Failure> {
    let Some(body) = value.filter(|body| !body.is_null()) else { return Ok(None) };
    let field = |name: &str| body.get(name).and_then(Value::as_str);
    match field("action") {
        None | Some("read-only") => return Ok(None),
        Some("replace") if include_body => {}
        Some("replace") => return Err(invalid("a body cannot be replaced without Include Body")),
        Some(other) => return Err(invalid(format!("body action {other:?}"))),
    }
    let data = field("data").unwrap_or_default();
    let too_large =
        |limit: usize| invalid(format!("a replacement body of {} bytes, over the limit of {limit}", data.len()));
    match field("encoding") {
        Some("text") if data.len() > limits::LAMBDA_VIEWER_BODY_REPLACED_TEXT_MAX_BYTES => {
            Err(too_large(limits::LAMBDA_VIEWER_BODY_REPLACED_TEXT_MAX_BYTES))
        }
        Some("text") => Ok(Some(data.as_bytes().to_vec())),
        None | Some("base64") if data.len() > limits::LAMBDA_VIEWER_BODY_REPLACED_BASE64_MAX_BYTES => {
            Err(too_large(limits::LAMBDA_VIEWER_BODY_REPLACED_BASE64_MAX_BYTES))
        }
        None | Some("base64") => {
            base64::decode(data).map(Some).map_err(|_| invalid("the replacement body is not base64"))
        }
        Some(other) => Err(invalid(format!("body encoding {other:?}"))),
    }
}
