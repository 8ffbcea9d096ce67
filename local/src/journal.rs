//! One line in the log for every request: what was asked, which way it went, how long each stage took.
//!
//! Never a query, which may hold a signature; never a header; never an address. Target `vitae::edge`.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};

use crate::response::ResultType;

/// A request's line while it is being served. Stages that a request does not reach stay out of its line.
pub(crate) struct Journal {
    started: Instant,
    method: String,
    path: String,
    behavior: Option<String>,
    stages: String,
}

impl Journal {
    pub(crate) fn begin(method: &Method, path: &str) -> Self {
        // A path is as long as the viewer likes, and the log is for people.
        const PATH_MAX_CHARS: usize = 200;
        let path: String = path.chars().take(PATH_MAX_CHARS).collect::<String>().escape_default().to_string();
        Self {
            started: Instant::now(),
            method: method.as_str().chars().take(20).collect(),
            path,
            behavior: None,
            stages: String::new(),
        }
    }

    pub(crate) fn behavior(&mut self, pattern: &str) {
        self.behavior = Some(pattern.to_owned());
    }

    pub(crate) fn signature(&mut self, took: Duration) {
        self.stage("signature", took);
    }

    pub(crate) fn function(&mut self, took: Duration) {
        self.stage("function", took);
    }

    pub(crate) fn cache(&mut self, took: Duration) {
        self.stage("cache", took);
    }

    pub(crate) fn origin(&mut self, took: Duration) {
        self.stage("origin", took);
    }

    pub(crate) fn error_page(&mut self, took: Duration) {
        self.stage("error page", took);
    }

    fn stage(&mut self, name: &str, took: Duration) {
        let stage = format!("{name} {}", milliseconds(took));
        if self.stages.is_empty() {
            self.stages = stage;
        } else {
            self.stages.push_str(", ");
            self.stages.push_str(&stage);
        }
    }

    pub(crate) fn end(&self, status: StatusCode, result: ResultType, request_id: &str) {
        tracing::info!(
            target: "vitae::edge",
            status = status.as_u16(),
            result = result.as_str(),
            behavior = self.behavior.as_deref().unwrap_or("-"),
            stages = self.stages,
            total = milliseconds(self.started.elapsed()),
            request_id,
            "{} {}",
            self.method,
            self.path
        );
    }
}

fn milliseconds(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1_000.0)
}
