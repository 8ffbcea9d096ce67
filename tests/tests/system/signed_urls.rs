//! The file behind the signature, asked for in every wrong way.

use std::time::Duration;

use vitae_tests::{Running, running, viewer};

use crate::minting::mint;

fn refusal(running: &Running, target: &str) -> (u16, String) {
    viewer(running, "GET", target).send().verdict()
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// The value of a query parameter of `target`.
fn parameter<'a>(target: &'a str, name: &str) -> &'a str {
    let query = target.split_once('?').expect("a query").1;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).expect("the parameter")
}

#[test]
fn without_a_signature_cloudfront_misses_the_key() {
    let (running, _present) = running();
    let answer = viewer(running, "GET", "/cv/resume.pdf").send();
    assert_eq!(answer.verdict(), is(403, "MissingKey"));
    assert_eq!(answer.header("content-type"), "text/xml");
    assert_eq!(answer.header("server"), "CloudFront");
    assert_eq!(
        answer.text(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>MissingKey</Code><Message>Missing Key-Pair-Id query \
         parameter or cookie value</Message></Error>"
    );
}

#[test]
fn after_a_minute_and_a_window_a_link_is_dead() {
    let (running, present) = running();
    let link = mint(running);
    assert_eq!(viewer(running, "GET", &link).send().status, 200);
    let _later = present.ahead_by(Duration::from_secs(75));
    assert_eq!(refusal(running, &link), is(403, "AccessDenied"));
}

#[test]
fn the_signature_of_one_path_does_not_open_another() {
    let (running, _present) = running();
    let link = mint(running);
    let other = link.replace("/cv/resume.pdf", "/cv/other.pdf");
    assert_eq!(refusal(running, &other), is(403, "AccessDenied"));
}

#[test]
fn a_key_that_nobody_registered_is_unknown() {
    let (running, _present) = running();
    let link = mint(running);
    let other = link.replace(parameter(&link, "Key-Pair-Id"), "K0000000000000");
    assert_eq!(refusal(running, &other), is(403, "InvalidKey"));
}

#[test]
fn one_flipped_bit_is_too_many() {
    let (running, _present) = running();
    let link = mint(running);
    let signature = parameter(&link, "Signature");
    let middle = signature.len() / 2;
    let flipped = if signature.as_bytes()[middle] == b'A' { "B" } else { "A" };
    let mut forged = signature.to_owned();
    forged.replace_range(middle..=middle, flipped);
    assert_eq!(refusal(running, &link.replace(signature, &forged)), is(403, "AccessDenied"));
}

#[test]
fn a_longer_life_cannot_be_written_in() {
    let (running, _present) = running();
    let link = mint(running);
    let expires = parameter(&link, "Expires");
    let later = (expires.parse::<u64>().unwrap() + 3600).to_string();
    let forged = link.replace(&format!("Expires={expires}"), &format!("Expires={later}"));
    assert_eq!(refusal(running, &forged), is(403, "AccessDenied"));
}

#[test]
fn a_query_added_after_signing_breaks_the_signature() {
    let (running, _present) = running();
    let link = mint(running);
    assert_eq!(refusal(running, &format!("{link}&download=1")), is(403, "AccessDenied"));
}

#[test]
fn roundabout_paths_do_not_reach_the_file() {
    let (running, _present) = running();
    let link = mint(running);
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
            let answer = viewer(running, "GET", &target).send();
            assert!(matches!(answer.status.as_u16(), 403 | 404), "{path}: {}", answer.status);
            assert!(!answer.body.starts_with(b"%PDF"), "{path} gives the file away");
        }
    }
}
