//! Where requests' lines go.

use std::fmt;
use std::sync::Arc;

use super::RequestLine;

/// Who gets a [`RequestLine`] for every request.
#[derive(Clone)]
pub struct RequestLog {
    take: Option<Arc<dyn Fn(RequestLine) + Send + Sync>>,
    is_traced: bool,
}

impl RequestLog {
    /// The log of `tracing`, target `vitae::edge`, level info.
    #[must_use]
    pub const fn tracing() -> Self {
        Self { take: None, is_traced: false }
    }

    /// This function, when the answer's head is ready. It holds up the answer: it is to be quick.
    pub fn to(take: impl Fn(RequestLine) + Send + Sync + 'static) -> Self {
        Self { take: Some(Arc::new(take)), is_traced: false }
    }

    /// With what went into each stage and what came out of it: events of functions, requests to origins. Signatures, policies, keys,
    /// bodies and addresses are left out.
    #[must_use]
    pub fn traced(self) -> Self {
        Self { is_traced: true, ..self }
    }

    pub(super) const fn is_traced(&self) -> bool {
        self.is_traced
    }

    pub(super) fn take(&self, line: RequestLine) {
        if let Some(take) = &self.take {
            return take(line);
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
