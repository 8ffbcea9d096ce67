use serde_json::{Value, json};

use super::*;
use crate::testing;

fn with_headers(headers: &Value) -> Event {
    let mut event = testing::event("GET", "/api/count", &[]);
    event["Records"][0]["cf"]["request"]["headers"] = headers.clone();
    Event::parse(&event.to_string()).unwrap()
}

fn with_body(body: &Value) -> Event {
    let mut event = testing::event("POST", "/api/count", &[]);
    event["Records"][0]["cf"]["request"]["body"] = body.clone();
    Event::parse(&event.to_string()).unwrap()
}

#[test]
fn a_request_is_forwarded_with_every_field() {
    let mut event = testing::event("GET", "/api/count", &[("x-any", "value")]);
    event["Records"][0]["cf"]["request"]["somethingNew"] = json!({"deep": [1, 2.5, null]});
    let request = event["Records"][0]["cf"]["request"].clone();
    assert_eq!(Event::parse(&event.to_string()).unwrap().into_request(), request);
}

#[test]
fn a_truncated_event_is_rejected_at_every_length() {
    let event = testing::event("GET", "/api/cv", &[("origin", "https://example.com")]).to_string();
    for end in 0..event.len() {
        assert_eq!(Event::parse(&event[..end]).unwrap_err(), Malformed::NotJson, "{end}");
    }
}

#[test]
fn a_missing_field_is_named() {
    for (pointer, value, field) in [
        ("/Records", json!([]), "Records[0].cf"),
        ("/Records/0/cf", json!("cf"), "request"),
        ("/Records/0/cf/request", json!([]), "request"),
        ("/Records/0/cf/request/method", json!(7), "request.method"),
        ("/Records/0/cf/request/uri", json!("api/count"), "request.uri"),
        ("/Records/0/cf/request/querystring", json!({}), "request.querystring"),
        ("/Records/0/cf/request/headers", json!([]), "request.headers"),
    ] {
        let mut event = testing::event("GET", "/api/count", &[]);
        *event.pointer_mut(pointer).unwrap() = value;
        assert_eq!(Event::parse(&event.to_string()).unwrap_err(), Malformed::Field(field));
    }
}

#[test]
fn another_event_type_is_rejected() {
    for kind in [json!("origin-request"), json!("viewer-response"), json!(1)] {
        let mut event = testing::event("GET", "/api/count", &[]);
        event["Records"][0]["cf"]["config"]["eventType"] = kind;
        assert_eq!(Event::parse(&event.to_string()).unwrap_err(), Malformed::EventType);
    }
}

#[test]
fn json_nested_too_deeply_is_rejected() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(Event::parse(&deep).unwrap_err(), Malformed::NotJson);
}

#[test]
fn two_values_are_not_merged() {
    let event = with_headers(&json!({"origin": [{"key": "Origin", "value": "a"}, {"key": "Origin", "value": "b"}]}));
    assert_eq!(event.header("origin"), Field::Several(vec!["a", "b"]));
    let event = with_headers(&json!({"origin": [{"value": "a"}], "Origin": [{"value": "a"}]}));
    assert_eq!(event.header("origin"), Field::Several(vec!["a", "a"]));
}

#[test]
fn a_value_of_the_wrong_type_is_empty() {
    for headers in [json!({"origin": "a"}), json!({"origin": [7]}), json!({"origin": [{"value": null}]})] {
        assert_eq!(with_headers(&headers).header("origin"), Field::One(""), "{headers}");
    }
    assert_eq!(with_headers(&json!({"origin": []})).header("origin"), Field::Absent);
    assert_eq!(with_headers(&json!({})).header("origin"), Field::Absent);
}

#[test]
fn invalid_utf8_arrives_as_replacement_characters() {
    for escape in ["\\ufffd", "\\ud800", "\\udfff"] {
        let event = testing::event("GET", "/api/count", &[("origin", "https://BAD.example")]).to_string();
        let event = Event::parse(&event.replace("BAD", escape)).unwrap();
        assert_eq!(event.header("origin"), Field::One("https://\u{fffd}.example"));
    }
}

#[test]
fn setting_a_header_replaces_the_viewers_own_in_any_case() {
    let mut event = with_headers(&json!({
        "x-vitae-allow-origin": [{"value": "a"}], "X-Vitae-Allow-Origin": [{"value": "b"}], "host": [{"value": "h"}]
    }));
    event.set_header("x-vitae-allow-origin", "c");
    assert_eq!(event.header("x-vitae-allow-origin"), Field::One("c"));
    assert_eq!(event.header("host"), Field::One("h"));
    event.delete_header("x-vitae-allow-origin");
    assert_eq!(event.header("x-vitae-allow-origin"), Field::Absent);
}

#[test]
fn a_header_can_be_set_on_a_request_without_headers() {
    let mut event = testing::event("GET", "/api/count", &[]);
    event["Records"][0]["cf"]["request"].as_object_mut().unwrap().remove("headers");
    let mut event = Event::parse(&event.to_string()).unwrap();
    event.set_header("idempotency-key", "k");
    assert_eq!(event.header("idempotency-key"), Field::One("k"));
}

#[test]
fn a_list_is_split_over_all_its_values() {
    let event = with_headers(&json!({"accept": [{"value": " a , b,,"}, {"value": "\tc"}]}));
    assert_eq!(event.header("accept").elements().collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[test]
fn a_body_is_decoded_by_its_encoding() {
    let base64 = json!({"inputTruncated": false, "action": "read-only", "encoding": "base64", "data": "aGVsbG8="});
    assert_eq!(with_body(&base64).body(), Ok(Body::Whole(b"hello".to_vec())));
    let text = json!({"inputTruncated": false, "action": "replace", "encoding": "text", "data": "hello"});
    assert_eq!(with_body(&text).body(), Ok(Body::Whole(b"hello".to_vec())));
    assert_eq!(with_body(&Value::Null).body(), Ok(Body::Whole(vec![])));
}

#[test]
fn a_truncated_body_is_recognised() {
    let body = json!({"inputTruncated": true, "action": "read-only", "encoding": "base64", "data": "aGVsbG8="});
    assert_eq!(with_body(&body).body(), Ok(Body::Truncated));
}

#[test]
fn a_malformed_body_is_named() {
    for (body, field) in [
        (json!({"inputTruncated": "no", "encoding": "text", "data": ""}), "body.inputTruncated"),
        (json!({"encoding": "text", "data": 1}), "body.data"),
        (json!({"encoding": "base64", "data": "=?="}), "body.data"),
        (json!({"encoding": "hex", "data": ""}), "body.encoding"),
        (json!([]), "body.data"),
    ] {
        assert_eq!(with_body(&body).body(), Err(Malformed::Field(field)), "{body}");
    }
}
