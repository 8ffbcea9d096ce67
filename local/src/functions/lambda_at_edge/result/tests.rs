//! Every rule for a result.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};

use super::parse_response;
use crate::functions::lambda_at_edge::{FunctionError, FunctionResult, Trigger};
use crate::viewer_request::ViewerRequest;

fn viewer() -> ViewerRequest {
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("localhost:8787"));
    headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
    ViewerRequest {
        method: Method::POST,
        scheme: "http",
        host: "localhost:8787".to_owned(),
        path: "/api/count".to_owned(),
        query: String::new(),
        headers,
        body: Bytes::from_static(b"{}"),
    }
}

fn parse(result: &Value, request: &ViewerRequest, include_body: bool) -> Result<FunctionResult, FunctionError> {
    super::parse(result, request, None, Trigger::ViewerRequest, include_body)
}

fn error(result: &Value) -> String {
    match parse(result, &viewer(), true) {
        Err(FunctionError::Validation(sentence)) => sentence,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("{result} was accepted"),
    }
}

fn request(change: Value) -> Value {
    let mut request = json!({
        "method": "POST",
        "uri": "/api/count",
        "querystring": "",
        "headers": { "host": [{ "key": "Host", "value": "localhost:8787" }] },
    });
    let (Some(fields), Value::Object(change)) = (request.as_object_mut(), change) else { panic!("an object") };
    fields.extend(change);
    request
}

#[test]
fn a_response_needs_only_a_status() {
    let Ok(FunctionResult::Response(response)) = parse(&json!({ "status": "204" }), &viewer(), true) else { panic!() };
    assert_eq!(response.status(), 204);
}

#[test]
fn a_status_is_a_string_of_three_digits() {
    assert!(error(&json!({ "status": 200 })).contains("must be a string"));
    for status in ["199", "600", "20", "2000", "abc", "", "+20"] {
        assert!(error(&json!({ "status": status })).contains("from \"200\" to \"599\""), "{status}");
    }
}

#[test]
fn a_body_on_204_is_refused() {
    assert_eq!(error(&json!({ "status": "204", "body": "x" })), "a body on 204");
    assert!(parse(&json!({ "status": "204", "body": "" }), &viewer(), true).is_ok());
}

#[test]
fn a_response_over_40_kb_is_refused() {
    assert!(parse(&json!({ "status": "200", "body": "x".repeat(40_960) }), &viewer(), true).is_ok());
    assert!(error(&json!({ "status": "200", "body": "x".repeat(40_961) })).contains("over the limit"));
    let header = json!({ "x-a": [{ "value": "1" }] });
    assert!(
        error(&json!({ "status": "200", "headers": header, "body": "x".repeat(40_960) })).contains("over the limit")
    );
}

#[test]
fn a_base64_body_must_be_base64() {
    let Ok(FunctionResult::Response(_)) =
        parse(&json!({ "status": "200", "body": "aGk=", "bodyEncoding": "base64" }), &viewer(), true)
    else {
        panic!()
    };
    assert!(error(&json!({ "status": "200", "body": "!", "bodyEncoding": "base64" })).contains("not base64"));
    assert!(error(&json!({ "status": "200", "body": "x", "bodyEncoding": "gzip" })).contains("bodyEncoding"));
    assert!(error(&json!({ "status": "200", "body": { "a": 1 } })).contains("not a string"));
}

#[test]
fn disallowed_and_read_only_headers_are_refused() {
    for name in ["Connection", "x-cache", "X-Amz-Cf-Id", "X-Edge-Anything", "x-real-ip"] {
        assert!(
            error(&json!({ "status": "200", "headers": { name: [{ "value": "1" }] } })).contains("disallowed"),
            "{name}"
        );
    }
    assert!(
        error(&json!({ "status": "200", "headers": { "content-length": [{ "value": "1" }] } })).contains("read-only")
    );
    assert!(error(&request(json!({ "headers": { "host": [{ "value": "evil.example" }] } }))).contains("read-only"));
    assert!(error(&request(json!({ "headers": {} }))).contains("read-only"));
}

#[test]
fn headers_are_arrays_of_keys_and_values() {
    let headers = |headers: Value| error(&json!({ "status": "200", "headers": headers }));
    assert!(headers(json!({ "x-a": "1" })).contains("not an array"));
    assert!(headers(json!({ "x-a": [{ "key": "x-b", "value": "1" }] })).contains("not its name"));
    assert!(headers(json!({ "x-a": [{ "value": 1 }] })).contains("not a string"));
    assert!(headers(json!({ "x-a": [{ "value": "a\r\nSet-Cookie: b" }] })).contains("not a valid header value"));
    assert!(headers(json!({ "x a": [{ "value": "1" }] })).contains("not a header name"));
    assert!(headers(json!([])).contains("not an object"));
}

#[test]
fn a_result_that_is_neither_request_nor_response_is_refused() {
    for result in [json!(null), json!("hi"), json!([]), json!({}), json!({ "statusCode": 200 })] {
        assert!(error(&result).contains("neither"), "{result}");
    }
}

#[test]
fn a_changed_request_continues() {
    let changed = request(json!({ "uri": "/a b", "querystring": "x=1" }));
    let Ok(FunctionResult::Request { path, query, headers, body, .. }) = parse(&changed, &viewer(), true) else {
        panic!()
    };
    assert_eq!((path.as_str(), query.as_str(), body), ("/a%20b", "x=1", None));
    assert_eq!(headers["x-forwarded-proto"], "https", "hidden headers stay in the request");
}

#[test]
fn a_request_with_an_invalid_uri_query_or_method_is_refused() {
    assert!(error(&request(json!({ "uri": "https://evil.example/" }))).contains("begin with /"));
    assert!(error(&request(json!({ "uri": 1 }))).contains("not a string"));
    assert!(error(&request(json!({ "querystring": "a b" }))).contains("space"));
    assert!(error(&request(json!({ "method": "GET" }))).contains("read-only"));
}

#[test]
fn a_body_is_replaced_only_if_it_was_included_and_fits() {
    let replaced = request(json!({ "body": { "action": "replace", "encoding": "text", "data": "new" } }));
    let Ok(FunctionResult::Request { body, .. }) = parse(&replaced, &viewer(), true) else { panic!() };
    assert_eq!(body.as_deref(), Some(b"new".as_slice()));
    assert!(parse(&replaced, &viewer(), false).is_err());
    let large = |encoding: &str, size: usize| {
        error(&request(json!({ "body": { "action": "replace", "encoding": encoding, "data": "a".repeat(size) } })))
    };
    assert!(large("text", 40_961).contains("over the limit"));
    assert!(large("base64", 54_480).contains("over the limit"));
    let broken = request(json!({ "body": { "action": "replace", "encoding": "base64", "data": "!" } }));
    assert!(error(&broken).contains("not base64"));
    let kept = request(json!({ "body": { "action": "read-only", "encoding": "base64", "data": "!" } }));
    assert!(parse(&kept, &viewer(), true).is_ok());
}

fn changed(trigger: Trigger, result: &Value) -> Result<super::ChangedResponse, FunctionError> {
    let mut sent = HeaderMap::new();
    for (name, value) in [("etag", "\"1\""), ("x-cache", "hidden"), ("content-length", "2"), ("via", "1.1 x")] {
        sent.insert(name, HeaderValue::from_static(value));
    }
    parse_response(result, &sent, trigger)
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html>, "Update HTTP
/// responses in origin response triggers".
#[test]
fn a_function_on_origin_response_may_replace_status_headers_and_body() {
    let via = json!([{ "key": "Via", "value": "1.1 x" }]);
    let result = json!({ "status": "200", "statusDescription": "Fine", "headers": { "via": via }, "body": "aGk=", "bodyEncoding": "base64" });
    let response = changed(Trigger::OriginResponse, &result).unwrap();
    assert_eq!((response.status.as_u16(), response.reason.as_deref()), (200, Some("Fine")));
    assert_eq!((response.body.as_deref(), response.headers.contains_key("etag")), (Some(&b"hi"[..]), false));
    assert_eq!(response.headers["x-cache"], "hidden", "a header that the function does not see stays");
    let kept = changed(Trigger::OriginResponse, &json!({ "status": "304", "headers": { "via": via } })).unwrap();
    assert!(kept.body.is_none());
}

/// The developer guide's `edge-function-restrictions-all`; CodeGenieApp/serverless-express#369.
#[test]
fn the_read_only_headers_of_a_response_event_must_stay() {
    let via = json!([{ "key": "Via", "value": "1.1 x" }]);
    let length = json!([{ "key": "Content-Length", "value": "2" }]);
    for (trigger, headers, name) in [
        (Trigger::OriginResponse, json!({}), "via"),
        (
            Trigger::OriginResponse,
            json!({ "via": via, "transfer-encoding": [{ "value": "chunked" }] }),
            "transfer-encoding",
        ),
        (Trigger::ViewerResponse, json!({ "via": via }), "content-length"),
        (
            Trigger::ViewerResponse,
            json!({ "via": via, "content-length": length, "warning": [{ "value": "x" }] }),
            "warning",
        ),
        (Trigger::OriginResponse, json!({ "via": via, "x-amz-cf-id": [{ "value": "x" }] }), "x-amz-cf-id"),
    ] {
        let error = changed(trigger, &json!({ "status": "200", "headers": headers })).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
    let headers = json!({ "via": via, "content-length": length });
    assert!(changed(Trigger::ViewerResponse, &json!({ "status": "200", "headers": headers })).is_ok());
    let body = json!({ "status": "200", "headers": headers, "body": "x" });
    assert!(changed(Trigger::ViewerResponse, &body).unwrap_err().to_string().contains("body"));
    assert!(
        changed(Trigger::OriginResponse, &json!({ "uri": "/" })).unwrap_err().to_string().contains("not a response")
    );
}
