//! Requests as the Function URL sends them, and their responses.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use vitae_lambda::Invocation;
use vitae_links::code::Code;
use vitae_links::handler::{Handler, HandlerOutput};

/// 2026-11-27T12:00:00Z.
pub(crate) const NOW_S: u64 = 1_795_780_800;

/// An invocation at this time, with the function's timeout of ten seconds.
pub(crate) fn at(epoch_seconds: u64) -> Invocation {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(epoch_seconds);
    Invocation { request_id: "r-1".into(), now, deadline: now + Duration::from_secs(10) }
}

/// An event. `cloudfront` is CloudFront's id of the request.
pub(crate) fn event(method: &str, path: &str, cloudfront: &str, headers: &Value, body: Option<&str>) -> Value {
    let mut all = json!({"x-vitae-site": "https://example.com", "x-amz-cf-id": cloudfront, "host": "x.lambda-url"});
    all.as_object_mut().unwrap().extend(headers.as_object().unwrap().clone());
    let http = json!({"method": method, "path": path, "sourceIp": "203.0.113.7", "userAgent": "visitor/1.0"});
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": all,
        "requestContext": {"requestId": "u-1", "timeEpoch": 0, "http": http}, "isBase64Encoded": false, "body": body,
    })
}

/// `POST /l/<code>` of a browser.
pub(crate) fn open_event(code: &Code, cloudfront: &str) -> Value {
    let headers = json!({"accept": "text/html", "content-type": "application/x-www-form-urlencoded"});
    event("POST", &format!("/l/{}", code.as_str()), cloudfront, &headers, Some(""))
}

/// `POST /l/request` of a script.
pub(crate) fn request_event(email: &str, cloudfront: &str) -> Value {
    let headers = json!({"accept": "application/json", "content-type": "application/json"});
    event("POST", "/l/request", cloudfront, &headers, Some(&json!({"email": email}).to_string()))
}

pub(crate) async fn open(links: &Handler, code: &Code, cloudfront: &str) -> HandlerOutput {
    links.handle(open_event(code, cloudfront), &at(NOW_S)).await
}

pub(crate) async fn request(links: &Handler, email: &str, cloudfront: &str, now_s: u64) -> HandlerOutput {
    links.handle(request_event(email, cloudfront), &at(now_s)).await
}

/// The schedule's task.
pub(crate) async fn run_outbox(links: &Handler, now_s: u64) -> HandlerOutput {
    links.handle(json!({"task": "outbox"}), &at(now_s)).await
}

pub(crate) fn status(output: &HandlerOutput) -> u64 {
    output.response["statusCode"].as_u64().unwrap_or_else(|| panic!("{output:?}"))
}

pub(crate) fn header<'a>(output: &'a HandlerOutput, name: &str) -> &'a str {
    output.response["headers"][name].as_str().unwrap_or_default()
}

pub(crate) fn body(output: &HandlerOutput) -> &str {
    output.response["body"].as_str().unwrap_or_default()
}

/// The events of an invocation's log lines.
pub(crate) fn events(output: &HandlerOutput) -> Vec<&str> {
    output.log_lines.iter().filter_map(|line| line["event"].as_str()).collect()
}

/// All log lines as text.
pub(crate) fn log(output: &HandlerOutput) -> String {
    output.log_lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The code of the link in a text.
pub(crate) fn code_in(text: &str) -> Code {
    let start = text.find("/l/").expect("a link") + 3;
    Code::parse(&text[start..start + 22]).expect("a code")
}
