//! Bad input gets the answer of its row, and one log line without secrets.

use serde_json::{Value, json};

use super::tests::{T0, code, configured, edge, handle_at};
use super::*;
use crate::testing::{self, Counted, Parameters};

const OWN: &str = "https://example.com";

/// Status, code and log lines of an event that is given as text.
fn answer(json: &str) -> (String, String, Vec<Value>) {
    let outcome = edge().handle(json, T0, false, &mut Counted::default());
    let response = outcome.result.expect("a result");
    (response["status"].as_str().unwrap().to_owned(), code(&response), outcome.log)
}

fn assert_refused(event: &Value, status: &str, code: &str) {
    let (answered, answered_code, log) = answer(&event.to_string());
    assert_eq!((answered.as_str(), answered_code.as_str()), (status, code));
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!(log[0]["code"], code);
    let line = log[0].to_string();
    assert!(!line.contains("203.0.113.178") && !line.contains("evil"), "{line}");
    assert!(line.len() < 400, "{line}");
}

#[test]
fn a_truncated_event() {
    let event = testing::event("GET", "/api/cv", &[("origin", OWN)]).to_string();
    let (status, code, log) = answer(&event[..event.len() / 2]);
    assert_eq!((status.as_str(), code.as_str(), log.len()), ("500", "internal", 1));
    assert_eq!(log[0]["event"], "malformed_event");
}

#[test]
fn a_header_with_invalid_utf8() {
    for escape in ["\\ufffd", "\\ud800", "\\udc00\\ud800"] {
        let event = testing::event("GET", "/api/cv", &[("origin", "https://evil-BAD.example")]).to_string();
        let (status, code, log) = answer(&event.replace("BAD", escape));
        assert_eq!((status.as_str(), code.as_str(), log.len()), ("403", "origin_not_allowed", 1));
    }
}

#[test]
fn a_uri_of_9000_characters() {
    let long = "evil".repeat(2250);
    assert_refused(&testing::event("GET", &format!("/api/{long}"), &[]), "404", "not_found");
    assert_refused(&testing::event("GET", &format!("/api/count?days={long}"), &[]), "400", "bad_days");
    let (request, lines) = handle_at(&mut edge(), &testing::event("GET", &format!("/api/count?x={long}"), &[]), T0);
    assert_eq!((request["uri"].as_str(), lines), (Some("/api/count"), 0));
}

#[test]
fn a_body_over_40_kb() {
    let mut event = testing::event("POST", "/api/count", &[("origin", OWN)]);
    event["Records"][0]["cf"]["request"]["body"] =
        json!({"inputTruncated": true, "action": "read-only", "encoding": "base64", "data": "ZXZpbA==".repeat(5000)});
    assert_refused(&event, "413", "body_too_large");
}

#[test]
fn a_body_that_is_no_base64() {
    let mut event = testing::event("POST", "/api/count", &[("origin", OWN)]);
    event["Records"][0]["cf"]["request"]["body"] =
        json!({"inputTruncated": false, "encoding": "base64", "data": "evil!"});
    assert_refused(&event, "500", "internal");
}

#[test]
fn an_empty_origin() {
    assert_refused(&testing::event("POST", "/api/count", &[("origin", "")]), "403", "origin_not_allowed");
}

#[test]
fn two_origin_headers() {
    let event = testing::event("POST", "/api/count", &[("origin", OWN), ("origin", OWN)]);
    assert_refused(&event, "403", "origin_not_allowed");
}

#[test]
fn no_host_and_two_hosts() {
    let mut event = testing::event("GET", "/api/count", &[]);
    event["Records"][0]["cf"]["request"]["headers"] = json!({});
    assert_refused(&event, "421", "host_unknown");
    assert_refused(
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
    refused_parameter(&parameters, "signer/active", "signer", "c2VjcmV0");
}

#[test]
fn a_config_that_is_not_json() {
    let mut parameters = Parameters::new();
    parameters.set("config", "names: [secret.example]");
    refused_parameter(&parameters, "config", "json", "secret.example");
}

/// One line that names the parameter and the rule, not the value; and minting is not possible, as nothing else is known.
fn refused_parameter(parameters: &Parameters, name: &str, reason: &str, secret: &str) {
    let mut edge = Edge::new(testing::bundle(), 0.0);
    assert!(edge.start_refresh(T0));
    let accepted = edge.accept_parameters(200, &parameters.answer(), T0);
    assert!(!accepted.accepted);
    let lines: Vec<_> = accepted.log.iter().filter(|line| line["level"] == "error").collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!((&lines[0]["parameter"], &lines[0]["reason"]), (&json!(name), &json!(reason)));
    assert!(!accepted.log.iter().any(|line| line.to_string().contains(secret)));
    let (response, lines) = handle_at(&mut edge, &testing::event("GET", "/api/cv", &[("origin", OWN)]), T0);
    assert_eq!((response["status"].as_str(), lines), (Some("503"), 1));
}

#[test]
fn a_visit_that_nothing_identifies() {
    let mut event = testing::event("POST", "/api/count", &[("origin", OWN)]);
    event["Records"][0]["cf"]["config"].as_object_mut().unwrap().remove("requestId");
    assert_refused(&event, "500", "internal");
}

#[test]
fn a_person_who_meets_bad_input_sees_the_page() {
    let mut parameters = Parameters::new();
    parameters.set("config", "{");
    let headers = [("sec-fetch-site", "none"), ("accept", "text/html")];
    let (response, lines) = handle_at(&mut configured(&parameters), &testing::event("GET", "/api/cv", &headers), T0);
    assert_eq!((response["status"].as_str(), lines), (Some("303"), 1));
}
