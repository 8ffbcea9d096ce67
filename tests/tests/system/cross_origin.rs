//! Who may ask: origins, preflights, routes.

use vitae_tests::{running, viewer};

#[test]
fn a_preflight_of_the_site_is_allowed() {
    let (running, _present) = running();
    let answer = viewer(running, "OPTIONS", "/api/count")
        .from_the_site()
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "idempotency-key")
        .send();
    assert_eq!(answer.status, 204);
    assert!(answer.body.is_empty());
    assert_eq!(answer.header("access-control-allow-origin"), running.address());
    assert_eq!(answer.header("access-control-max-age"), "7200");
    assert_eq!(answer.header("vary"), "Origin");
}

#[test]
fn a_preflight_from_elsewhere_is_refused() {
    let (running, _present) = running();
    let answer = viewer(running, "OPTIONS", "/api/count")
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "POST")
        .send();
    assert_eq!(answer.verdict(), (403, "origin_not_allowed".to_owned()));
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert_eq!(answer.header("vary"), "Origin");
}

#[test]
fn a_preflight_for_what_the_route_does_not_take_is_refused() {
    let (running, _present) = running();
    for (method, headers) in [("DELETE", ""), ("POST", "authorization")] {
        let answer = viewer(running, "OPTIONS", "/api/count")
            .from_the_site()
            .header("access-control-request-method", method)
            .header("access-control-request-headers", headers)
            .send();
        assert_eq!(answer.verdict(), (403, "preflight_refused".to_owned()), "{method} {headers}");
    }
}

#[test]
fn a_foreign_null_or_empty_origin_is_refused() {
    let (running, _present) = running();
    let ours = running.address();
    for origin in ["https://evil.example", "null", "", &format!("{ours}/"), &format!("{ours}.evil.example")] {
        for (method, path) in [("POST", "/api/count"), ("GET", "/api/cv")] {
            let answer =
                viewer(running, method, path).header("accept", "application/json").header("origin", origin).send();
            assert_eq!(answer.verdict(), (403, "origin_not_allowed".to_owned()), "{method} {path} from {origin:?}");
            assert_eq!(answer.header("access-control-allow-origin"), "");
        }
    }
}

#[test]
fn two_origins_are_none() {
    let (running, _present) = running();
    let answer = viewer(running, "POST", "/api/count").from_the_site().from_the_site().send();
    assert_eq!(answer.verdict(), (403, "origin_not_allowed".to_owned()));
}

#[test]
fn a_visit_without_an_origin_is_refused() {
    let (running, _present) = running();
    let answer = viewer(running, "POST", "/api/count").send();
    assert_eq!(answer.verdict(), (403, "origin_not_allowed".to_owned()));
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let (running, _present) = running();
    let answer = viewer(running, "DELETE", "/api/count").from_the_site().send();
    assert_eq!(answer.verdict(), (405, "method_not_allowed".to_owned()));
    let allow = answer.header("allow");
    for method in ["GET", "POST", "OPTIONS"] {
        assert!(allow.contains(method), "{allow}");
    }
    let answer = viewer(running, "DELETE", "/").send();
    assert_eq!(answer.status, 403, "the site's behavior takes no DELETE: CloudFront's own refusal");
}

#[test]
fn an_unknown_path_of_the_api_is_not_found() {
    let (running, _present) = running();
    let answer = viewer(running, "GET", "/api/nothing").send();
    assert_eq!(answer.verdict(), (404, "not_found".to_owned()));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn the_cache_serves_no_ones_headers_to_anyone_else() {
    let (running, _present) = running();
    let of_nobody = || viewer(running, "GET", "/api/count?days=7").send();
    let of_the_site = || viewer(running, "GET", "/api/count?days=7").from_the_site().send();
    // An answer is kept for 5 s, in which a busy machine may not come back to it.
    let kept = (0..20).find(|_| {
        assert_eq!(of_nobody().header("access-control-allow-origin"), "");
        assert_eq!(of_the_site().header("access-control-allow-origin"), running.address());
        let (nobody, site) = (of_nobody(), of_the_site());
        assert_eq!(nobody.header("access-control-allow-origin"), "");
        assert_eq!(site.header("access-control-allow-origin"), running.address());
        [nobody, site].iter().all(|answer| answer.header("x-cache") == "Hit from cloudfront")
    });
    assert!(kept.is_some(), "no answer came from the cache");
    let foreign = viewer(running, "GET", "/api/count?days=7").header("origin", "https://evil.example").send();
    assert_eq!(foreign.verdict(), (403, "origin_not_allowed".to_owned()));
}
