//! Parses a handler's result and checks CloudFront's rules.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html>

mod request;
mod response;
#[cfg(test)]
mod tests;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::{ChangedResponse, FunctionError, FunctionResult, Trigger};
use crate::distribution::OriginConfig;
use crate::functions::edge_headers;
use crate::viewer_request::ViewerRequest;

pub(super) fn invalid(what: impl Into<String>) -> FunctionError {
    FunctionError::Validation(what.into())
}

/// A result with `status` is a response, one with `uri` a request.
///
/// # Errors
/// [`FunctionError::Validation`] with a sentence for the log.
pub(super) fn parse(
    result: &Value,
    request: &ViewerRequest,
    origin: Option<&OriginConfig>,
    trigger: Trigger,
    include_body: bool,
) -> Result<FunctionResult, FunctionError> {
    match result {
        Value::Object(fields) if fields.contains_key("status") => response::parse(fields, trigger),
        Value::Object(fields) if fields.contains_key("uri") => {
            request::parse(fields, request, origin, trigger, include_body)
        }
        _ => Err(invalid("the result is neither a request, which has `uri`, nor a response, which has `status`")),
    }
}

/// Parses what a function on a response event returned for a response with the headers `sent`.
///
/// # Errors
/// [`FunctionError::Validation`] with a sentence for the log.
pub(super) fn parse_response(
    result: &Value,
    sent: &HeaderMap,
    trigger: Trigger,
) -> Result<ChangedResponse, FunctionError> {
    match result {
        Value::Object(fields) if fields.contains_key("status") => response::parse_changed(fields, sent, trigger),
        _ => Err(invalid("the result is not a response, which has `status`")),
    }
}

/// Parses `{"name": [{"key": "Name", "value": "v"}]}`. Missing headers are an empty map.
pub(super) fn parse_headers(value: Option<&Value>) -> Result<HeaderMap, FunctionError> {
    let fields = match value {
        None | Some(Value::Null) => return Ok(HeaderMap::new()),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(invalid("`headers` is not an object")),
    };
    let mut headers = HeaderMap::new();
    for (name, elements) in fields {
        let lower = name.to_ascii_lowercase();
        if edge_headers::is_disallowed(&lower) {
            return Err(invalid(format!("the header {name:?} is disallowed")));
        }
        let parsed: HeaderName = lower.parse().map_err(|_| invalid(format!("{name:?} is not a header name")))?;
        let Value::Array(elements) = elements else {
            return Err(invalid(format!("the header {name:?} is not an array")));
        };
        for element in elements {
            let key = element.get("key").filter(|key| !key.is_null());
            if key.is_some_and(|key| !key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name))) {
                return Err(invalid(format!("the key of the header {name:?} is not its name")));
            }
            let value = element.get("value").and_then(Value::as_str);
            let value = value.ok_or_else(|| invalid(format!("a value of the header {name:?} is not a string")))?;
            let value = HeaderValue::from_str(value)
                .map_err(|_| invalid(format!("a value of the header {name:?} is not a valid header value")))?;
            headers.append(parsed.clone(), value);
        }
    }
    Ok(headers)
}
