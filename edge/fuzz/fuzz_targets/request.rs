//! Any bytes as the parts of a request: lines of method, path, query, body, and then `name: value` headers.
#![no_main]

mod result;
mod configured;

use std::cell::RefCell;

use getrandom::SysRng;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use vitae_edge::Handler;

thread_local! {
    static HANDLER: RefCell<Handler> = RefCell::new(configured::configured());
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n');
    let mut next = || lines.next().unwrap_or_default().to_owned();
    let (method, path, query, body) = (next(), next(), next(), next());
    let mut headers = Map::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let values = headers.entry(name.to_ascii_lowercase()).or_insert_with(|| json!([]));
        values.as_array_mut().unwrap().push(json!({"key": name, "value": value}));
    }
    let request = json!({
        "clientIp": "203.0.113.178", "method": method, "uri": format!("/{path}"), "querystring": query, "headers": headers,
        "body": {"inputTruncated": false, "action": "read-only", "encoding": "base64", "data": body},
    });
    let config = json!({"eventType": "viewer-request", "requestId": "id"});
    let event = json!({"Records": [{"cf": {"config": config, "request": request}}]});
    let output = HANDLER.with_borrow_mut(|handler| handler.handle(&event.to_string(), configured::NOW_MS, false, &mut SysRng));
    let result = output.result.expect("a result");
    result::check(&result);
    let allows =
        result["headers"].get("access-control-allow-origin").or_else(|| result["headers"].get("x-vitae-allow-origin"));
    if let Some(allowed) = allows {
        let origins: Vec<&Value> =
            event["Records"][0]["cf"]["request"]["headers"]["origin"].as_array().into_iter().flatten().collect();
        assert!(origins.len() == 1 && origins[0]["value"] == allowed[0]["value"], "{allowed} is not the origin: {origins:?}");
    }
});
