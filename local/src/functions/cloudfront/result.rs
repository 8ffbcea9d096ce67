//! Parses a function's result and checks CloudFront's rules.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html>

use aws_smithy_types::base64;
use bytes::Bytes;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;

use super::event::{Field, Request, Response, Value};
use super::header_rules::{
    check_request_headers, check_response_headers, check_viewer_response_headers, header_value, hidden,
};
use super::ordered::Ordered;
use super::{FunctionResult, ViewerRequestEvent, ViewerResponse};
use crate::functions::edge_uri;
use crate::limits::FUNCTION_RESULT_MAX_BYTES;

/// The fields of a request or of a response, which has a `statusCode`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResultJson {
    status_code: Option<serde_json::Value>,
    status_description: Option<String>,
    body: Option<Body>,
    method: Option<String>,
    uri: Option<String>,
    querystring: Option<QueryString>,
    headers: Option<Ordered<Field>>,
    cookies: Option<Ordered<Field>>,
}

/// Parsed, or as text, as in
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/example_cloudfront_functions_normalize_query_string_parameters_section.html>.
#[derive(Deserialize)]
#[serde(untagged)]
enum QueryString {
    Text(String),
    Fields(Ordered<Field>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    Text(String),
    Encoded { encoding: String, data: String },
}

fn parse_json(json: &str) -> Result<ResultJson, String> {
    serde_json::from_str(json)
        .map_err(|error| format!("the function returned neither a request nor a response: {error}"))
}

/// Parses the JSON that a function returned for the response with the headers `sent`.
pub(crate) fn parse_viewer_response(sent: &HeaderMap, event: &Response, json: &str) -> Result<ViewerResponse, String> {
    let returned = parse_json(json)?;
    let status = returned.status_code.ok_or("a viewer-response function must return a response with a statusCode")?;
    let status = StatusCode::from_u16(parse_status(&status)?).map_err(|error| error.to_string())?;
    if returned.body.is_some() {
        return Err("a replaced body is not modelled locally".to_owned());
    }
    let fields = merge_values(returned.headers.unwrap_or_default(), &event.headers);
    let mut headers = parse_headers(Some(sent), fields, &SET_COOKIE)?;
    append_cookies(&mut headers, merge_values(returned.cookies.unwrap_or_default(), &event.cookies))?;
    check_viewer_response_headers(sent, &headers)?;
    for (name, value) in hidden(sent) {
        headers.append(name, value.clone());
    }
    Ok(ViewerResponse { status, headers })
}

/// Parses the JSON that a function returned for `event`. `sent` is the request that the function received.
pub(crate) fn parse(event: &ViewerRequestEvent, sent: &Request, json: &str) -> Result<FunctionResult, String> {
    let returned = parse_json(json)?;
    match &returned.status_code {
        Some(status) => {
            let status = parse_status(status)?;
            parse_response(status, returned)
        }
        None => parse_request(event, sent, returned),
    }
}

fn parse_request(event: &ViewerRequestEvent, sent: &Request, returned: ResultJson) -> Result<FunctionResult, String> {
    let method = returned.method.ok_or("a request must have a method, and a response a statusCode")?;
    if method != event.method.as_str() {
        return Err(format!(
            "the method is read-only: the request has {}, the function returned {method:?}",
            event.method
        ));
    }
    let uri = returned.uri.ok_or("a request must have a uri")?;
    let querystring = match returned.querystring {
        // An unchanged query is forwarded byte for byte.
        Some(QueryString::Fields(query)) if query.same_members(&sent.querystring) => event.querystring.clone(),
        Some(QueryString::Fields(query)) => join(&query, &sent.querystring, "&"),
        Some(QueryString::Text(query)) => query,
        None => String::new(),
    };
    edge_uri::check(&uri, &querystring)?;
    let headers = merge_values(returned.headers.unwrap_or_default(), &sent.headers);
    let mut headers = parse_headers(Some(&event.headers), headers, &COOKIE)?;
    match returned.cookies {
        Some(cookies) if cookies.same_members(&sent.cookies) => {
            for value in event.headers.get_all(COOKIE) {
                headers.append(COOKIE, value.clone());
            }
        }
        Some(cookies) if !cookies.0.is_empty() => {
            headers.insert(COOKIE, cookie_value(join(&cookies, &sent.cookies, "; "))?);
        }
        _ => {}
    }
    check_request_headers(&event.headers, &headers)?;
    for (name, value) in hidden(&event.headers) {
        headers.append(name, value.clone());
    }
    Ok(FunctionResult::Request {
        method: event.method.clone(),
        uri: edge_uri::encode(&uri),
        querystring: edge_uri::encode(&querystring),
        headers,
    })
}

fn parse_response(status: u16, returned: ResultJson) -> Result<FunctionResult, String> {
    let mut headers = parse_headers(None, returned.headers.unwrap_or_default(), &SET_COOKIE)?;
    append_cookies(&mut headers, returned.cookies.unwrap_or_default())?;
    check_response_headers(&headers)?;
    let body = match returned.body {
        None => Bytes::new(),
        Some(Body::Text(text)) => Bytes::from(text),
        Some(Body::Encoded { encoding, data }) => match encoding.as_str() {
            "text" => Bytes::from(data),
            "base64" => {
                base64::decode(&data).map(Bytes::from).map_err(|_| "the body's data is not base64".to_owned())?
            }
            _ => return Err(format!("the body's encoding is {encoding:?}, it must be \"text\" or \"base64\"")),
        },
    };
    if matches!(status, 204 | 304) && !body.is_empty() {
        return Err(format!("a response with status {status} must not have a body"));
    }
    let size = body.len() + headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>();
    if size > FUNCTION_RESULT_MAX_BYTES {
        return Err(format!("headers and body have {size} bytes, more than the limit of {FUNCTION_RESULT_MAX_BYTES}"));
    }
    if returned.status_description.as_ref().is_some_and(|text| text.chars().any(char::is_control)) {
        return Err("the statusDescription contains control characters".to_owned());
    }
    Ok(FunctionResult::Response { status, reason: returned.status_description, headers, body })
}

fn append_cookies(headers: &mut HeaderMap, cookies: Ordered<Field>) -> Result<(), String> {
    for (name, cookie) in cookies.0 {
        for Value { value, attributes } in values(cookie) {
            let attributes = attributes.map(|attributes| format!("; {attributes}")).unwrap_or_default();
            headers.append(SET_COOKIE, cookie_value(format!("{name}={value}{attributes}"))?);
        }
    }
    Ok(())
}

fn parse_status(value: &serde_json::Value) -> Result<u16, String> {
    value
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .filter(|status| (200..=599).contains(status))
        .ok_or_else(|| format!("the statusCode is {value}, it must be an integer from 200 to 599"))
}

/// The fields as a header map. `cookie_header` is the header that is set through `cookies` instead.
fn parse_headers(
    sent: Option<&HeaderMap>,
    fields: Ordered<Field>,
    cookie_header: &HeaderName,
) -> Result<HeaderMap, String> {
    let empty = HeaderMap::new();
    let sent = sent.unwrap_or(&empty);
    let mut map = HeaderMap::new();
    for (name, field) in fields.0 {
        let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("{name:?} is not a header name"))?;
        if parsed.as_str() != name {
            return Err(format!("{name:?} is not a lowercase header name"));
        }
        if parsed == *cookie_header {
            return Err(format!("the header {name} is set through the field \"cookies\""));
        }
        for (index, Value { value, .. }) in values(field).into_iter().enumerate() {
            map.append(parsed.clone(), header_value(sent, &parsed, index, &value)?);
        }
    }
    Ok(map)
}

/// The values of a field: `multiValue` if there are several.
fn values(field: Field) -> Vec<Value> {
    match field.multi_value {
        Some(values) if !values.is_empty() => values,
        _ => vec![Value { value: field.value, attributes: field.attributes }],
    }
}

/// Applies a changed `value` of a repeated name to the first of its values, if the function left `multiValue` as it was:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html>, "Duplicate query
/// strings, headers, and cookies".
fn merge_values(mut fields: Ordered<Field>, sent: &Ordered<Field>) -> Ordered<Field> {
    for (name, field) in &mut fields.0 {
        let before = sent.0.iter().find(|(sent, _)| sent == name).map(|(_, field)| field);
        let is_untouched = before.is_some_and(|before| before.multi_value == field.multi_value);
        if let (true, Some(first)) = (is_untouched, field.multi_value.as_mut().and_then(|values| values.first_mut())) {
            *first = Value { value: field.value.clone(), attributes: field.attributes.clone() };
        }
    }
    fields
}

fn join(fields: &Ordered<Field>, sent: &Ordered<Field>, separator: &str) -> String {
    let mut pairs = Vec::new();
    for (name, field) in &merge_values(fields.clone(), sent).0 {
        pairs.extend(values(field.clone()).into_iter().map(|Value { value, .. }| format!("{name}={value}")));
    }
    pairs.join(separator)
}

fn cookie_value(text: String) -> Result<HeaderValue, String> {
    HeaderValue::try_from(text).map_err(|_| "a cookie contains control characters".to_owned())
}
