//! Log lines: one JSON object each. No secret, no visitor's address, and nothing that a visitor chose.

use serde_json::{Value, json};

use crate::answer::Problem;
use crate::configuration::{Acceptance, Failure};
use crate::event::{Event, Malformed};
use crate::route::{Method, Route};

/// The longest request id that is logged, in characters. CloudFront's have 56 or 57.
const REQUEST_ID_CHARS: usize = 64;

/// A request was refused.
pub(crate) fn refused(problem: Problem, route: Route, method: Method, event: &Event) -> Value {
    let level = if problem.status().number() >= "500" { "error" } else { "warn" };
    json!({
        "level": level,
        "event": "refused",
        "code": problem.code(),
        "status": problem.status().number(),
        "route": route.as_str(),
        "method": method.as_str(),
        "request_id": request_id(event),
    })
}

/// An event could not be read.
pub(crate) fn malformed(malformed: Malformed) -> Value {
    json!({"level": "error", "event": "malformed_event", "code": Problem::Internal.code(), "reason": malformed.to_string()})
}

/// A link could not be signed. The signer's words may quote our own host and path, and never the key.
pub(crate) fn signing_failed(error: &vitae_signer::Error) -> Value {
    json!({"level": "error", "event": "signing_failed", "code": Problem::Internal.code(), "reason": error.to_string()})
}

/// What an answer of Parameter Store did: a line for each refused value, for a failure, and for a new key.
pub(crate) fn acceptance(acceptance: &Acceptance) -> Vec<Value> {
    let refused = acceptance.refused.iter().map(|refused| {
        json!({
            "level": "error",
            "event": "parameter_refused",
            "parameter": refused.parameter.as_str(),
            "reason": refused.reason,
        })
    });
    let failed = acceptance.failure.iter().map(refresh_failed);
    let new_key = acceptance
        .new_key_pair_id
        .iter()
        .map(|id| json!({"level": "info", "event": "signer_changed", "key_pair_id": id}));
    refused.chain(failed).chain(new_key).collect()
}

fn refresh_failed(failure: &Failure) -> Value {
    json!({"level": "error", "event": "refresh_failed", "reason": failure.to_string()})
}

fn request_id(event: &Event) -> String {
    let id = event.request_id().unwrap_or_default();
    id.chars().filter(char::is_ascii_graphic).take(REQUEST_ID_CHARS).collect()
}
