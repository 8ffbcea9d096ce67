use serde_json::{Value, json};

use super::*;
use crate::testing::{self, Counted, DISTRIBUTION, Parameters};
use vitae_parameters::{FRESH_MS, MAX_STALE_MS, ORIGINS_MAX_STALE_MS};

pub(super) const T0: u64 = 1_767_290_400_000;
const OWN: &str = "https://example.com";
const FOREIGN: &str = "https://evil.example";
const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// An edge that was configured at [`T0`].
pub(super) fn edge() -> Edge {
    configured(&Parameters::new())
}

pub(super) fn configured(parameters: &Parameters) -> Edge {
    let mut edge = Edge::new(testing::bundle(), 0.0);
    assert!(edge.start_refresh(T0));
    edge.accept_parameters(200, &parameters.answer(), T0);
    edge
}

/// The result of an event at a time, and how many lines it logged.
pub(super) fn handle_at(edge: &mut Edge, event: &Value, now_ms: u64) -> (Value, usize) {
    let outcome = edge.handle(&event.to_string(), now_ms, false, &mut Counted::default());
    (outcome.result.expect("a result, since nothing may wait"), outcome.log.len())
}

fn ask(method: &str, uri: &str, headers: &[(&str, &str)]) -> Value {
    handle_at(&mut edge(), &testing::event(method, uri, headers), T0).0
}

pub(super) fn header<'a>(message: &'a Value, name: &str) -> Option<&'a str> {
    message["headers"].get(name).map(|values| values[0]["value"].as_str().unwrap())
}

pub(super) fn code(response: &Value) -> String {
    let body: Value = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
    body["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_page_of_ours_mints_json() {
    let response = ask("GET", "/api/cv", &[("origin", OWN), ("accept", "application/json")]);
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
fn a_navigation_is_sent_to_the_cv() {
    let response = ask("GET", "/api/cv", &[("sec-fetch-site", "same-origin"), ("accept", HTML)]);
    assert_eq!(response["status"], "303");
    assert!(header(&response, "location").unwrap().starts_with("https://example.com/cv/resume.pdf?Expires="));
    assert_eq!(response.get("body"), None);
    assert_eq!(header(&response, "access-control-allow-origin"), None);
}

#[test]
fn a_link_is_for_the_host_that_was_asked() {
    for (host, start) in
        [(DISTRIBUTION, "https://d111111abcdef8.cloudfront.net/cv/"), ("EXAMPLE.com", "https://example.com/cv/")]
    {
        let response = ask("GET", "/api/cv", &[("host", host), ("sec-fetch-site", "none"), ("accept", HTML)]);
        assert!(header(&response, "location").unwrap().starts_with(start), "{response}");
    }
}

#[test]
fn the_local_edges_link_is_http() {
    let mut parameters = Parameters::new();
    parameters.set("origins/dev", "http://localhost:8787");
    let headers = [("host", "localhost:8787"), ("origin", "http://localhost:8787"), ("accept", "*/*")];
    let (response, _) = handle_at(&mut configured(&parameters), &testing::event("GET", "/api/cv", &headers), T0);
    assert!(header(&response, "location").unwrap().starts_with("http://localhost:8787/cv/resume.pdf?"), "{response}");
    assert_eq!(header(&response, "access-control-allow-origin"), Some("http://localhost:8787"));
}

#[test]
fn a_foreign_origin_is_refused_and_may_not_read_why() {
    for (method, uri) in [("GET", "/api/cv"), ("GET", "/api/count"), ("POST", "/api/count"), ("OPTIONS", "/api/count")]
    {
        for origin in [FOREIGN, "null", "", "https://example.com.evil.example"] {
            let response = ask(method, uri, &[("origin", origin), ("accept", "application/json")]);
            assert_eq!((response["status"].as_str(), code(&response)), (Some("403"), "origin_not_allowed".to_owned()));
            assert!(response["headers"].as_object().unwrap().keys().all(|name| !name.starts_with("access-control")));
            assert_eq!(header(&response, "vary"), Some("Origin"));
        }
    }
}

#[test]
fn a_refused_navigation_ends_at_the_page() {
    let response = ask("GET", "/api/cv", &[("sec-fetch-site", "cross-site"), ("accept", HTML)]);
    assert_eq!((response["status"].as_str(), response.get("body")), (Some("303"), None));
    assert_eq!(header(&response, "location"), Some("/?cv=origin_not_allowed#cv"));
    let mut unconfigured = Edge::new(testing::bundle(), 0.0);
    let event = testing::event("GET", "/api/cv", &[("sec-fetch-site", "none"), ("accept", HTML)]);
    let (response, _) = handle_at(&mut unconfigured, &event, T0);
    assert_eq!(header(&response, "location"), Some("/?cv=config_unavailable#cv"));
}

#[test]
fn links_elsewhere_may_mint_if_the_owner_says_so() {
    let mut parameters = Parameters::new();
    parameters.set("config", r#"{"names":["example.com"],"mint":{"cross_site":true}}"#);
    let event = testing::event("GET", "/api/cv", &[("sec-fetch-site", "cross-site"), ("accept", HTML)]);
    let (response, _) = handle_at(&mut configured(&parameters), &event, T0);
    assert!(header(&response, "location").unwrap().starts_with("https://example.com/cv/"));
}

#[test]
fn a_preflight_is_answered_without_counting_or_minting() {
    let headers = [
        ("origin", OWN),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "idempotency-key"),
    ];
    let response = ask("OPTIONS", "/api/count", &headers);
    assert_eq!((response["status"].as_str(), response.get("body")), (Some("204"), None));
    assert_eq!(header(&response, "access-control-allow-origin"), Some(OWN));
    assert_eq!(header(&response, "access-control-max-age"), Some("7200"));
    assert_eq!(header(&response, "access-control-allow-credentials"), None);
    let refused = ask("OPTIONS", "/api/cv", &headers);
    assert_eq!((refused["status"].as_str(), code(&refused)), (Some("403"), "preflight_refused".to_owned()));
    assert_eq!(header(&refused, "access-control-allow-origin"), Some(OWN), "its page may read why");
}

#[test]
fn a_granted_preflight_holds_while_the_configuration_is_fresh_and_a_link_for_its_window() {
    let mut edge = edge();
    let mut until = |method, uri, origin, now_ms| {
        let event = testing::event(method, uri, &[("origin", origin)]).to_string();
        edge.handle(&event, now_ms, false, &mut Counted::default()).holds_until_ms
    };
    let fresh_until = T0 + FRESH_MS;
    assert_eq!(until("OPTIONS", "/api/count", OWN, T0), Some(fresh_until));
    assert_eq!(until("OPTIONS", "/api/count", OWN, fresh_until), Some(fresh_until));
    assert_eq!(until("OPTIONS", "/api/count", OWN, fresh_until + 1), None);
    assert_eq!(until("GET", "/api/cv", OWN, T0), Some(T0));
    assert_eq!(until("GET", "/api/cv", OWN, T0 + 1), Some(T0 + 10_000));
    assert_eq!(until("GET", "/api/cv", OWN, fresh_until + 1), None);
    for (method, uri, origin) in [
        ("OPTIONS", "/api/count", FOREIGN),
        ("OPTIONS", "/api/other", OWN),
        ("GET", "/api/cv", FOREIGN),
        ("GET", "/api/count", OWN),
        ("POST", "/api/count", OWN),
    ] {
        assert_eq!(until(method, uri, origin, T0), None, "{method} {uri} {origin}");
    }
}

#[test]
fn a_visit_goes_on_with_its_key_its_hash_and_its_origin() {
    let mut event = testing::event("POST", "/api/count", &[("origin", OWN), ("x-vitae-allow-origin", FOREIGN)]);
    event["Records"][0]["cf"]["request"]["body"] =
        json!({"inputTruncated": false, "action": "read-only", "encoding": "base64", "data": "YWJj"});
    let (request, lines) = handle_at(&mut edge(), &event, T0);
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
    let request = ask("POST", "/api/count", &[("origin", OWN), ("idempotency-key", key)]);
    assert_eq!(header(&request, "idempotency-key"), Some(key));
}

#[test]
fn a_visit_without_an_origin_is_no_browsers() {
    assert_eq!(code(&ask("POST", "/api/count", &[])), "origin_not_allowed");
}

#[test]
fn a_read_goes_on_with_no_word_of_the_viewers() {
    for method in ["GET", "HEAD"] {
        let forged = [("x-vitae-allow-origin", FOREIGN), ("x-amz-content-sha256", "forged"), ("x-other", "kept")];
        let request = ask(method, "/api/count?days=30", &forged);
        assert_eq!(request["querystring"], "days=30");
        assert_eq!(header(&request, "x-vitae-allow-origin"), None);
        assert_eq!(header(&request, "x-amz-content-sha256"), None);
        assert_eq!(header(&request, "x-other"), Some("kept"));
    }
    let request = ask("GET", "/api/count", &[("origin", OWN)]);
    assert_eq!(header(&request, "x-vitae-allow-origin"), Some(OWN));
}

#[test]
fn unknown_paths_and_methods_are_told() {
    let response = ask("GET", "/api/other", &[("origin", OWN)]);
    assert_eq!((response["status"].as_str(), code(&response)), (Some("404"), "not_found".to_owned()));
    assert_eq!(header(&response, "access-control-allow-origin"), Some(OWN));
    for (method, uri, allow) in [
        ("POST", "/api/cv", "GET, HEAD, OPTIONS"),
        ("DELETE", "/api/cv", "GET, HEAD, OPTIONS"),
        ("PUT", "/api/count", "GET, HEAD, OPTIONS, POST"),
        ("get", "/api/count", "GET, HEAD, OPTIONS, POST"),
    ] {
        let response = ask(method, uri, &[("origin", OWN)]);
        assert_eq!((response["status"].as_str(), code(&response)), (Some("405"), "method_not_allowed".to_owned()));
        assert_eq!(header(&response, "allow"), Some(allow));
    }
}

#[test]
fn another_host_is_misdirected_whoever_asks() {
    for host in ["evil.example", "localhost:8787", "example.com:443", ""] {
        for (method, uri) in [("GET", "/api/cv"), ("GET", "/api/count"), ("POST", "/api/count"), ("OPTIONS", "/api/cv")]
        {
            let response = ask(method, uri, &[("host", host), ("origin", OWN), ("accept", HTML)]);
            assert_eq!((response["status"].as_str(), code(&response)), (Some("421"), "host_unknown".to_owned()));
        }
    }
}

#[test]
fn head_is_get_without_a_body() {
    let headers = [("origin", OWN), ("accept", "application/json")];
    let (mut head, mut get) = (ask("HEAD", "/api/cv", &headers), ask("GET", "/api/cv", &headers));
    assert!(get.as_object_mut().unwrap().remove("body").is_some());
    get.as_object_mut().unwrap().remove("bodyEncoding");
    assert_eq!(head["headers"].take(), get["headers"].take());
    assert_eq!(head, get);
    assert_eq!(ask("HEAD", "/api/other", &[]).get("body"), None);
}

#[test]
fn every_answer_is_uncacheable_unsniffable_and_varies() {
    for (method, uri, headers) in [
        ("GET", "/api/cv", &[("origin", OWN)][..]),
        ("GET", "/api/cv", &[("origin", FOREIGN)]),
        ("GET", "/api/cv", &[("origin", FOREIGN), ("accept", HTML)]),
        ("OPTIONS", "/api/count", &[("origin", OWN)]),
        ("POST", "/api/count", &[("origin", OWN), ("idempotency-key", "x")]),
        ("GET", "/api/count?days=x", &[]),
        ("GET", "/api/", &[]),
        ("PUT", "/api/cv", &[]),
    ] {
        let response = ask(method, uri, headers);
        assert!(response["status"].is_string());
        assert_eq!(header(&response, "cache-control"), Some("no-store"));
        assert_eq!(header(&response, "x-content-type-options"), Some("nosniff"));
        assert_eq!(header(&response, "vary"), Some("Origin"));
    }
}

#[test]
fn bad_days_and_keys_are_told() {
    assert_eq!(code(&ask("GET", "/api/count?days=0", &[])), "bad_days");
    assert_eq!(code(&ask("POST", "/api/count", &[("origin", OWN), ("idempotency-key", "")])), "bad_idempotency_key");
}

#[test]
fn within_a_window_every_visitor_gets_the_same_link() {
    let mut edge = edge();
    let one = testing::event("GET", "/api/cv", &[("origin", OWN), ("accept", "application/json")]);
    let other = testing::event("GET", "/api/cv", &[("sec-fetch-site", "none"), ("accept", "application/json")]);
    let first = handle_at(&mut edge, &one, T0 + 1).0["body"].clone();
    assert_eq!(handle_at(&mut edge, &other, T0 + 10_000).0["body"], first);
    assert_ne!(handle_at(&mut edge, &one, T0 + 10_001).0["body"], first);
}

#[test]
fn a_stale_configuration_is_refreshed_once_and_serves() {
    let mut edge = edge();
    let event = testing::event("GET", "/api/cv", &[("origin", OWN)]).to_string();
    let mut handle = |now_ms| edge.handle(&event, now_ms, true, &mut Counted::default());
    assert!(!handle(T0 + FRESH_MS).refresh);
    let (first, second) = (handle(T0 + FRESH_MS + 1), handle(T0 + FRESH_MS + 2));
    assert_eq!((first.refresh, second.refresh), (true, false));
    assert!(first.result.is_some() && second.result.is_some());
}

#[test]
fn an_expired_configuration_makes_a_mint_wait_and_then_fail_closed() {
    let mut edge = edge();
    let now_ms = T0 + MAX_STALE_MS + 1;
    let event = testing::event("GET", "/api/cv", &[("origin", OWN)]).to_string();
    let outcome = edge.handle(&event, now_ms, true, &mut Counted::default());
    assert_eq!(outcome, Outcome { result: None, refresh: true, holds_until_ms: None, log: vec![] });
    edge.refresh_failed("timeout", now_ms);
    let outcome = edge.handle(&event, now_ms, true, &mut Counted::default());
    let response = outcome.result.expect("no refresh is under way to wait for");
    assert_eq!((response["status"].as_str(), code(&response)), (Some("503"), "config_unavailable".to_owned()));
    assert_eq!(header(&response, "retry-after"), Some("5"));
    assert!(!outcome.refresh, "the next try is a pause away");
}

#[test]
fn an_expired_configuration_mints_again_once_it_is_refreshed() {
    let parameters = Parameters::new();
    let mut edge = configured(&parameters);
    let now_ms = T0 + MAX_STALE_MS + 1;
    let event = testing::event("GET", "/api/cv", &[("origin", OWN)]);
    assert_eq!(edge.handle(&event.to_string(), now_ms, true, &mut Counted::default()).result, None);
    assert!(edge.accept_parameters(200, &parameters.answer(), now_ms).accepted);
    assert_eq!(handle_at(&mut edge, &event, now_ms).0["status"], "303");
}

#[test]
fn visits_are_counted_for_a_day_without_parameter_store() {
    let mut edge = edge();
    let event = testing::event("POST", "/api/count", &[("origin", OWN)]);
    let outcome = edge.handle(&event.to_string(), T0 + MAX_STALE_MS + 1, true, &mut Counted::default());
    assert_eq!(outcome.result.expect("no wait")["uri"], "/api/count");
    assert_eq!(handle_at(&mut edge, &event, T0 + ORIGINS_MAX_STALE_MS).0["uri"], "/api/count");
    assert_eq!(code(&handle_at(&mut edge, &event, T0 + ORIGINS_MAX_STALE_MS + 1).0), "config_unavailable");
}

#[test]
fn what_needs_no_configuration_never_waits_for_it() {
    let mut edge = Edge::new(testing::bundle(), 0.0);
    for (method, uri, status) in [("GET", "/api/other", "404"), ("DELETE", "/api/cv", "405")] {
        let event = testing::event(method, uri, &[]).to_string();
        let outcome = edge.handle(&event, T0, true, &mut Counted::default());
        assert_eq!(outcome.result.expect("no wait")["status"], status);
    }
}

#[test]
fn a_rehearsal_signs_the_first_visitors_window() {
    let mut parameters = Parameters::new();
    // RSA draws randomness for every signature, so draws count signatures.
    parameters.set("signer/active", &testing::signer_json("K1", "rsa-2048", "sha1", &testing::rsa_pem()));
    let (mut edge, mut rng) = (configured(&parameters), Counted::default());
    let rehearsal = edge.rehearsal(T0).expect("all is known").to_string();
    let outcome = edge.handle(&rehearsal, T0, false, &mut rng);
    assert_eq!((&outcome.result.unwrap()["status"], outcome.log), (&json!("200"), vec![]));
    let draws = rng.draws;
    assert!(draws > 0);
    let visitor = testing::event("GET", "/api/cv", &[("origin", OWN)]).to_string();
    assert_eq!(edge.handle(&visitor, T0, false, &mut rng).result.unwrap()["status"], "303");
    assert_eq!(rng.draws, draws);
}

#[test]
fn a_rehearsal_needs_a_key() {
    assert_eq!(Edge::new(testing::bundle(), 0.0).rehearsal(T0), None);
    assert_eq!(edge().rehearsal(T0 + MAX_STALE_MS + 1), None);
}
