//! Requests to the counter's handler, as its Function URL sends them, and their responses.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use vitae_counter::handler::{Handler, HandlerOutput};
use vitae_lambda::Invocation;

/// 2026-11-20T23:59:00Z.
pub(crate) const NOW_S: u64 = 1_795_219_140;

/// An invocation at this time, with the function's timeout of ten seconds.
pub(crate) fn at(epoch_seconds: u64) -> Invocation {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(epoch_seconds);
    Invocation { request_id: "r-1".into(), now, deadline: now + Duration::from_secs(10) }
}

pub(crate) fn event(method: &str, query: &str, headers: &Value) -> Value {
    let http = json!({ "method": method, "path": "/api/count", "sourceIp": "203.0.113.7", "userAgent": "visitor/1.0" });
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/api/count", "rawQueryString": query, "headers": headers,
        "requestContext": { "requestId": "u-1", "timeEpoch": 0, "http": http }, "isBase64Encoded": false,
    })
}

pub(crate) fn visit(token: &str) -> Value {
    event("POST", "", &json!({ "idempotency-key": token }))
}

pub(crate) async fn post(counter: &Handler, token: &str, now: u64) -> HandlerOutput {
    counter.handle(visit(token), &at(now)).await
}

pub(crate) async fn get(counter: &Handler, query: &str) -> HandlerOutput {
    counter.handle(event("GET", query, &json!({})), &at(NOW_S)).await
}

pub(crate) fn body(output: &HandlerOutput) -> Value {
    serde_json::from_str(output.response.body.as_deref().unwrap()).unwrap()
}

/// The count of a 200 response.
pub(crate) fn count(output: &HandlerOutput) -> u64 {
    assert_eq!(output.response.status_code, 200, "{output:?}");
    body(output)["count"].as_u64().unwrap()
}

/// The value of the metric of page views.
pub(crate) fn page_views(output: &HandlerOutput) -> u64 {
    output.log_line["PageView"].as_u64().unwrap_or(0)
}
