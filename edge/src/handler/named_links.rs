//! Requests below `/l/`, and the gate.

use serde_json::{Value, json};
use vitae_parameters::LINK_BODY_BYTES;

use super::tests::{HTML, OWN, T0, code, configured, handle_at, handler, header};
use crate::testing::{self, DISTRIBUTION, Parameters};

const LINK: &str = "/l/AAAAAAAAAAAAAAAAAAAA-_";
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn send(method: &str, uri: &str, headers: &[(&str, &str)]) -> Value {
    handle_at(&mut handler(), &testing::event(method, uri, headers), T0).0
}

fn post(uri: &str, body: &str) -> Value {
    let mut event = testing::event("POST", uri, &[("origin", OWN)]);
    event["Records"][0]["cf"]["request"]["body"] =
        json!({"inputTruncated": false, "action": "read-only", "encoding": "text", "data": body});
    handle_at(&mut handler(), &event, T0).0
}

#[test]
fn a_read_is_forwarded_with_the_site_and_without_the_viewers_headers_and_query() {
    let forged = [("x-vitae-site", "https://evil.example"), ("X-Vitae-Site", "x"), ("x-amz-content-sha256", "forged")];
    for method in ["GET", "HEAD"] {
        let request = send(method, &format!("{LINK}?utm_source=mail"), &forged);
        assert_eq!((request["uri"].as_str(), request["querystring"].as_str()), (Some(LINK), Some("")));
        assert_eq!(header(&request, "x-vitae-site"), Some("https://example.com"));
        assert_eq!(request["headers"].get("X-Vitae-Site"), None);
        assert_eq!(header(&request, "x-amz-content-sha256"), None);
        assert_eq!(header(&request, "x-vitae-allow-origin"), None);
    }
}

#[test]
fn the_site_is_the_host_of_the_request() {
    let mut parameters = Parameters::new();
    parameters.set("origins/dev", "http://localhost:8787");
    for (host, site) in [
        (DISTRIBUTION, "https://d111111abcdef8.cloudfront.net"),
        ("EXAMPLE.com", "https://example.com"),
        ("localhost:8787", "http://localhost:8787"),
    ] {
        let event = testing::event("GET", LINK, &[("host", host)]);
        let (request, lines) = handle_at(&mut configured(&parameters), &event, T0);
        assert_eq!((header(&request, "x-vitae-site"), lines), (Some(site), 0));
    }
}

#[test]
fn a_post_is_forwarded_with_the_hash_of_its_body_even_if_it_is_empty() {
    for uri in [LINK, "/l/request"] {
        let request = send("POST", uri, &[("origin", OWN)]);
        assert_eq!(header(&request, "x-amz-content-sha256"), Some(EMPTY), "{uri}");
        assert_eq!(header(&request, "x-vitae-site"), Some(OWN));
        assert_eq!(header(&request, "x-vitae-allow-origin"), Some(OWN));
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(header(&post(uri, "abc"), "x-amz-content-sha256"), Some(abc));
    }
}

#[test]
fn a_post_has_at_most_4_kb() {
    for uri in [LINK, "/l/request"] {
        assert_eq!(post(uri, &"x".repeat(LINK_BODY_BYTES))["uri"], uri);
        let rejected = post(uri, &"x".repeat(LINK_BODY_BYTES + 1));
        assert_eq!((rejected["status"].as_str(), code(&rejected)), (Some("413"), "body_too_large".to_owned()));
    }
    assert_eq!(post("/api/count", &"x".repeat(LINK_BODY_BYTES + 1))["uri"], "/api/count", "only below /l/");
}

#[test]
fn a_person_with_an_incomplete_link_is_redirected_to_the_page() {
    let incomplete = &LINK[..20];
    assert_eq!(code(&send("GET", incomplete, &[])), "not_found");
    let response = send("GET", incomplete, &[("accept", HTML)]);
    assert_eq!((response["status"].as_str(), header(&response, "location")), (Some("303"), Some("/?cv=not_found#cv")));
    let form = send("POST", "/l/request", &[("origin", "https://evil.example"), ("accept", HTML)]);
    assert_eq!(header(&form, "location"), Some("/?cv=origin_not_allowed#cv"));
}

#[test]
fn no_line_of_the_log_contains_a_code() {
    let code = LINK.trim_start_matches("/l/");
    for (method, headers) in [
        ("PUT", &[("origin", OWN)][..]),
        ("POST", &[]),
        ("GET", &[("host", "evil.example")]),
        ("GET", &[("origin", "null")]),
    ] {
        let event = testing::event(method, LINK, headers).to_string();
        let output = handler().handle(&event, T0, false, &mut testing::CountingRng::default());
        let [line] = output.log.as_slice() else { panic!("one line, not {:?}", output.log) };
        assert_eq!(line["route"], "link", "{line}");
        assert!(!line.to_string().contains(code) && !line.to_string().contains("/l/"), "{line}");
        assert!(!output.result.expect("a response").to_string().contains(code));
    }
}

#[test]
fn links_are_forwarded_for_a_day_without_parameter_store() {
    let event = testing::event("POST", LINK, &[("origin", OWN)]);
    assert_eq!(handle_at(&mut handler(), &event, T0 + vitae_parameters::MAX_STALE_MS + 1).0["uri"], LINK);
}

#[test]
fn with_the_gate_no_link_is_signed_and_the_visitor_is_led_to_the_form() {
    let mut parameters = Parameters::new();
    parameters.set("config", r#"{"names":["example.com"],"links":{"gate":"request"}}"#);
    let mut gated = configured(&parameters);
    assert_eq!(gated.warm_up_event(T0), None);
    let script = testing::event("GET", "/api/cv", &[("origin", OWN), ("accept", "application/json")]);
    let (response, lines) = handle_at(&mut gated, &script, T0);
    assert_eq!((response["status"].as_str(), code(&response)), (Some("403"), "request_required".to_owned()));
    assert_eq!((header(&response, "access-control-allow-origin"), lines), (Some(OWN), 1));
    let person = testing::event("GET", "/api/cv", &[("sec-fetch-site", "same-origin"), ("accept", HTML)]);
    let (response, _) = handle_at(&mut gated, &person, T0);
    assert_eq!(header(&response, "location"), Some("/?cv=request_required#cv-request"));
}
