//! Recording a request while it is served.

use std::time::{Duration, Instant};

use http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value};

use super::redact::redact;
use super::{RequestLine, RequestLog, Stage};
use crate::result_type::ResultType;

/// A path may be of any length, but a log line should be readable.
const PATH_MAX_CHARS: usize = 200;
/// Likewise for a method.
const METHOD_MAX_CHARS: usize = 20;

/// The log line of a request that is being served. It lists only the stages that the request reaches.
pub(crate) struct RequestTrace {
    started: Instant,
    log: RequestLog,
    line: RequestLine,
}

impl RequestTrace {
    pub(crate) fn start(log: &RequestLog, method: &Method, path: &str, request_id: &str) -> Self {
        let line = RequestLine {
            method: method.as_str().chars().take(METHOD_MAX_CHARS).collect(),
            path: log
                .without_secrets(path)
                .chars()
                .take(PATH_MAX_CHARS)
                .collect::<String>()
                .escape_default()
                .to_string(),
            status: 0,
            result: "",
            behavior: None,
            stages: Vec::new(),
            total_ms: 0.0,
            request_id: request_id.to_owned(),
        };
        Self { started: Instant::now(), log: log.clone(), line }
    }

    pub(crate) fn behavior(&mut self, pattern: &str) {
        self.line.behavior = Some(pattern.to_owned());
    }

    /// A recorder for a stage that starts now. It records no input and output unless the log is traced.
    pub(crate) fn stage(&self, name: &'static str) -> StageTrace {
        StageTrace { is_traced: self.log.is_traced, ..StageTrace::untraced(name) }
    }

    /// Adds a stage, which ends now.
    pub(crate) fn push(&mut self, stage: StageTrace) {
        let StageTrace { name, started, event, result, .. } = stage;
        let redact = |value| redact(value, self.log.secret_prefix);
        let (event, result) = (event.map(redact), result.map(redact));
        self.line.stages.push(Stage { name, ms: milliseconds(started.elapsed()), event, result });
    }

    /// Completes the line and writes it.
    pub(crate) fn finish(mut self, status: StatusCode, result: ResultType) {
        self.line.status = status.as_u16();
        self.line.result = result.as_str();
        self.line.total_ms = milliseconds(self.started.elapsed());
        self.log.write(self.line);
    }
}

/// A stage's input and output. The closures are called only if the log is traced, so an untraced request
/// costs nothing.
#[derive(Debug)]
pub(crate) struct StageTrace {
    name: &'static str,
    started: Instant,
    is_traced: bool,
    event: Option<Value>,
    result: Option<Value>,
}

impl StageTrace {
    /// A stage that starts now, without its input and output.
    pub(crate) fn untraced(name: &'static str) -> Self {
        Self { name, started: Instant::now(), is_traced: false, event: None, result: None }
    }

    /// Records the input.
    pub(crate) fn event(&mut self, event: impl FnOnce() -> Value) {
        if self.is_traced {
            self.event = Some(event());
        }
    }

    /// Records the output.
    pub(crate) fn result(&mut self, result: impl FnOnce() -> Value) {
        if self.is_traced {
            self.result = Some(result());
        }
    }
}

/// Headers as an object; several values of one name are joined.
pub(crate) fn headers_json(headers: &HeaderMap) -> Value {
    let mut object = Map::new();
    for name in headers.keys() {
        let values: Vec<_> =
            headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        object.insert(name.to_string(), Value::String(values.join(", ")));
    }
    Value::Object(object)
}

/// Rounded to a hundredth; finer digits are noise.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}
