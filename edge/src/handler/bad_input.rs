//! Bad input gets a problem and one log line without secrets.

use serde_json::{Value, json};

use super::tests::{T0, code, configured, handle_at, handler};
use super::*;
use crate::testing::{self, CountingRng, Parameters};

const OWN: &str = "https://example.com";

/// Status, code and log lines for the text of an event.
fn respond(json: &str) -> (String, String, Vec<Value>) {
    let output = handler().handle(json, T0, false, &mut CountingRng::default());
    let response = output.result.expect("a result");
    (response["status"].as_str().unwrap().to_owned(), code(&response), output.log)
}

fn assert_rejected(event: &Value, status: &str, code: &str) {
    let (found, found_code, log) = respond(&event.to_string());
    assert_eq!((found.as_str(), found_code.as_str()), (status, code));
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!(log[0]["code"], code);
    let line = log[0].to_string();
    assert!(!line.contains("203.0.113.178") && !line.contains("evil"), "{line}");
    assert!(line.len() < 400, "{line}");
}

#[test]
fn a_truncated_event() {
    let event = testing::event("GET", "/api/cv", &[("origin", OWN)]).to_string();
    let (status, code, log) = respond(&event[..event.len() / 2]);
    assert_eq!((status.as_str(), code.as_str(), log.len()), ("500", "internal", 1));
    assert_eq!(log[0]["event"], "malformed_event");
}

#[test]
fn a_header_with_invalid_utf8() {
    for escape in ["\\ufffd", "\\ud800", "\\udc00\\ud800"] {
        let event = testing::event("GET", "/api/cv", &[("origin", "https://evil-BAD.example")]).to_string();
        let (status, code, log) = respond(&event.replace("BAD", escape));
        assert_eq!((status.as_str(), code.as_str(), log.len()), ("403", "origin_not_allowed", 1));
    }
}

#[test]
fn a_uri_of_9000_characters() {
    let long = "evil".repeat(2250);
    assert_rejected(&testing::event("GET", &format!("/api/{long}"), &[]), "400", "not_found");
    assert_rejected(&testing::event("GET", &format!("/api/count?days={long}"), &[]), "400", "bad_days");
    let (request, lines) = handle_at(&mut handler(), &testing::event("GET", &format!("/api/count?x={long}"), &[]), T0);
    assert_eq!((request["uri"].as_str(), lines), (Some("/api/count"), 0));
}

#[test]
fn a_body_over_40_kb() {
    let mut event = testing::event("POST", "/api/count", &[("origin", OWN)]);
    event["Records"][0]["cf"]["request"]["body"] =
        json!({"inputTruncated": true, "action": "read-only", "encoding": "base64", "data": "ZXZpbA==".repeat(5000)});
    assert_rejected(&event, "413", "body_too_large");
}

#[test]
fn a_body_that_is_not_base64() {
    let mut event = testing::event("POST", "/api/count", &[("origin", OWN)]);
    event["Records"][0]["cf"]["request"]["body"] =
        json!({"inputTruncated": false, "encoding": "base64", "data": "evil!"});
    assert_rejected(&event, "500", "internal");
}

#[test]
fn an_empty_origin() {
    assert_rejected(&testing::event("POST", "/api/count", &[("origin", "")]), "403", "origin_not_allowed");
}

#[test]
fn two_origin_headers() {
    let event = testing::event("POST", "/api/count", &[("origin", OWN), ("origin", OWN)]);
    assert_rejected(&event, "403", "origin_not_allowed");
}

#[test]
fn no_host_and_two_hosts() {
    let mut event = testing::event("GET", "/api/count", &[]);
    event["Records"][0]["cf"]["request"]["headers"] = json!({});
    assert_rejected(&event, "421", "host_unknown");
    assert_rejected(
        &testing::event("GET", "/api/count", &[("host", "example.com"), ("host", "evil.example")]),
        "421",
        "host_unknown",
    );
}

#[test]
fn a_pem_that_is_not_a_key() {
    let mut parameters = Parameters::new();
    let secret = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
    parameters.set("signer/active", &testing::signer_json("K1", "ecdsa-p256", "sha256", secret));
    assert_parameter_rejected(&parameters, "signer/active", "signer", "c2VjcmV0");
}

#[test]
fn a_config_that_is_not_json() {
    let mut parameters = Parameters::new();
    parameters.set("config", "names: [secret.example]");
    assert_parameter_rejected(&parameters, "config", "json", "secret.example");
}

/// One line names the parameter and the rule, not the value, and no link can be signed.
fn assert_parameter_rejected(parameters: &Parameters, name: &str, reason: &str, secret: &str) {
    let mut handler = Handler::new(testing::bundle(), 0.0);
    assert!(handler.start_refresh(T0));
    let result = handler.accept_parameters(200, &parameters.response(), T0);
    assert!(!result.accepted);
    let lines: Vec<_> = result.log.iter().filter(|line| line["level"] == "ERROR").collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!((&lines[0]["parameter"], &lines[0]["reason"]), (&json!(name), &json!(reason)));
    assert!(!result.log.iter().any(|line| line.to_string().contains(secret)));
    let (response, lines) = handle_at(&mut handler, &testing::event("GET", "/api/cv", &[("origin", OWN)]), T0);
    assert_eq!((response["status"].as_str(), lines), (Some("503"), 1));
}

#[test]
fn a_visit_without_any_identifier() {
    let mut event = testing::event("POST", "/api/count", &[("origin", OWN)]);
    event["Records"][0]["cf"]["config"].as_object_mut().unwrap().remove("requestId");
    assert_rejected(&event, "500", "internal");
}

#[test]
fn a_person_is_redirected_to_the_page() {
    let mut parameters = Parameters::new();
    parameters.set("config", "{");
    let headers = [("sec-fetch-site", "none"), ("accept", "text/html")];
    let (response, lines) = handle_at(&mut configured(&parameters), &testing::event("GET", "/api/cv", &headers), T0);
    assert_eq!((response["status"].as_str(), lines), (Some("303"), 1));
}
