//! Origins, preflights and routes.

use vitae_tests::running_system;

#[test]
fn a_preflight_of_the_site_is_allowed() {
    let (running, _clock) = running_system();
    let response = running
        .request("OPTIONS", "/api/count")
        .from_the_site()
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "idempotency-key")
        .send();
    assert_eq!(response.status, 204);
    assert!(response.body.is_empty());
    assert_eq!(response.header("access-control-allow-origin"), running.address());
    assert_eq!(response.header("access-control-max-age"), "7200");
    assert_eq!(response.header("vary"), "Origin");
}

#[test]
fn a_preflight_from_a_foreign_origin_is_rejected() {
    let (running, _clock) = running_system();
    let response = running
        .request("OPTIONS", "/api/count")
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "POST")
        .send();
    assert_eq!(response.status_and_code(), (403, "origin_not_allowed".to_owned()));
    assert_eq!(response.header("access-control-allow-origin"), "");
    assert_eq!(response.header("vary"), "Origin");
}

#[test]
fn a_preflight_for_another_method_or_header_is_rejected() {
    let (running, _clock) = running_system();
    for (method, headers) in [("DELETE", ""), ("POST", "authorization")] {
        let response = running
            .request("OPTIONS", "/api/count")
            .from_the_site()
            .header("access-control-request-method", method)
            .header("access-control-request-headers", headers)
            .send();
        assert_eq!(response.status_and_code(), (403, "preflight_refused".to_owned()), "{method} {headers}");
    }
}

#[test]
fn a_foreign_null_or_empty_origin_is_rejected() {
    let (running, _clock) = running_system();
    let ours = running.address();
    for origin in ["https://evil.example", "null", "", &format!("{ours}/"), &format!("{ours}.evil.example")] {
        for (method, path) in [("POST", "/api/count"), ("GET", "/api/cv")] {
            let response =
                running.request(method, path).header("accept", "application/json").header("origin", origin).send();
            assert_eq!(
                response.status_and_code(),
                (403, "origin_not_allowed".to_owned()),
                "{method} {path} from {origin:?}"
            );
            assert_eq!(response.header("access-control-allow-origin"), "");
        }
    }
}

#[test]
fn a_repeated_origin_is_rejected() {
    let (running, _clock) = running_system();
    let response = running.request("POST", "/api/count").from_the_site().from_the_site().send();
    assert_eq!(response.status_and_code(), (403, "origin_not_allowed".to_owned()));
}

#[test]
fn a_visit_without_an_origin_is_rejected() {
    let (running, _clock) = running_system();
    let response = running.request("POST", "/api/count").send();
    assert_eq!(response.status_and_code(), (403, "origin_not_allowed".to_owned()));
}

#[test]
fn the_response_to_a_wrong_method_lists_the_allowed_ones() {
    let (running, _clock) = running_system();
    let response = running.request("DELETE", "/api/count").from_the_site().send();
    assert_eq!(response.status_and_code(), (405, "method_not_allowed".to_owned()));
    let allow = response.header("allow");
    for method in ["GET", "POST", "OPTIONS"] {
        assert!(allow.contains(method), "{allow}");
    }
    let response = running.request("DELETE", "/").send();
    assert_eq!(response.status, 403, "CloudFront itself refuses DELETE: the site's behavior does not allow it");
}

#[test]
fn an_unknown_path_of_the_api_is_not_found() {
    let (running, _clock) = running_system();
    let response = running.request("GET", "/api/nothing").send();
    assert_eq!(response.status_and_code(), (400, "not_found".to_owned()));
    assert_eq!(response.header("cache-control"), "no-store");
}

#[test]
fn a_count_is_never_cached_and_allows_the_origin_of_its_request() {
    let (running, _clock) = running_system();
    for _ in 0..2 {
        let without_origin = running.request("GET", "/api/count?days=7").send();
        assert_eq!(without_origin.header("access-control-allow-origin"), "");
        let from_the_site = running.request("GET", "/api/count?days=7").from_the_site().send();
        assert_eq!(from_the_site.header("access-control-allow-origin"), running.address());
        for response in [without_origin, from_the_site] {
            assert_eq!(response.header("x-cache"), "Miss from cloudfront");
        }
    }
    let foreign = running.request("GET", "/api/count?days=7").header("origin", "https://evil.example").send();
    assert_eq!(foreign.status_and_code(), (403, "origin_not_allowed".to_owned()));
}
