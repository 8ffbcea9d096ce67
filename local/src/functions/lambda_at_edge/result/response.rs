//! A response that a function generates or changes.

use aws_smithy_types::base64;
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde_json::{Map, Value};

use super::{ChangedResponse, FunctionError, FunctionResult, Trigger, invalid, parse_headers};
use crate::functions::edge_headers;
use crate::functions::lambda_at_edge::event;
use crate::response::{complete_generated, full_body};

pub(super) fn parse(fields: &Map<String, Value>, trigger: Trigger) -> Result<FunctionResult, FunctionError> {
    let status = parse_status(fields.get("status"))?;
    if fields.get("statusDescription").is_some_and(|text| !text.is_string() && !text.is_null()) {
        return Err(invalid("`statusDescription` is not a string"));
    }
    let headers = parse_headers(fields.get("headers"))?;
    if let Some(name) = headers.keys().find(|name| trigger.read_only().contains(&name.as_str())) {
        return Err(invalid(format!("the header {:?} is read-only", name.as_str())));
    }
    let (body, body_size) = parse_body(fields)?;
    if status == StatusCode::NO_CONTENT && !body.is_empty() {
        return Err(invalid("a body on 204"));
    }
    let size = body_size
        + headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum::<usize>();
    let limit = trigger.response_max();
    if size > limit {
        return Err(invalid(format!("headers and body have {size} bytes, over the limit of {limit}")));
    }
    let mut response = Response::new(full_body(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    complete_generated(&mut response, fields.get("statusDescription").and_then(Value::as_str).map(ToOwned::to_owned));
    Ok(FunctionResult::Response(Box::new(response)))
}

/// A response that a function returned on a response event. The body is the old one, unless the function sets one on origin
/// response: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html>,
/// "Update HTTP responses in origin response triggers".
pub(super) fn parse_changed(
    fields: &Map<String, Value>,
    sent: &HeaderMap,
    trigger: Trigger,
) -> Result<ChangedResponse, FunctionError> {
    let status = parse_status(fields.get("status"))?;
    let mut headers = parse_headers(fields.get("headers"))?;
    let visible = parse_headers(Some(&Value::Object(event::headers(sent))))?;
    for name in trigger.read_only() {
        if !headers.get_all(*name).iter().eq(visible.get_all(*name).iter()) {
            return Err(invalid(format!("the header {name:?} is read-only")));
        }
    }
    let (body, size) = parse_body(fields)?;
    let is_replaced = fields.get("body").is_some_and(|body| !body.is_null());
    if is_replaced && trigger == Trigger::ViewerResponse {
        return Err(invalid("a function on viewer response cannot replace the body"));
    }
    if size > trigger.response_max() {
        return Err(invalid(format!("a body of {size} bytes, over the limit of {}", trigger.response_max())));
    }
    for (name, value) in sent.iter().filter(|(name, _)| edge_headers::is_disallowed(name.as_str())) {
        headers.append(name, value.clone());
    }
    let reason = fields.get("statusDescription").and_then(Value::as_str).map(ToOwned::to_owned);
    Ok(ChangedResponse { status, reason, headers, body: is_replaced.then(|| Bytes::from(body)) })
}

/// A string of three digits, "200" to "599".
fn parse_status(value: Option<&Value>) -> Result<StatusCode, FunctionError> {
    let Some(Value::String(text)) = value else {
        return Err(invalid(format!("`status` is {}, it must be a string", value.unwrap_or(&Value::Null))));
    };
    let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    let status = digits
        .then(|| text.parse::<StatusCode>().ok())
        .flatten()
        .filter(|status| (200..=599).contains(&status.as_u16()));
    status.ok_or_else(|| invalid(format!("`status` is {text:?}, it must be from \"200\" to \"599\"")))
}

/// The body, and its size in the result.
fn parse_body(fields: &Map<String, Value>) -> Result<(Vec<u8>, usize), FunctionError> {
    let text = match fields.get("body") {
        None | Some(Value::Null) => return Ok((Vec::new(), 0)),
        Some(Value::String(text)) => text,
        Some(_) => return Err(invalid("`body` is not a string")),
    };
    match fields.get("bodyEncoding").filter(|encoding| !encoding.is_null()).map(Value::as_str) {
        None | Some(Some("text")) => Ok((text.as_bytes().to_vec(), text.len())),
        Some(Some("base64")) => {
            let decoded = base64::decode(text).map_err(|_| invalid("the body is not base64"))?;
            Ok((decoded, text.len()))
        }
        Some(_) => Err(invalid("`bodyEncoding` is neither \"text\" nor \"base64\"")),
    }
}
