//! Log lines: one JSON object each. No secret, no visitor's address, and nothing that a visitor chose. What an owner may
//! want to be alarmed by is counted by its line.

use serde_json::{Value, json};

use crate::answer::Problem;
use crate::configuration::{Acceptance, Failure};
use crate::event::{Event, Malformed};
use crate::metric::Metric;
use crate::route::{Method, Route};

/// The longest request id that is logged, in characters. CloudFront's have 56 or 57.
const REQUEST_ID_CHARS: usize = 64;

/// The longest reason that is logged in the words of the engine, in characters.
const REASON_CHARS: usize = 128;

/// A request was refused.
pub(crate) fn refused(problem: Problem, route: Route, method: Method, event: &Event, now_ms: u64) -> Value {
    let metric = match problem {
        Problem::ConfigUnavailable => Some(Metric::ConfigUnavailable),
        Problem::Internal => Some(Metric::InternalError),
        _ => None,
    };
    let level = if metric.is_some() { "error" } else { "warn" };
    let line = json!({
        "level": level,
        "event": "refused",
        "code": problem.code(),
        "status": problem.status().number(),
        "route": route.as_str(),
        "method": method.as_str(),
        "request_id": request_id(event),
    });
    match metric {
        Some(metric) => metric.counted_by(line, now_ms),
        None => line,
    }
}

/// An event could not be read.
pub(crate) fn malformed(malformed: Malformed, now_ms: u64) -> Value {
    internal("malformed_event", &malformed.to_string(), now_ms)
}

/// A link could not be signed. The signer's words may quote our own host and path, and never the key.
pub(crate) fn signing_failed(error: &vitae_signer::Error, now_ms: u64) -> Value {
    internal("signing_failed", &error.to_string(), now_ms)
}

/// The WASM trapped, or the entry's own code failed, and there is a new instance.
pub(crate) fn instance_replaced(reason: &str, now_ms: u64) -> Value {
    let reason: String = reason.chars().filter(|c| !c.is_control()).take(REASON_CHARS).collect();
    internal("instance_replaced", &reason, now_ms)
}

fn internal(event: &str, reason: &str, now_ms: u64) -> Value {
    let line = json!({"level": "error", "event": event, "code": Problem::Internal.code(), "reason": reason});
    Metric::InternalError.counted_by(line, now_ms)
}

/// What an answer of Parameter Store did: a line for each refused value, for a failure, and for a new key.
/// `asked_at_ms` is when it was asked.
pub(crate) fn acceptance(acceptance: &Acceptance, asked_at_ms: u64) -> Vec<Value> {
    let refused = acceptance.refused.iter().map(|refused| {
        let line = json!({
            "level": "error",
            "event": "parameter_refused",
            "parameter": refused.parameter.as_str(),
            "reason": refused.reason,
        });
        Metric::ParameterRefused.counted_by(line, asked_at_ms)
    });
    let failed = acceptance.failure.iter().map(|failure| refresh_failed(failure, asked_at_ms));
    let new_key = acceptance
        .new_key_pair_id
        .iter()
        .map(|id| json!({"level": "info", "event": "signer_changed", "key_pair_id": id}));
    refused.chain(failed).chain(new_key).collect()
}

fn refresh_failed(failure: &Failure, asked_at_ms: u64) -> Value {
    // A refresh that was frozen with its environment is everyday, and is tried again at once.
    let level = if *failure == Failure::Superseded { "warn" } else { "error" };
    let line = json!({"level": level, "event": "refresh_failed", "reason": failure.to_string()});
    Metric::RefreshFailed.counted_by(line, asked_at_ms)
}

fn request_id(event: &Event) -> String {
    let id = event.request_id().unwrap_or_default();
    id.chars().filter(char::is_ascii_graphic).take(REQUEST_ID_CHARS).collect()
}
