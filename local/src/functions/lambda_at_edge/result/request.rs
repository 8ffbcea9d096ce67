//! A request that continues to the cache and the origin.

use aws_smithy_types::base64;
use http::HeaderMap;
use serde_json::{Map, Value};

use super::{FunctionError, FunctionResult, OriginConfig, Trigger, ViewerRequest, invalid, parse_headers};
use crate::functions::lambda_at_edge::{event, origin};
use crate::functions::{edge_headers, edge_uri};

pub(super) fn parse(
    fields: &Map<String, Value>,
    viewer: &ViewerRequest,
    sent_origin: Option<&OriginConfig>,
    trigger: Trigger,
    include_body: bool,
) -> Result<FunctionResult, FunctionError> {
    if fields.get("method").and_then(Value::as_str).is_some_and(|method| method != viewer.method.as_str()) {
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
    Ok(FunctionResult::Request {
        path: edge_uri::encode(uri),
        query: edge_uri::encode(query),
        headers: parse_request_headers(fields.get("headers"), viewer, trigger)?,
        body: parse_body(fields.get("body"), trigger, include_body)?,
        origin: match sent_origin {
            Some(sent) => origin::parse(fields.get("origin"), sent)?.map(Box::new),
            None => None,
        },
    })
}

fn parse_request_headers(
    value: Option<&Value>,
    viewer: &ViewerRequest,
    trigger: Trigger,
) -> Result<HeaderMap, FunctionError> {
    let mut returned = parse_headers(value)?;
    let sent = Value::Object(event::headers(&viewer.headers));
    let sent = parse_headers(Some(&sent))?;
    for name in trigger.read_only() {
        if !returned.get_all(*name).iter().eq(sent.get_all(*name).iter()) {
            return Err(invalid(format!("the header {name:?} is read-only")));
        }
    }
    // Headers that are hidden from functions stay in the request.
    for (name, value) in viewer.headers.iter().filter(|(name, _)| edge_headers::is_disallowed(name.as_str())) {
        returned.append(name, value.clone());
    }
    Ok(returned)
}

/// The replacement body, if the function returned one.
fn parse_body(value: Option<&Value>, trigger: Trigger, include_body: bool) -> Result<Option<Vec<u8>>, FunctionError> {
    let Some(body) = value.filter(|body| !body.is_null()) else { return Ok(None) };
    let field = |name: &str| body.get(name).and_then(Value::as_str);
    match field("action") {
        None | Some("read-only") => return Ok(None),
        Some("replace") if include_body => {}
        Some("replace") => return Err(invalid("a body cannot be replaced without Include Body")),
        Some(other) => return Err(invalid(format!("body action {other:?}"))),
    }
    let data = field("data").unwrap_or_default();
    let (text_max, base64_max) = trigger.replaced_body_max();
    let too_large =
        |limit: usize| invalid(format!("a replacement body of {} bytes, over the limit of {limit}", data.len()));
    match field("encoding") {
        Some("text") if data.len() > text_max => Err(too_large(text_max)),
        Some("text") => Ok(Some(data.as_bytes().to_vec())),
        None | Some("base64") if data.len() > base64_max => Err(too_large(base64_max)),
        None | Some("base64") => {
            base64::decode(data).map(Some).map_err(|_| invalid("the replacement body is not base64"))
        }
        Some(other) => Err(invalid(format!("body encoding {other:?}"))),
    }
}
