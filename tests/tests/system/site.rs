//! The page and its files.

use vitae_tests::running_system;

#[test]
fn the_page_is_served_at_the_root() {
    let (running, _clock) = running_system();
    let response = running.request("GET", "/").send();
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), "text/html; charset=utf-8");
    assert!(response.text().contains("<h1"), "{}", response.text());
}

#[test]
fn the_index_document_is_redirected_to_the_root() {
    let (running, _clock) = running_system();
    let response = running.request("GET", "/index.html").send();
    assert_eq!((response.status.as_u16(), response.header("location")), (301, "/".to_owned()));
}

#[test]
fn a_missing_page_is_404_with_the_sites_own_page() {
    let (running, _clock) = running_system();
    let response = running.request("GET", "/no/such/page.html").send();
    assert_eq!(response.status, 404);
    assert!(response.text().contains("<!doctype html>"), "{}", response.text());
}

#[test]
fn hidden_files_and_the_cv_are_not_on_the_site() {
    let (running, _clock) = running_system();
    for path in ["/.sample/README.md", "/cv/resume.pdf"] {
        let status = running.request("GET", path).send().status.as_u16();
        assert!(status == 403 || status == 404, "{path}: {status}");
    }
}

#[test]
fn a_cacheable_response_is_served_from_the_cache() {
    let (running, _clock) = running_system();
    let icon = || running.request("GET", "/favicon.svg").send();
    // Another test may have requested it before, so the first response is a hit or a miss.
    icon();
    assert_eq!(icon().header("x-cache"), "Hit from cloudfront");
}

#[test]
fn an_unknown_host_is_refused() {
    let (running, _clock) = running_system();
    let status = running.request_to(running.host(), "evil.example", "GET", "/").send().status.as_u16();
    assert!(status == 403 || status == 421, "{status}");
}
