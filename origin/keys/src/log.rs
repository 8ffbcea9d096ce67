//! One line of JSON per step and per request, made here and nowhere else: see the crate's word on secrets.

use serde_json::json;

use crate::request::Envelope;
use crate::response::Outcome;

/// The line of one step.
#[must_use]
pub fn step(request_id: &str, said: &str) -> String {
    json!({ "level": "INFO", "requestId": request_id, "step": said }).to_string()
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
