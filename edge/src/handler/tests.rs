use serde_json::{Value, json};

use super::*;
use crate::testing::{self, CountingRng, DISTRIBUTION, Parameters};
use vitae_parameters::{FRESH_MS, MAX_STALE_MS, ORIGINS_MAX_STALE_MS};

pub(super) const T0: u64 = 1_767_290_400_000;
pub(super) const OWN: &str = "https://example.com";
const FOREIGN: &str = "https://evil.example";
pub(super) const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// A handler that was configured at [`T0`].
pub(super) fn handler() -> Handler {
    configured(&Parameters::new())
}

pub(super) fn configured(parameters: &Parameters) -> Handler {
    let mut handler = Handler::new(testing::bundle(), 0.0);
    assert!(handler.start_refresh(T0));
    handler.accept_parameters(200, &parameters.response(), T0);
    handler
}

/// The result of an event at a time, and how many lines it logged.
pub(super) fn handle_at(handler: &mut Handler, event: &Value, now_ms: u64) -> (Value, usize) {
    let output = handler.handle(&event.to_string(), now_ms, false, &mut CountingRng::default());
    (output.result.expect("a result"), output.log.len())
}

fn send(method: &str, uri: &str, headers: &[(&str, &str)]) -> Value {
    handle_at(&mut handler(), &testing::event(method, uri, headers), T0).0
}

pub(super) fn header<'a>(message: &'a Value, name: &str) -> Option<&'a str> {
    message["headers"].get(name).map(|values| values[0]["value"].as_str().unwrap())
}

pub(super) fn code(response: &Value) -> String {
    let body: Value = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
    body["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_page_of_the_site_gets_a_link_as_json() {
    let response = send("GET", "/api/cv", &[("origin", OWN), ("accept", "application/json")]);
    assert_eq!(response["status"], "200");
    assert_eq!(header(&response, "access-control-allow-origin"), Some(OWN));
    assert_eq!(header(&response, "content-type"), Some("application/json"));
    let body: Value = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["expires"], 1_767_290_460);
    let url = body["url"].as_str().unwrap();
    assert!(url.starts_with("https://example.com/cv/resume.pdf?Expires=1767290460&Key-Pair-Id=K1&Signature="), "{url}");
    assert!(url.ends_with("&Hash-Algorithm=SHA256"), "{url}");
}

#[test]
fn a_navigation_is_redirected_to_the_cv() {
    let response = send("GET", "/api/cv", &[("sec-fetch-site", "same-origin"), ("accept", HTML)]);
    assert_eq!(response["status"], "303");
    assert!(header(&response, "location").unwrap().starts_with("https://example.com/cv/resume.pdf?Expires="));
    assert_eq!(response.get("body"), None);
    assert_eq!(header(&response, "access-control-allow-origin"), None);
}

#[test]
fn a_link_has_the_host_of_the_request() {
    for (host, start) in
        [(DISTRIBUTION, "https://d111111abcdef8.cloudfront.net/cv/"), ("EXAMPLE.com", "https://example.com/cv/")]
    {
        let response = send("GET", "/api/cv", &[("host", host), ("sec-fetch-site", "none"), ("accept", HTML)]);
        assert!(header(&response, "location").unwrap().starts_with(start), "{response}");
    }
}

#[test]
fn a_link_of_the_local_edge_is_http() {
    let mut parameters = Parameters::new();
    parameters.set("origins/dev", "http://localhost:8787");
    let headers = [("host", "localhost:8787"), ("origin", "http://localhost:8787"), ("accept", "*/*")];
    let (response, _) = handle_at(&mut configured(&parameters), &testing::event("GET", "/api/cv", &headers), T0);
    assert!(header(&response, "location").unwrap().starts_with("http://localhost:8787/cv/resume.pdf?"), "{response}");
    assert_eq!(header(&response, "access-control-allow-origin"), Some("http://localhost:8787"));
}

#[test]
fn a_foreign_origin_is_rejected_and_cannot_read_the_response() {
    for (method, uri) in [("GET", "/api/cv"), ("GET", "/api/count"), ("POST", "/api/count"), ("OPTIONS", "/api/count")]
    {
        for origin in [FOREIGN, "null", "", "https://example.com.evil.example"] {
            let response = send(method, uri, &[("origin", origin), ("accept", "application/json")]);
            assert_eq!((response["status"].as_str(), code(&response)), (Some("403"), "origin_not_allowed".to_owned()));
            assert!(response["headers"].as_object().unwrap().keys().all(|name| !name.starts_with("access-control")));
            assert_eq!(header(&response, "vary"), Some("Origin"));
        }
    }
}

#[test]
fn a_rejected_navigation_is_redirected_to_the_page() {
    let response = send("GET", "/api/cv", &[("sec-fetch-site", "cross-site"), ("accept", HTML)]);
    assert_eq!((response["status"].as_str(), response.get("body")), (Some("303"), None));
    assert_eq!(header(&response, "location"), Some("/?cv=origin_not_allowed#cv"));
    let mut unconfigured = Handler::new(testing::bundle(), 0.0);
    let event = testing::event("GET", "/api/cv", &[("sec-fetch-site", "none"), ("accept", HTML)]);
    let (response, _) = handle_at(&mut unconfigured, &event, T0);
    assert_eq!(header(&response, "location"), Some("/?cv=config_unavailable#cv"));
}

#[test]
fn a_link_on_another_site_works_if_the_owner_allows_it() {
    let mut parameters = Parameters::new();
    parameters.set("config", r#"{"names":["example.com"],"mint":{"cross_site":true}}"#);
    let event = testing::event("GET", "/api/cv", &[("sec-fetch-site", "cross-site"), ("accept", HTML)]);
    let (response, _) = handle_at(&mut configured(&parameters), &event, T0);
    assert!(header(&response, "location").unwrap().starts_with("https://example.com/cv/"));
}

#[test]
fn a_preflight_gets_a_response_without_counting_or_signing() {
    let headers = [
        ("origin", OWN),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "idempotency-key"),
    ];
    let response = send("OPTIONS", "/api/count", &headers);
    assert_eq!((response["status"].as_str(), response.get("body")), (Some("204"), None));
    assert_eq!(header(&response, "access-control-allow-origin"), Some(OWN));
    assert_eq!(header(&response, "access-control-max-age"), Some("7200"));
    assert_eq!(header(&response, "access-control-allow-credentials"), None);
    let rejected = send("OPTIONS", "/api/cv", &headers);
    assert_eq!((rejected["status"].as_str(), code(&rejected)), (Some("403"), "preflight_refused".to_owned()));
    assert_eq!(header(&rejected, "access-control-allow-origin"), Some(OWN), "its page can read the response");
}

#[test]
fn a_visit_is_forwarded_with_its_key_hash_and_origin() {
    let mut event = testing::event("POST", "/api/count", &[("origin", OWN), ("x-vitae-allow-origin", FOREIGN)]);
    event["Records"][0]["cf"]["request"]["body"] =
        json!({"inputTruncated": false, "action": "read-only", "encoding": "base64", "data": "YWJj"});
    let (request, lines) = handle_at(&mut handler(), &event, T0);
    assert_eq!((request["uri"].as_str(), request["status"].as_str()), (Some("/api/count"), None));
    assert_eq!(header(&request, "x-vitae-allow-origin"), Some(OWN));
    assert_eq!(header(&request, "idempotency-key").map(str::len), Some(32));
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(header(&request, "x-amz-content-sha256"), Some(abc));
    assert_eq!(request["body"]["data"], "YWJj");
    assert_eq!(lines, 0);
}

#[test]
fn a_retried_visit_keeps_the_pages_key() {
    let key = "3b241101-e2bb-4255-8caf-4136c566a962";
    let request = send("POST", "/api/count", &[("origin", OWN), ("idempotency-key", key)]);
    assert_eq!(header(&request, "idempotency-key"), Some(key));
}

#[test]
fn a_visit_without_an_origin_is_rejected() {
    assert_eq!(code(&send("POST", "/api/count", &[])), "origin_not_allowed");
}

#[test]
fn a_read_is_forwarded_without_the_viewers_reserved_headers() {
    for method in ["GET", "HEAD"] {
        let forged = [("x-vitae-allow-origin", FOREIGN), ("x-amz-content-sha256", "forged"), ("x-other", "kept")];
        let request = send(method, "/api/count?days=30", &forged);
        assert_eq!(request["querystring"], "days=30");
        assert_eq!(header(&request, "x-vitae-allow-origin"), None);
        assert_eq!(header(&request, "x-amz-content-sha256"), None);
        assert_eq!(header(&request, "x-other"), Some("kept"));
    }
    let request = send("GET", "/api/count", &[("origin", OWN)]);
    assert_eq!(header(&request, "x-vitae-allow-origin"), Some(OWN));
}

#[test]
fn unknown_paths_and_methods_are_rejected() {
    let response = send("GET", "/api/other", &[("origin", OWN)]);
    assert_eq!((response["status"].as_str(), code(&response)), (Some("400"), "not_found".to_owned()));
    assert_eq!(header(&response, "access-control-allow-origin"), Some(OWN));
    for (method, uri, allow) in [
        ("POST", "/api/cv", "GET, HEAD, OPTIONS"),
        ("DELETE", "/api/cv", "GET, HEAD, OPTIONS"),
        ("PUT", "/api/count", "GET, HEAD, OPTIONS, POST"),
        ("get", "/api/count", "GET, HEAD, OPTIONS, POST"),
    ] {
        let response = send(method, uri, &[("origin", OWN)]);
        assert_eq!((response["status"].as_str(), code(&response)), (Some("405"), "method_not_allowed".to_owned()));
        assert_eq!(header(&response, "allow"), Some(allow));
    }
}

#[test]
fn another_host_is_misdirected() {
    for host in ["evil.example", "localhost:8787", "example.com:443", ""] {
        for (method, uri) in [("GET", "/api/cv"), ("GET", "/api/count"), ("POST", "/api/count"), ("OPTIONS", "/api/cv")]
        {
            let response = send(method, uri, &[("host", host), ("origin", OWN), ("accept", HTML)]);
            assert_eq!((response["status"].as_str(), code(&response)), (Some("421"), "host_unknown".to_owned()));
        }
    }
}

#[test]
fn head_equals_get_without_a_body() {
    let headers = [("origin", OWN), ("accept", "application/json")];
    let (mut head, mut get) = (send("HEAD", "/api/cv", &headers), send("GET", "/api/cv", &headers));
    assert!(get.as_object_mut().unwrap().remove("body").is_some());
    get.as_object_mut().unwrap().remove("bodyEncoding");
    assert_eq!(head["headers"].take(), get["headers"].take());
    assert_eq!(head, get);
    assert_eq!(send("HEAD", "/api/other", &[]).get("body"), None);
}

#[test]
fn every_response_has_no_store_nosniff_and_vary() {
    for (method, uri, headers) in [
        ("GET", "/api/cv", &[("origin", OWN)][..]),
        ("GET", "/api/cv", &[("origin", FOREIGN)]),
        ("GET", "/api/cv", &[("origin", FOREIGN), ("accept", HTML)]),
        ("OPTIONS", "/api/count", &[("origin", OWN)]),
        ("POST", "/api/count", &[("origin", OWN), ("idempotency-key", "x")]),
        ("GET", "/api/count?days=x", &[]),
        ("GET", "/api/", &[]),
        ("PUT", "/api/cv", &[]),
        ("GET", "/l/x", &[]),
        ("POST", "/l/request", &[]),
    ] {
        let response = send(method, uri, headers);
        assert!(response["status"].is_string());
        assert_eq!(header(&response, "cache-control"), Some("no-store"));
        assert_eq!(header(&response, "x-content-type-options"), Some("nosniff"));
        assert_eq!(header(&response, "referrer-policy"), Some("no-referrer"));
        assert_eq!(header(&response, "vary"), Some("Origin"));
    }
}

#[test]
fn bad_days_and_keys_are_rejected() {
    assert_eq!(code(&send("GET", "/api/count?days=0", &[])), "bad_days");
    assert_eq!(code(&send("POST", "/api/count", &[("origin", OWN), ("idempotency-key", "")])), "bad_idempotency_key");
}

#[test]
fn within_a_window_every_visitor_gets_the_same_link() {
    let mut handler = handler();
    let one = testing::event("GET", "/api/cv", &[("origin", OWN), ("accept", "application/json")]);
    let other = testing::event("GET", "/api/cv", &[("sec-fetch-site", "none"), ("accept", "application/json")]);
    let first = handle_at(&mut handler, &one, T0 + 1).0["body"].clone();
    assert_eq!(handle_at(&mut handler, &other, T0 + 10_000).0["body"], first);
    assert_ne!(handle_at(&mut handler, &one, T0 + 10_001).0["body"], first);
}

#[test]
fn a_stale_configuration_is_refreshed_once_and_serves() {
    let mut handler = handler();
    let event = testing::event("GET", "/api/cv", &[("origin", OWN)]).to_string();
    let mut handle = |now_ms| handler.handle(&event, now_ms, true, &mut CountingRng::default());
    assert!(!handle(T0 + FRESH_MS).refresh);
    let (first, second) = (handle(T0 + FRESH_MS + 1), handle(T0 + FRESH_MS + 2));
    assert_eq!((first.refresh, second.refresh), (true, false));
    assert!(first.result.is_some() && second.result.is_some());
}

#[test]
fn an_expired_configuration_makes_a_link_wait_and_then_fail() {
    let mut handler = handler();
    let now_ms = T0 + MAX_STALE_MS + 1;
    let event = testing::event("GET", "/api/cv", &[("origin", OWN)]).to_string();
    let output = handler.handle(&event, now_ms, true, &mut CountingRng::default());
    assert_eq!(output, HandlerOutput { result: None, refresh: true, log: vec![] });
    handler.refresh_failed("timeout", now_ms);
    let output = handler.handle(&event, now_ms, true, &mut CountingRng::default());
    let response = output.result.expect("no refresh is in progress");
    assert_eq!((response["status"].as_str(), code(&response)), (Some("503"), "config_unavailable".to_owned()));
    assert_eq!(header(&response, "retry-after"), Some("5"));
    assert!(!output.refresh, "the next refresh waits");
}

#[test]
fn a_refreshed_configuration_signs_again() {
    let parameters = Parameters::new();
    let mut handler = configured(&parameters);
    let now_ms = T0 + MAX_STALE_MS + 1;
    let event = testing::event("GET", "/api/cv", &[("origin", OWN)]);
    assert_eq!(handler.handle(&event.to_string(), now_ms, true, &mut CountingRng::default()).result, None);
    assert!(handler.accept_parameters(200, &parameters.response(), now_ms).accepted);
    assert_eq!(handle_at(&mut handler, &event, now_ms).0["status"], "303");
}

#[test]
fn visits_are_counted_for_a_day_without_parameter_store() {
    let mut handler = handler();
    let event = testing::event("POST", "/api/count", &[("origin", OWN)]);
    let output = handler.handle(&event.to_string(), T0 + MAX_STALE_MS + 1, true, &mut CountingRng::default());
    assert_eq!(output.result.expect("no wait")["uri"], "/api/count");
    assert_eq!(handle_at(&mut handler, &event, T0 + ORIGINS_MAX_STALE_MS).0["uri"], "/api/count");
    assert_eq!(code(&handle_at(&mut handler, &event, T0 + ORIGINS_MAX_STALE_MS + 1).0), "config_unavailable");
}

#[test]
fn responses_without_configuration_do_not_wait_for_it() {
    let mut handler = Handler::new(testing::bundle(), 0.0);
    for (method, uri, status) in [("GET", "/api/other", "400"), ("DELETE", "/api/cv", "405")] {
        let event = testing::event(method, uri, &[]).to_string();
        let output = handler.handle(&event, T0, true, &mut CountingRng::default());
        assert_eq!(output.result.expect("no wait")["status"], status);
    }
}

#[test]
fn the_warm_up_signs_the_first_window() {
    let mut parameters = Parameters::new();
    // RSA draws randomness for every signature, so draws count signatures.
    parameters.set("signer/active", &testing::signer_json("K1", "rsa-2048", "sha1", &testing::rsa_pem()));
    let (mut handler, mut rng) = (configured(&parameters), CountingRng::default());
    let warm_up_event = handler.warm_up_event(T0).expect("a configuration").to_string();
    let output = handler.handle(&warm_up_event, T0, false, &mut rng);
    assert_eq!((&output.result.unwrap()["status"], output.log), (&json!("200"), vec![]));
    let draws = rng.draws;
    assert!(draws > 0);
    let visitor = testing::event("GET", "/api/cv", &[("origin", OWN)]).to_string();
    assert_eq!(handler.handle(&visitor, T0, false, &mut rng).result.unwrap()["status"], "303");
    assert_eq!(rng.draws, draws);
}

#[test]
fn the_warm_up_needs_a_key() {
    assert_eq!(Handler::new(testing::bundle(), 0.0).warm_up_event(T0), None);
    assert_eq!(handler().warm_up_event(T0 + MAX_STALE_MS + 1), None);
}
