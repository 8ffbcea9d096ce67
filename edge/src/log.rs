//! Log lines of the edge. A line holds no secret, no visitor's address, and nothing that a visitor chose. A line that an
//! owner may want an alarm for also carries a metric; an edge function logs, and so counts, in the region where it ran.

use serde_json::{Value, json};
use vitae_parameters::Problem;
use vitae_parameters::log::{self, Level};
use vitae_parameters::metric::{self, Sample};

use crate::configuration::{Failure, Update};
use crate::event::{Event, Malformed};
use crate::route::{Method, Route};

/// The longest request id that is logged, in characters. CloudFront's have 56 or 57.
const REQUEST_ID_CHARS: usize = 64;

/// The longest message of the JavaScript engine that is logged, in characters.
const REASON_CHARS: usize = 128;

/// A request was rejected or failed.
pub(crate) fn request_rejected(
    problem: Problem,
    route: Option<&Route>,
    method: Method,
    event: &Event,
    now_ms: u64,
) -> Value {
    let metric = match problem {
        Problem::ConfigUnavailable => Some(metric::CONFIG_UNAVAILABLE),
        Problem::Internal => Some(metric::INTERNAL_ERROR),
        _ => None,
    };
    let fields = json!({
        "code": problem.code(),
        "status": problem.status(),
        "route": route.map_or("unknown", |route| route.name),
        "method": method.as_str(),
    });
    let level = if metric.is_some() { Level::Error } else { Level::Warn };
    let line = log::line(now_ms, level, Some(&request_id(event)), "request_rejected", fields);
    match metric {
        Some(metric) => counted(line, metric, now_ms),
        None => line,
    }
}

/// An event could not be read.
pub(crate) fn malformed_event(malformed: Malformed, now_ms: u64) -> Value {
    internal("malformed_event", &malformed.to_string(), now_ms)
}

/// A link could not be signed. The signer's message may quote our own host and path, and never the key.
pub(crate) fn signing_failed(error: &vitae_signer::Error, now_ms: u64) -> Value {
    internal("signing_failed", &error.to_string(), now_ms)
}

/// The WASM trapped, or the entry's own code failed, and a new instance took over.
pub(crate) fn instance_replaced(reason: &str, now_ms: u64) -> Value {
    let reason: String = reason.chars().filter(|c| !c.is_control()).take(REASON_CHARS).collect();
    internal("instance_replaced", &reason, now_ms)
}

fn internal(event: &str, reason: &str, now_ms: u64) -> Value {
    let fields = json!({"code": Problem::Internal.code(), "reason": reason});
    counted(log::line(now_ms, Level::Error, None, event, fields), metric::INTERNAL_ERROR, now_ms)
}

/// The result of a refresh that was started at `started_at_ms`: a line for each rejected value, for a failure, and for a
/// new key.
pub(crate) fn update(update: &Update, started_at_ms: u64) -> Vec<Value> {
    let rejected = update.rejected.iter().map(|rejected| {
        let fields = json!({"parameter": rejected.parameter.as_str(), "reason": rejected.reason});
        let line = log::line(started_at_ms, Level::Error, None, "parameter_rejected", fields);
        counted(line, metric::PARAMETER_REJECTED, started_at_ms)
    });
    let failed = update.failure.iter().map(|failure| refresh_failed(failure, started_at_ms));
    let new_key = update
        .new_key_pair_id
        .iter()
        .map(|id| log::line(started_at_ms, Level::Info, None, "signer_changed", json!({"keyPairId": id})));
    rejected.chain(failed).chain(new_key).collect()
}

fn refresh_failed(failure: &Failure, started_at_ms: u64) -> Value {
    // A refresh that was frozen with its environment is common, and is repeated at once.
    let level = if *failure == Failure::Superseded { Level::Warn } else { Level::Error };
    let fields = json!({"reason": failure.to_string()});
    counted(log::line(started_at_ms, level, None, "refresh_failed", fields), metric::REFRESH_FAILED, started_at_ms)
}

/// Adds a metric without dimensions, whose value is 1.
fn counted(line: Value, name: &'static str, now_ms: u64) -> Value {
    metric::embed(line, now_ms, metric::NAMESPACE, &[], &[Sample::count(name, 1)])
}

fn request_id(event: &Event) -> String {
    let id = event.request_id().unwrap_or_default();
    id.chars().filter(char::is_ascii_graphic).take(REQUEST_ID_CHARS).collect()
}
