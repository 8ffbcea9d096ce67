//! CloudFront Functions, runtime `cloudfront-js-2.0`, on viewer request.
//!
//! The engine is QuickJS with the globals of CloudFront's runtime and no others. Each request runs in an engine of its
//! own, as at the edge: nothing that a function stores outlives the request. What the runtime has and this does not model
//! (`Buffer`, `crypto`, ...) fails by name when it is used.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html>

mod console;
mod engine;
mod event;
mod failure;
mod modules;
mod ordered;
mod result;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub(crate) use failure::{Failure, Refusal};
use serde_json::Value;

use crate::journal::Exchange;
use crate::key_value_store::KeyValueStore;
use crate::limits::FUNCTION_CODE_MAX_BYTES;
use crate::viewer_event::{Event, Outcome};

/// The code of a function, checked.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    name: String,
    code: String,
    store: Option<KeyValueStore>,
}

impl Function {
    /// Takes a function's code, as `GetFunction` gives it, and the store that is associated with it.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if the code is too large, does not compile, has no function `handler`, or imports what is not modelled.
    pub(crate) fn new(name: &str, code: &[u8], store: Option<KeyValueStore>) -> Result<Self, Refusal> {
        if code.len() > FUNCTION_CODE_MAX_BYTES {
            return Err(Refusal::TooLarge { bytes: code.len() });
        }
        let code = std::str::from_utf8(code).map_err(|_| Refusal::NotUtf8)?.to_owned();
        engine::compile(name, &code, store.as_ref()).map_err(Refusal::Code)?;
        Ok(Self { name: name.to_owned(), code, store })
    }

    /// Runs the function for one request. `now` is time since the Unix epoch, which `Date` shows all through the run. The second value is the
    /// processor's time that the handler took.
    ///
    /// To be called where blocking is allowed, in a runtime that a key value store can be read with.
    /// Blocks for as long as the function runs, which is bounded by [`FUNCTION_TIME_MAX`](crate::limits::FUNCTION_TIME_MAX).
    ///
    /// # Errors
    ///
    /// [`Failure::Execution`] if the function throws or is stopped, [`Failure::Validation`] if CloudFront would not take
    /// what it returns.
    pub(crate) fn viewer_request(
        &self,
        event: &Event,
        now: Duration,
        exchange: &mut Exchange,
    ) -> Result<(Outcome, Duration), Failure> {
        let sent = event::Request::of(event);
        let json = event::to_json(event, &sent)?;
        exchange.event(|| read_back(&json));
        let (returned, compute) = engine::run(self, &json, now).inspect_err(|failure| {
            exchange.result(|| Value::String(failure.to_string()));
        })?;
        exchange.result(|| read_back(&returned));
        let outcome = result::read(event, &sent, &returned).map_err(Failure::Validation)?;
        Ok((outcome, compute))
    }
}

/// Both are JSON that was just written.
fn read_back(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}
