//! Malformed requests.

use vitae_tests::{RunningSystem, running_system};

fn request(running: &RunningSystem, target: &[u8], headers: &[u8]) -> Vec<u8> {
    let host = running.host().as_bytes();
    [b"GET ", target, b" HTTP/1.1\r\nHost: ", host, b"\r\nConnection: close\r\n", headers, b"\r\n"].concat()
}

#[test]
fn a_url_over_the_limit_is_414() {
    let (running, _clock) = running_system();
    let target = format!("/api/{}", "x".repeat(9_000));
    assert_eq!(running.request("GET", &target).send().status, 414);
}

#[test]
fn control_bytes_and_bad_utf8_in_the_request_line_are_400() {
    let (running, _clock) = running_system();
    for target in [&b"/\x01"[..], b"/\xff\xfe", b"/a\x00b"] {
        let line = running.send_raw(&request(running, target, b""));
        assert!(line.starts_with("HTTP/1.1 400 "), "{target:?}: {line}");
    }
}

#[test]
fn two_hosts_are_400() {
    let (running, _clock) = running_system();
    let line = running.send_raw(&request(running, b"/", b"Host: evil.example\r\n"));
    assert!(line.starts_with("HTTP/1.1 400 "), "{line}");
}

#[test]
fn a_header_that_is_not_utf8_is_handled() {
    let (running, _clock) = running_system();
    let response = running.request("POST", "/api/count").header("origin", b"https://\xff\xfe").send();
    assert_eq!(response.status_and_code(), (403, "origin_not_allowed".to_owned()));
    assert_eq!(running.request("GET", "/").header("x-odd", b"\xff").send().status, 200);
}

#[test]
fn the_edge_still_serves_after_malformed_requests() {
    let (running, _clock) = running_system();
    for bytes in [&b"\r\n\r\n"[..], b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n"] {
        let _ = running.send_raw(bytes);
    }
    assert_eq!(running.request("GET", "/").send().status, 200);
}
