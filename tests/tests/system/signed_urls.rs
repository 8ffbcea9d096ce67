//! Requests for the CV with a missing, wrong or expired signature.

use std::time::Duration;

use vitae_tests::{RunningSystem, running_system};

use crate::cv_links::cv_link;

fn get(running: &RunningSystem, target: &str) -> (u16, String) {
    running.request("GET", target).send().status_and_code()
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// The value of a query parameter.
fn parameter<'a>(target: &'a str, name: &str) -> &'a str {
    let query = target.split_once('?').expect("a query").1;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).expect("the parameter")
}

#[test]
fn a_request_without_a_signature_is_a_missing_key() {
    let (running, _clock) = running_system();
    let response = running.request("GET", "/cv/resume.pdf").send();
    assert_eq!(response.status_and_code(), is(403, "MissingKey"));
    assert_eq!(response.header("content-type"), "text/xml");
    assert_eq!(response.header("server"), "CloudFront");
    assert_eq!(
        response.text(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>MissingKey</Code><Message>Missing Key-Pair-Id query \
         parameter or cookie value</Message></Error>"
    );
}

#[test]
fn a_link_expires_after_its_lifetime_and_window() {
    let (running, clock) = running_system();
    let link = cv_link(running);
    assert_eq!(running.request("GET", &link).send().status, 200);
    let _later = clock.advance_by(Duration::from_secs(75));
    assert_eq!(get(running, &link), is(403, "AccessDenied"));
}

#[test]
fn a_signature_does_not_open_another_path() {
    let (running, _clock) = running_system();
    let link = cv_link(running);
    let other = link.replace("/cv/resume.pdf", "/cv/other.pdf");
    assert_eq!(get(running, &other), is(403, "AccessDenied"));
}

#[test]
fn an_unregistered_key_id_is_an_invalid_key() {
    let (running, _clock) = running_system();
    let link = cv_link(running);
    let other = link.replace(parameter(&link, "Key-Pair-Id"), "K0000000000000");
    assert_eq!(get(running, &other), is(403, "InvalidKey"));
}

#[test]
fn an_altered_signature_is_refused() {
    let (running, _clock) = running_system();
    let link = cv_link(running);
    let signature = parameter(&link, "Signature");
    let middle = signature.len() / 2;
    let flipped = if signature.as_bytes()[middle] == b'A' { "B" } else { "A" };
    let mut forged = signature.to_owned();
    forged.replace_range(middle..=middle, flipped);
    assert_eq!(get(running, &link.replace(signature, &forged)), is(403, "AccessDenied"));
}

#[test]
fn an_altered_expiry_is_refused() {
    let (running, _clock) = running_system();
    let link = cv_link(running);
    let expires = parameter(&link, "Expires");
    let later = (expires.parse::<u64>().unwrap() + 3600).to_string();
    let forged = link.replace(&format!("Expires={expires}"), &format!("Expires={later}"));
    assert_eq!(get(running, &forged), is(403, "AccessDenied"));
}

#[test]
fn an_added_query_parameter_is_refused() {
    let (running, _clock) = running_system();
    let link = cv_link(running);
    assert_eq!(get(running, &format!("{link}&download=1")), is(403, "AccessDenied"));
}

#[test]
fn alternative_spellings_of_the_path_do_not_reach_the_file() {
    let (running, _clock) = running_system();
    let link = cv_link(running);
    let query = link.split_once('?').unwrap().1;
    for path in [
        "/%63v/resume.pdf",
        "//cv/resume.pdf",
        "/x/../cv/resume.pdf",
        "/cv/./resume.pdf",
        "/CV/resume.pdf",
        "/cv%2fresume.pdf",
    ] {
        for target in [path.to_owned(), format!("{path}?{query}")] {
            let response = running.request("GET", &target).send();
            assert!(matches!(response.status.as_u16(), 403 | 404), "{path}: {}", response.status);
            assert!(!response.body.starts_with(b"%PDF"), "{path} serves the file");
        }
    }
}
