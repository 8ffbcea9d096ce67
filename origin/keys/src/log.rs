//! One line of JSON per step and per request, made here and nowhere else: see the crate's word on secrets.

use serde_json::json;

use crate::decide::Rest;
use crate::request::Envelope;
use crate::response::Outcome;

/// The line of one step.
#[must_use]
pub fn step(request_id: &str, said: &str) -> String {
    json!({ "level": "INFO", "requestId": request_id, "step": said }).to_string()
}

/// The line of a run that ended because nothing more could be done.
#[must_use]
pub fn rested(request_id: &str, rest: &Rest) -> String {
    let level = if matches!(rest, Rest::Stuck(_)) { "WARN" } else { "INFO" };
    json!({ "level": level, "requestId": request_id, "outcome": "rests", "because": rest.to_string() }).to_string()
}

/// The line of a run that failed.
#[must_use]
pub fn failed(request_id: &str, reason: &str) -> String {
    json!({ "level": "ERROR", "requestId": request_id, "outcome": "failed", "reason": reason }).to_string()
}

/// The line of one request.
#[must_use]
pub fn request(envelope: &Envelope, outcome: &Outcome) -> String {
    let (level, said) = match outcome {
        Outcome::Done { group_id } => ("INFO", json!({ "outcome": "done", "keyGroupId": group_id })),
        Outcome::Failed(reason) => ("ERROR", json!({ "outcome": "failed", "reason": reason })),
    };
    let mut line = json!({
        "level": level,
        "requestId": envelope.request_id,
        "request": envelope.request_type(),
        "logicalResourceId": envelope.logical_resource_id,
    });
    if let (Some(line), Some(said)) = (line.as_object_mut(), said.as_object()) {
        line.extend(said.clone());
    }
    line.to_string()
}
