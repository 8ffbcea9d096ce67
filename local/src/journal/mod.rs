//! One line for every request: what was asked, which way it went, how long each stage took; and, where it is traced, what went into each
//! stage and what came out.
//!
//! A line has no query, which may hold a signature, no header and no address. What is traced has them, as far as [`hide`] lets them.

mod exchange;
mod hide;
mod request_line;
mod request_log;

use std::time::{Duration, Instant};

use http::{Method, StatusCode};

pub(crate) use self::exchange::{Exchange, headers};
pub use self::{
    request_line::{RequestLine, Stage},
    request_log::RequestLog,
};
use crate::response::ResultType;

/// A path is as long as the viewer likes, and the log is for people.
const PATH_MAX_CHARS: usize = 200;
/// So is a method.
const METHOD_MAX_CHARS: usize = 20;

/// A request's line while it is being served. Stages that a request does not reach stay out of its line.
pub(crate) struct Journal {
    started: Instant,
    log: RequestLog,
    line: RequestLine,
}

impl Journal {
    pub(crate) fn begin(log: &RequestLog, method: &Method, path: &str, request_id: &str) -> Self {
        let line = RequestLine {
            method: method.as_str().chars().take(METHOD_MAX_CHARS).collect(),
            path: path.chars().take(PATH_MAX_CHARS).collect::<String>().escape_default().to_string(),
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

    /// For a stage that begins: what goes in and comes out, if anyone traces it.
    pub(crate) fn exchange(&self) -> Exchange {
        Exchange::new(self.log.is_traced())
    }

    pub(crate) fn signature(&mut self, took: Duration, exchange: Exchange) {
        self.stage("signature", took, exchange);
    }

    pub(crate) fn function(&mut self, took: Duration, exchange: Exchange) {
        self.stage("function", took, exchange);
    }

    pub(crate) fn cache(&mut self, took: Duration, exchange: Exchange) {
        self.stage("cache", took, exchange);
    }

    pub(crate) fn origin(&mut self, took: Duration, exchange: Exchange) {
        self.stage("origin", took, exchange);
    }

    pub(crate) fn error_page(&mut self, took: Duration) {
        self.stage("error page", took, Exchange::new(false));
    }

    fn stage(&mut self, name: &'static str, took: Duration, exchange: Exchange) {
        let (event, result) = exchange.shown();
        self.line.stages.push(Stage { name, ms: milliseconds(took), event, result });
    }

    pub(crate) fn end(mut self, status: StatusCode, result: ResultType) {
        self.line.status = status.as_u16();
        self.line.result = result.as_str();
        self.line.total_ms = milliseconds(self.started.elapsed());
        self.log.take(self.line);
    }
}

/// To a hundredth: finer is noise.
fn milliseconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 100_000.0).round() / 100.0
}
