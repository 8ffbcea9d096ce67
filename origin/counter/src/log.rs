//! One line of JSON per request. It holds what the counter decided and nothing of the visitor: no address, no agent, no
//! idempotency key.
//!
//! The lines are made here and not by a subscriber of `tracing`, so that nothing else, such as a library at its trace
//! level, has a way into the log.

use std::time::Duration;

use serde_json::json;

use crate::outcome::Outcome;

/// The line of one request.
#[must_use]
pub fn line(request_id: &str, outcome: &Outcome, status: i64, took: Duration) -> String {
    let (level, reason) = match outcome {
        Outcome::Failed(failure) => ("ERROR", Some(failure.to_string())),
        Outcome::Refused(refusal) => ("WARN", Some(refusal.to_string())),
        Outcome::Counted { .. } | Outcome::Read { .. } => ("INFO", None),
    };
    let mut line = json!({
        "level": level,
        "requestId": request_id,
        "outcome": outcome.word(),
        "status": status,
        "durationMs": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    });
    if let Some(problem) = outcome.problem() {
        line["code"] = problem.code().into();
    }
    if let Some(reason) = reason {
        line["reason"] = reason.into();
    }
    line.to_string()
}

/// The line of a start that could not reach DynamoDB. Requests try again.
#[must_use]
pub fn unprepared(reason: &str) -> String {
    json!({ "level": "WARN", "outcome": "unprepared", "reason": reason }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Failure;
    use serde_json::Value;

    #[test]
    fn a_line_says_what_was_decided_and_how_long_it_took() {
        let line = line("r-1", &Outcome::Counted { count: 3, now: true }, 200, Duration::from_millis(12));
        let line: Value = serde_json::from_str(&line).unwrap();
        let expected =
            json!({"level": "INFO", "requestId": "r-1", "outcome": "counted", "status": 200, "durationMs": 12});
        assert_eq!(line, expected);
    }

    #[test]
    fn a_failure_says_why_on_one_line() {
        let line = line("r-1", &Failure::Internal("a\nb".into()).into(), 500, Duration::ZERO);
        assert!(!line.contains('\n'));
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&line["level"], &line["code"]), (&json!("ERROR"), &json!("internal")));
        assert!(line["reason"].as_str().unwrap().ends_with("a\nb"));
    }
}
