//! Whether visits can be read, through the distribution.

use serde_json::Value;

use super::{Finding, Observed, Subject};
use crate::operate::http::{Answer, Visitor};

const CHECK: &str = "counter";

pub(super) async fn observe(subject: &Subject, visitor: &Visitor) -> Observed<Answer> {
    visitor.ask("GET", &format!("{}/api/count", subject.address), &[]).await
}

pub(super) fn judge(answer: &Observed<Answer>) -> Finding {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Finding::unseen(CHECK, error),
    };
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status == 200
        && let Some(count) = body["count"].as_u64()
    {
        return Finding::pass(CHECK, format!("{count} visits"));
    }
    let fix = match answer.status {
        403 => "see the counter's permissions above, and that WAF does not stop you",
        421 => "add the name to config.names",
        502 => "the edge function fails: see its log group in the region nearest to you",
        _ => "see the counter's log group and, if it says so, its table",
    };
    Finding::fail(CHECK, format!("GET /api/count answers {}: {}", answer.status, answer.excerpt()), fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_no_count_names_where_to_look() {
        let answer = |status, body: &str| Ok(Answer { status, headers: vec![], body: body.into() });
        assert!(!judge(&answer(200, r#"{"count":3}"#)).is_failure());
        for (status, body, fix) in [
            (403, "<Error/>", "permissions"),
            (502, "", "edge function"),
            (503, r#"{"code":"counter_unavailable"}"#, "counter's log group"),
            (200, "<html>", "counter's log group"),
        ] {
            let finding = judge(&answer(status, body));
            assert!(finding.is_failure() && finding.fix.unwrap().contains(fix), "{status}");
        }
    }
}
