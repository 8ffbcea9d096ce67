//! Checks that visits can be read through the distribution.

use serde_json::Value;

use super::{Finding, Observed, Subject};
use crate::operate::http::{HttpClient, Response};

const CHECK: &str = "counter";

pub(super) async fn observe(subject: &Subject, client: &HttpClient) -> Observed<Response> {
    client.send("GET", &format!("{}/api/count", subject.address), &[]).await
}

pub(super) fn judge(response: &Observed<Response>) -> Finding {
    let response = match response {
        Ok(response) => response,
        Err(error) => return Finding::skipped(CHECK, error),
    };
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    if response.status == 200
        && let Some(count) = body["count"].as_u64()
    {
        return Finding::pass(CHECK, format!("{count} visits"));
    }
    let fix = match response.status {
        403 => "see the counter's permissions above, and check that WAF does not block you",
        421 => "add the name to config.names",
        502 => "the edge function fails: see its log group in the region nearest to you",
        _ => "see the counter's log group and, if it says so, its table",
    };
    Finding::fail(CHECK, format!("GET /api/count returned {}: {}", response.status, response.excerpt()), fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_that_is_not_a_count_names_where_to_look() {
        let response = |status, body: &str| Ok(Response { status, headers: vec![], body: body.into() });
        assert!(!judge(&response(200, r#"{"count":3}"#)).is_failure());
        for (status, body, fix) in [
            (403, "<Error/>", "permissions"),
            (502, "", "edge function"),
            (503, r#"{"code":"counter_unavailable"}"#, "counter's log group"),
            (200, "<html>", "counter's log group"),
        ] {
            let finding = judge(&response(status, body));
            assert!(finding.is_failure() && finding.fix.unwrap().contains(fix), "{status}");
        }
    }
}
