//! Links to the CV.

use vitae_tests::{Answer, Running, running, viewer};

/// The path and query of a link that was just minted.
pub(crate) fn mint(running: &Running) -> String {
    let answer = ask(running);
    let url = answer.json()["url"].as_str().expect("a url").to_owned();
    url.strip_prefix(running.address()).expect("a link of the site").to_owned()
}

fn ask(running: &Running) -> Answer {
    let answer = viewer(running, "GET", "/api/cv").from_the_site().header("accept", "application/json").send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

#[test]
fn a_minted_link_gives_the_cv() {
    let (running, _present) = running();
    let answer = viewer(running, "GET", &mint(running)).send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert!(answer.body.starts_with(b"%PDF-"));
}

#[test]
fn a_link_says_when_it_ends_and_is_not_stored() {
    let (running, _present) = running();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let answer = ask(running);
    let expires = answer.json()["expires"].as_u64().expect("whole seconds");
    assert!((now + 59..=now + 72).contains(&expires), "{expires} at {now}");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("access-control-allow-origin"), running.address());
}

#[test]
fn a_browser_without_scripts_is_sent_to_the_link() {
    let (running, _present) = running();
    let answer = viewer(running, "GET", "/api/cv")
        .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
        .header("sec-fetch-site", "same-origin")
        .header("sec-fetch-mode", "navigate")
        .send();
    assert_eq!(answer.status, 303, "{}", answer.text());
    let link = answer.header("location");
    let link = link.strip_prefix(running.address()).unwrap_or(&link);
    let file = viewer(running, "GET", link).send();
    assert!(file.body.starts_with(b"%PDF-"), "{}", file.text());
}

#[test]
fn a_refused_person_sees_the_page_and_not_json() {
    let (running, _present) = running();
    let answer = viewer(running, "GET", "/api/cv")
        .header("accept", "text/html,*/*;q=0.8")
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "navigate")
        .send();
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/?cv=origin_not_allowed#cv".to_owned()));
}

#[test]
fn a_head_request_mints_without_a_body() {
    let (running, _present) = running();
    let answer = viewer(running, "HEAD", "/api/cv").from_the_site().header("accept", "application/json").send();
    assert_eq!(answer.status, 200);
    assert!(answer.body.is_empty());
}
