//! Counting visits through the edge, the Function URL and DynamoDB.

use vitae_tests::{Request, Response, RunningSystem, running_system};

fn visit(running: &RunningSystem) -> Request<'_> {
    running.request("POST", "/api/count").from_the_site()
}

fn count(response: &Response) -> u64 {
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()["count"].as_u64().expect("a count")
}

const KEY: &str = "0190f2c4-6f9e-4a6b-9d3e-5a0c2f6d7e81";

#[test]
fn a_visit_is_counted_and_its_retry_is_not() {
    // Other tests count at the same time, so between two visits of this test the count may rise further.
    let (running, _clock) = running_system();
    let first = count(&visit(running).header("idempotency-key", KEY).send());
    let again = count(&visit(running).header("idempotency-key", KEY).send());
    let second = count(&visit(running).send());
    assert!(first >= 1);
    assert!(again >= first);
    assert!(second > again, "another visit: {second} after {again}");
}

#[test]
fn the_site_may_read_the_response() {
    let (running, _clock) = running_system();
    let response = visit(running).send();
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("access-control-allow-origin"), running.address());
    assert_eq!(response.header("vary"), "Origin");
    assert_eq!(response.header("cache-control"), "no-store");
}

#[test]
fn a_read_has_no_cors_headers_and_may_be_cached() {
    let (running, _clock) = running_system();
    let response = running.request("GET", "/api/count").send();
    let _ = count(&response);
    assert_eq!(response.header("cache-control"), "private, max-age=5");
    assert_eq!(response.header("access-control-allow-origin"), "", "the request has no origin");
}

#[test]
fn a_visit_with_a_body_is_counted() {
    let (running, _clock) = running_system();
    let _ = count(&visit(running).header("content-type", "text/plain").body("a visit with a body").send());
}

#[test]
fn a_body_that_cloudfront_would_truncate_is_rejected() {
    let (running, _clock) = running_system();
    let response = visit(running).body(vec![b'x'; 40 * 1024 + 1]).send();
    assert_eq!(response.status_and_code(), (413, "body_too_large".to_owned()));
}

#[test]
fn a_malformed_idempotency_key_is_rejected() {
    let (running, _clock) = running_system();
    let response = visit(running).header("idempotency-key", "twice").send();
    assert_eq!(response.status_and_code(), (400, "bad_idempotency_key".to_owned()));
}

#[test]
fn a_malformed_number_of_days_is_rejected() {
    let (running, _clock) = running_system();
    for days in ["0", "-1", "401", "many", ""] {
        let response = running.request("GET", &format!("/api/count?days={days}")).send();
        assert_eq!(response.status_and_code(), (400, "bad_days".to_owned()), "days={days}");
    }
}

#[test]
fn the_days_add_up_to_the_total() {
    let (running, _clock) = running_system();
    let _ = count(&visit(running).send());
    let response = running.request("GET", "/api/count?days=30").send();
    let total = count(&response);
    let days: u64 = response.json()["days"]
        .as_array()
        .expect("days")
        .iter()
        .map(|day| day["count"].as_u64().expect("the count of a day"))
        .sum();
    // Other tests may count between the two reads that make up a response.
    assert!(days >= 1 && days <= total + 16, "the days sum to {days}, the total is {total}");
}
