//! What a handler returned, checked as CloudFront checks it.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html>

mod headers;
mod request;
mod response;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{Failure, Outcome};
use crate::viewer::ViewerRequest;

fn invalid(what: impl Into<String>) -> Failure {
    Failure::Validation(what.into())
}

/// A result with `status` is a response, one with `uri` a request, anything else an error.
///
/// # Errors
/// [`Failure::Validation`] with a sentence for the log.
pub(super) fn read(result: &Value, seen: &ViewerRequest, include_body: bool) -> Result<Outcome, Failure> {
    match result {
        Value::Object(fields) if fields.contains_key("status") => response::read(fields),
        Value::Object(fields) if fields.contains_key("uri") => request::read(fields, seen, include_body),
        _ => Err(invalid("the result is neither a request, which has `uri`, nor a response, which has `status`")),
    }
}
