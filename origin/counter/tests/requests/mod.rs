//! Requests to the counter's handler, as its function URL sends them, and what comes back.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use vitae_counter::handler::{Handled, Handler, Invocation};

/// 2026-11-20T23:59:00Z.
pub(crate) const NOW_S: u64 = 1_795_219_140;

/// An invocation at this time, with the ten seconds that the function has.
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

pub(crate) async fn post(counter: &Handler, token: &str, now: u64) -> Handled {
    counter.handle(visit(token), &at(now)).await
}

pub(crate) async fn get(counter: &Handler, query: &str) -> Handled {
    counter.handle(event("GET", query, &json!({})), &at(NOW_S)).await
}

pub(crate) fn body(handled: &Handled) -> Value {
    serde_json::from_str(handled.response.body.as_deref().unwrap()).unwrap()
}

/// The count of a 200.
pub(crate) fn count(handled: &Handled) -> u64 {
    assert_eq!(handled.response.status_code, 200, "{handled:?}");
    body(handled)["count"].as_u64().unwrap()
}

/// How many visits the metric hears of.
pub(crate) fn page_views(handled: &Handled) -> usize {
    handled.lines.iter().filter(|line| line.contains("PageView")).count()
}
