//! A response to the viewer, without cache and origin.

use aws_smithy_types::base64;
use http::{Response, StatusCode};
use serde_json::{Map, Value};

use super::{FunctionError, FunctionResult, invalid, parse_headers};
use crate::functions::edge_headers;
use crate::limits;
use crate::response::{complete_generated, full_body};

pub(super) fn parse(fields: &Map<String, Value>) -> Result<FunctionResult, FunctionError> {
    let status = parse_status(fields.get("status"))?;
    if fields.get("statusDescription").is_some_and(|text| !text.is_string() && !text.is_null()) {
        return Err(invalid("`statusDescription` is not a string"));
    }
    let headers = parse_headers(fields.get("headers"))?;
    if let Some(name) = headers.keys().find(|name| edge_headers::is_read_only(name.as_str())) {
        return Err(invalid(format!("the header {:?} is read-only", name.as_str())));
    }
    let (body, body_size) = parse_body(fields)?;
    if status == StatusCode::NO_CONTENT && !body.is_empty() {
        return Err(invalid("a body on 204"));
    }
    let size = body_size
        + headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum::<usize>();
    if size > limits::LAMBDA_VIEWER_RESPONSE_MAX_BYTES {
        let limit = limits::LAMBDA_VIEWER_RESPONSE_MAX_BYTES;
        return Err(invalid(format!("headers and body have {size} bytes, over the limit of {limit}")));
    }
    let mut response = Response::new(full_body(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    complete_generated(&mut response, fields.get("statusDescription").and_then(Value::as_str).map(ToOwned::to_owned));
    Ok(FunctionResult::Response(Box::new(response)))
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
