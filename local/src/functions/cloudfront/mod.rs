//! CloudFront Functions, runtimes `cloudfront-js-1.0` and `cloudfront-js-2.0`, on viewer request and viewer response.
//!
//! The engine is QuickJS with only the globals of CloudFront's runtime. As at a real edge, each request runs in a new
//! engine, so nothing that a function stores outlives the request. A feature of the runtime that is not modelled
//! (`TextEncoder`, ...) fails with its name when it is used.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html>

mod console;
mod deadline;
mod digest;
mod engine;
mod event;
mod header_rules;
mod key_value_store;
mod language;
mod load;
mod modules;
mod ordered;
mod result;
#[cfg(test)]
mod tests;
mod tokens;
mod viewer_event;

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde_json::Value;
use thiserror::Error as ThisError;

use super::FunctionError;
use crate::limits::FUNCTION_CODE_MAX_BYTES;
use crate::request_log::StageTrace;
use engine::Input;
use key_value_store::KeyValueStore;
use language::{Finding, Severity};
pub(crate) use viewer_event::{FunctionResult, ViewerRequestEvent, ViewerResponse, ViewerResponseEvent};

/// The version of the JavaScript runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuntimeVersion {
    /// `cloudfront-js-1.0`
    First,
    /// `cloudfront-js-2.0`
    Second,
}

/// A function whose code has been checked.
#[derive(Debug)]
pub(crate) struct CloudFrontFunction {
    pub(crate) name: String,
    version: RuntimeVersion,
    code: String,
    store: Option<KeyValueStore>,
    /// What the code uses that CloudFront's runtime lacks.
    findings: Vec<Finding>,
    /// Whether the log already has a warning about its compute time.
    pub(crate) warned: AtomicBool,
}

/// Why a function's code is rejected when it is loaded.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub(crate) enum CodeError {
    #[error("the code has {bytes} bytes, more than the limit of {FUNCTION_CODE_MAX_BYTES}; shorten it")]
    TooLarge { bytes: usize },
    #[error("the code is not UTF-8")]
    NotUtf8,
    /// The code does not compile, throws while it loads, has no handler, or imports a module that is not modelled.
    #[error("{0}")]
    Invalid(String),
}

impl CloudFrontFunction {
    /// Checks a function's code, as `GetFunction` returns it. `store` is the function's associated key value store.
    ///
    /// # Errors
    /// The code is too large, does not compile, has no function `handler`, or imports a module that is not modelled.
    pub(crate) fn new(
        name: &str,
        version: RuntimeVersion,
        code: &[u8],
        store: Option<KeyValueStore>,
    ) -> Result<Self, CodeError> {
        if code.len() > FUNCTION_CODE_MAX_BYTES {
            return Err(CodeError::TooLarge { bytes: code.len() });
        }
        let code = std::str::from_utf8(code).map_err(|_| CodeError::NotUtf8)?.to_owned();
        engine::compile(name, version, &code, store.as_ref()).map_err(CodeError::Invalid)?;
        let findings = language::check(&code, version);
        Ok(Self { name: name.to_owned(), version, code, store, findings, warned: AtomicBool::new(false) })
    }

    /// Runs the function for one request, and returns the handler's processor time too. `now` is the time
    /// since the Unix epoch that `Date` has during the whole run.
    ///
    /// Blocks until the function has run, at most [`FUNCTION_TIME_MAX`](crate::limits::FUNCTION_TIME_MAX). A
    /// key value store needs a tokio runtime whose thread may block.
    ///
    /// # Errors
    /// [`FunctionError::Execution`] if the function throws or is stopped, [`FunctionError::Validation`] if CloudFront
    /// would reject its result.
    pub(crate) fn viewer_request(
        &self,
        event: &ViewerRequestEvent,
        now: Duration,
        stage: &mut StageTrace,
    ) -> Result<(FunctionResult, Duration), FunctionError> {
        let sent = event::Request::new(event);
        let json = event::to_json(event, &sent, None)?;
        let input = Input { event: &json, raw_query: &event.querystring, now, is_request: true };
        let (returned, compute) = self.call(input, stage)?;
        let result = result::parse(event, &sent, &returned).map_err(FunctionError::Validation)?;
        Ok((result, compute))
    }

    /// Like [`Self::viewer_request`], for a response.
    ///
    /// # Errors
    /// As for a request.
    pub(crate) fn viewer_response(
        &self,
        event: &ViewerResponseEvent,
        now: Duration,
        stage: &mut StageTrace,
    ) -> Result<(ViewerResponse, Duration), FunctionError> {
        let (request, response) = (event::Request::new(&event.request), event::Response::new(event));
        let json = event::to_json(&event.request, &request, Some(&response))?;
        let input = Input { event: &json, raw_query: &event.request.querystring, now, is_request: false };
        let (returned, compute) = self.call(input, stage)?;
        let result =
            result::parse_viewer_response(&event.headers, &response, &returned).map_err(FunctionError::Validation)?;
        Ok((result, compute))
    }

    /// Calls the handler with an event. Returns its result, as JSON, and its processor time.
    fn call(&self, input: Input<'_>, stage: &mut StageTrace) -> Result<(String, Duration), FunctionError> {
        stage.event(|| parse_json(input.event));
        let invalid = self.findings.iter().find(|finding| finding.severity == Severity::SyntaxError);
        let run = match invalid {
            Some(finding) => Err(FunctionError::Execution(finding.to_string())),
            None => engine::run(self, input).map_err(|error| self.name_missing(error)),
        };
        let (returned, compute) = run.inspect_err(|error| {
            stage.result(|| Value::String(error.to_string()));
        })?;
        stage.result(|| parse_json(&returned));
        Ok((returned, compute))
    }
}

impl CloudFrontFunction {
    /// Adds the names that the runtime lacks to an error that they may have caused.
    fn name_missing(&self, error: FunctionError) -> FunctionError {
        match error {
            FunctionError::Execution(reason)
                if reason.starts_with("TypeError") || reason.starts_with("ReferenceError") =>
            {
                let missing = self.findings.iter().filter(|finding| finding.severity == Severity::Missing);
                FunctionError::Execution(missing.fold(reason, |reason, finding| format!("{reason}; {finding}")))
            }
            other => other,
        }
    }

    /// Logs what the code uses that CloudFront's runtime lacks.
    fn report_findings(&self) {
        for finding in &self.findings {
            tracing::warn!(target: "vitae::edge::function", function = %self.name, "{finding}");
        }
    }
}

/// Parses JSON that was just generated, so it is valid.
fn parse_json(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}
