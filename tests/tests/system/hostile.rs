//! Requests that no well-behaved client sends.

use vitae_tests::{Running, raw, running, viewer};

fn request(running: &Running, target: &[u8], headers: &[u8]) -> Vec<u8> {
    let host = running.host().as_bytes();
    [b"GET ", target, b" HTTP/1.1\r\nHost: ", host, b"\r\nConnection: close\r\n", headers, b"\r\n"].concat()
}

#[test]
fn a_url_over_the_limit_is_too_long() {
    let (running, _present) = running();
    let target = format!("/api/{}", "x".repeat(9_000));
    assert_eq!(viewer(running, "GET", &target).send().status, 414);
}

#[test]
fn control_bytes_and_bad_utf8_in_the_request_line_are_bad_requests() {
    let (running, _present) = running();
    for target in [&b"/\x01"[..], b"/\xff\xfe", b"/a\x00b"] {
        let line = raw(running, &request(running, target, b""));
        assert!(line.starts_with("HTTP/1.1 400 "), "{target:?}: {line}");
    }
}

#[test]
fn two_hosts_are_a_bad_request() {
    let (running, _present) = running();
    let line = raw(running, &request(running, b"/", b"Host: evil.example\r\n"));
    assert!(line.starts_with("HTTP/1.1 400 "), "{line}");
}

#[test]
fn a_header_that_is_not_utf8_does_no_harm() {
    let (running, _present) = running();
    let answer = viewer(running, "POST", "/api/count").header("origin", b"https://\xff\xfe").send();
    assert_eq!(answer.verdict(), (403, "origin_not_allowed".to_owned()));
    assert_eq!(viewer(running, "GET", "/").header("x-odd", b"\xff").send().status, 200);
}

#[test]
fn it_serves_on_after_all_of_that() {
    let (running, _present) = running();
    for bytes in [&b"\r\n\r\n"[..], b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n"] {
        let _ = raw(running, bytes);
    }
    assert_eq!(viewer(running, "GET", "/").send().status, 200);
}
