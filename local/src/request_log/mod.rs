//! The request log: one line for every request, with its path through the edge, the duration of each stage and, if
//! traced, each stage's input and output.
//!
//! A line contains no query, which may be a credential, no header and no address. A trace contains them, redacted.

mod redact;
mod trace;

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use self::redact::redact_below;
pub(crate) use self::trace::{RequestTrace, StageTrace, headers_json};

/// The result of one request. As JSON it is one object, which has no line breaks if it is written compactly.
#[derive(Clone, Debug, Serialize)]
pub struct RequestLine {
    /// `GET`.
    pub method: String,
    /// As the viewer sent it, without its query; at most 200 characters.
    pub path: String,
    /// The response's status.
    pub status: u16,
    /// The result type in `X-Cache`: `Hit`, `Miss`, `LambdaGeneratedResponse`, ...
    pub result: &'static str,
    /// The path pattern of the cache behavior; `None` for a request that was rejected before it reached one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behavior: Option<String>,
    /// The stages that the request reached, in order.
    pub stages: Vec<Stage>,
    /// From the head of the request to the head of the response, in milliseconds.
    pub total_ms: f64,
    /// `X-Amz-Cf-Id`.
    pub request_id: String,
}

/// One stage of a request.
#[derive(Clone, Debug, Serialize)]
pub struct Stage {
    /// `signature`, `function`, `cache`, `origin` or `error page`. The duration of an error page includes its
    /// own cache and origin stages.
    pub name: &'static str,
    /// The stage's duration, in milliseconds.
    pub ms: f64,
    /// The input, if traced, without secrets and addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Value>,
    /// The output, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
}

/// Where each [`RequestLine`] goes.
#[derive(Clone)]
pub struct RequestLog {
    sink: Option<Arc<dyn Fn(RequestLine) + Send + Sync>>,
    is_traced: bool,
    /// A prefix of paths whose rest is a secret.
    secret_prefix: Option<&'static str>,
}

impl RequestLog {
    /// Logs with `tracing`, target `vitae::edge`, level info.
    #[must_use]
    pub const fn tracing() -> Self {
        Self { sink: None, is_traced: false, secret_prefix: None }
    }

    /// Calls `sink` when a response's head is ready. The response waits for it, so it must be quick.
    pub fn from_fn(sink: impl Fn(RequestLine) + Send + Sync + 'static) -> Self {
        Self { sink: Some(Arc::new(sink)), is_traced: false, secret_prefix: None }
    }

    /// Adds each stage's input and output: events of functions, requests to origins. Signatures, policies,
    /// keys, bodies and addresses are redacted.
    #[must_use]
    pub fn traced(self) -> Self {
        Self { is_traced: true, ..self }
    }

    /// Redacts what follows this prefix in paths, in lines and in traces, because it is a secret.
    #[must_use]
    pub fn with_secrets_below(self, prefix: &'static str) -> Self {
        Self { secret_prefix: Some(prefix), ..self }
    }

    /// The text without the secrets of paths.
    fn without_secrets(&self, text: &str) -> String {
        self.secret_prefix.map_or_else(|| text.to_owned(), |prefix| redact_below(text, prefix))
    }

    fn write(&self, line: RequestLine) {
        if let Some(sink) = &self.sink {
            return sink(line);
        }
        let stages: Vec<String> =
            line.stages.iter().map(|stage| format!("{} {:.1} ms", stage.name, stage.ms)).collect();
        tracing::info!(
            target: "vitae::edge",
            status = line.status,
            result = line.result,
            behavior = line.behavior.as_deref().unwrap_or("-"),
            stages = stages.join(", "),
            total = format!("{:.1} ms", line.total_ms),
            request_id = line.request_id,
            "{} {}",
            line.method,
            line.path
        );
    }
}

impl fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestLog({})", if self.is_traced { "traced" } else { "lines" })
    }
}
