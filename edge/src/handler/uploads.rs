//! Requests of the inbox.

use serde_json::{Value, json};
use vitae_parameters::INBOX_BODY_BYTES;

use super::tests::{OWN, T0, code, handle_at, handler, header};
use crate::testing;

const UPLOAD: &str = "/inbox/AAAAAAAAAAAAAAAAAAAA-_";

fn post(body: &str) -> Value {
    let mut event = testing::event("POST", "/inbox?x=1", &[("origin", OWN), ("x-amz-content-sha256", "forged")]);
    event["Records"][0]["cf"]["request"]["body"] =
        json!({"inputTruncated": false, "action": "read-only", "encoding": "text", "data": body});
    handle_at(&mut handler(), &event, T0).0
}

#[test]
fn a_request_for_an_upload_is_forwarded_with_the_hash_of_its_body() {
    let request = post("abc");
    assert_eq!((request["uri"].as_str(), request["querystring"].as_str()), (Some("/inbox"), Some("")));
    assert_eq!(header(&request, "x-vitae-allow-origin"), Some(OWN));
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(header(&request, "x-amz-content-sha256"), Some(abc));
    let rejected = post(&"x".repeat(INBOX_BODY_BYTES + 1));
    assert_eq!((rejected["status"].as_str(), code(&rejected)), (Some("413"), "body_too_large".to_owned()));
}

#[test]
fn a_status_is_read_without_a_foreign_origin_and_without_a_hash() {
    let read = |headers: &[(&str, &str)]| handle_at(&mut handler(), &testing::event("GET", UPLOAD, headers), T0);
    let (request, _) = read(&[("x-amz-content-sha256", "forged"), ("x-vitae-allow-origin", "https://evil.example")]);
    assert_eq!(request["uri"], UPLOAD);
    assert_eq!(header(&request, "x-amz-content-sha256"), None);
    assert_eq!(header(&request, "x-vitae-allow-origin"), None);
    let (rejected, lines) = read(&[("origin", "https://evil.example")]);
    assert_eq!((code(&rejected), lines), ("origin_not_allowed".to_owned(), 1));
}

#[test]
fn no_line_of_the_log_contains_an_id() {
    let event = testing::event("POST", UPLOAD, &[("origin", OWN)]).to_string();
    let output = handler().handle(&event, T0, false, &mut testing::CountingRng::default());
    let [line] = output.log.as_slice() else { panic!("one line, not {:?}", output.log) };
    assert_eq!(line["route"], "upload", "{line}");
    assert!(!line.to_string().contains(UPLOAD.trim_start_matches("/inbox/")), "{line}");
}
