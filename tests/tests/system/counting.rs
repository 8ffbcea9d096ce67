//! Counting visits through the edge, the Function URL and DynamoDB.

use vitae_tests::{Answer, Request, Running, running, viewer};

fn visit(running: &Running) -> Request<'_> {
    viewer(running, "POST", "/api/count").from_the_site()
}

fn count(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["count"].as_u64().expect("a count")
}

const KEY: &str = "0190f2c4-6f9e-4a6b-9d3e-5a0c2f6d7e81";

#[test]
fn a_visit_counts_itself_and_a_retry_does_not() {
    // One test, since other tests count too: between two visits of ours the count may only rise.
    let (running, _present) = running();
    let first = count(&visit(running).header("idempotency-key", KEY).send());
    let again = count(&visit(running).header("idempotency-key", KEY).send());
    let second = count(&visit(running).send());
    assert!(first >= 1);
    assert!(again >= first);
    assert!(second > again, "a visit of its own: {second} after {again}");
}

#[test]
fn an_answer_to_the_site_may_be_read_by_the_site() {
    let (running, _present) = running();
    let answer = visit(running).send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("access-control-allow-origin"), running.address());
    assert_eq!(answer.header("vary"), "Origin");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn reading_counts_nothing() {
    let (running, _present) = running();
    let answer = viewer(running, "GET", "/api/count").send();
    let _ = count(&answer);
    assert_eq!(answer.header("cache-control"), "public, max-age=5");
    assert_eq!(answer.header("access-control-allow-origin"), "", "no origin asked");
}

#[test]
fn a_body_is_counted_with_its_hash() {
    let (running, _present) = running();
    let _ = count(&visit(running).header("content-type", "text/plain").body("a visit with a body").send());
}

#[test]
fn a_body_that_cloudfront_would_truncate_is_refused() {
    let (running, _present) = running();
    let answer = visit(running).body(vec![b'x'; 40 * 1024 + 1]).send();
    assert_eq!(answer.verdict(), (413, "body_too_large".to_owned()));
}

#[test]
fn a_malformed_key_is_refused_by_name() {
    let (running, _present) = running();
    let answer = visit(running).header("idempotency-key", "twice").send();
    assert_eq!(answer.verdict(), (400, "bad_idempotency_key".to_owned()));
}

#[test]
fn a_malformed_number_of_days_is_refused_by_name() {
    let (running, _present) = running();
    for days in ["0", "-1", "401", "many", ""] {
        let answer = viewer(running, "GET", &format!("/api/count?days={days}")).send();
        assert_eq!(answer.verdict(), (400, "bad_days".to_owned()), "days={days}");
    }
}

#[test]
fn the_days_add_up_to_what_was_counted() {
    let (running, _present) = running();
    let _ = count(&visit(running).send());
    let answer = viewer(running, "GET", "/api/count?days=30").send();
    let total = count(&answer);
    let days: u64 = answer.json()["days"]
        .as_array()
        .expect("days")
        .iter()
        .map(|day| day["count"].as_u64().expect("a count of the day"))
        .sum();
    // Other tests count between the two reads of one answer.
    assert!(days >= 1 && days <= total + 16, "{days} in days, {total} in all");
}
