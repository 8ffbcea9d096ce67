//! Signed links to the CV.

use vitae_tests::{Response, RunningSystem, running_system};

/// Requests a link and returns its path and query.
pub(crate) fn cv_link(running: &RunningSystem) -> String {
    let response = request_link(running);
    let url = response.json()["url"].as_str().expect("a url").to_owned();
    url.strip_prefix(running.address()).expect("a link of the site").to_owned()
}

fn request_link(running: &RunningSystem) -> Response {
    let response = running.request("GET", "/api/cv").from_the_site().header("accept", "application/json").send();
    assert_eq!(response.status, 200, "{}", response.text());
    response
}

#[test]
fn a_link_opens_the_cv() {
    let (running, _clock) = running_system();
    let response = running.request("GET", &cv_link(running)).send();
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("content-type"), "application/pdf");
    assert!(response.body.starts_with(b"%PDF-"));
}

#[test]
fn a_link_has_its_expiry_and_is_not_cached() {
    let (running, _clock) = running_system();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let response = request_link(running);
    let expires = response.json()["expires"].as_u64().expect("whole seconds");
    assert!((now + 59..=now + 72).contains(&expires), "{expires} at {now}");
    assert_eq!(response.header("cache-control"), "no-store");
    assert_eq!(response.header("access-control-allow-origin"), running.address());
}

#[test]
fn a_navigation_is_redirected_to_the_link() {
    let (running, _clock) = running_system();
    let response = running
        .request("GET", "/api/cv")
        .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
        .header("sec-fetch-site", "same-origin")
        .header("sec-fetch-mode", "navigate")
        .send();
    assert_eq!(response.status, 303, "{}", response.text());
    let link = response.header("location");
    let link = link.strip_prefix(running.address()).unwrap_or(&link);
    let file = running.request("GET", link).send();
    assert!(file.body.starts_with(b"%PDF-"), "{}", file.text());
}

#[test]
fn a_rejected_navigation_is_redirected_to_the_page() {
    let (running, _clock) = running_system();
    let response = running
        .request("GET", "/api/cv")
        .header("accept", "text/html,*/*;q=0.8")
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "navigate")
        .send();
    assert_eq!((response.status.as_u16(), response.header("location")), (303, "/?cv=origin_not_allowed#cv".to_owned()));
}

#[test]
fn a_head_request_has_no_body() {
    let (running, _clock) = running_system();
    let response = running.request("HEAD", "/api/cv").from_the_site().header("accept", "application/json").send();
    assert_eq!(response.status, 200);
    assert!(response.body.is_empty());
}
