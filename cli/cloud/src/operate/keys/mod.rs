//! `vitae keys`: invokes the stack's keys function for the status, a rotation or a revocation. The permission to invoke it is
//! enough for all of them. Private keys are not part of its responses.

mod note;
mod table;

use aws_sdk_lambda::primitives::Blob;
use vitae_keys::{command::Command, status::Status};

pub use self::{note::note, table::table};
use crate::{
    aws::{AwsClients, CallError},
    deploy,
};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stack has no such function.
    #[error("the stack {stack:?} has no keys function: {reason}")]
    NoFunction {
        /// The stack.
        stack: String,
        /// Why.
        reason: String,
    },
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The function failed with this message.
    #[error("{0}")]
    Function(String),
    /// The response has another schema.
    #[error("the response of the keys function has another schema ({0}); deploy again")]
    Response(String),
}

/// Sends a command to the keys function of a stack, and returns the status after it.
///
/// # Errors
/// [`Error`].
pub async fn invoke(aws: &AwsClients, stack: &str, command: &Command) -> Result<Status, Error> {
    let function = deploy::physical_id(aws, stack, "KeysFunction").await;
    let function =
        function.map_err(|error| Error::NoFunction { stack: stack.to_owned(), reason: error.to_string() })?;
    let payload = serde_json::to_vec(command).map_err(|error| Error::Response(error.to_string()))?;
    let invoked = aws.lambda().invoke().function_name(function).payload(Blob::new(payload)).send().await;
    let output = invoked.map_err(|error| CallError::new("Invoke of the keys function", &error))?;
    let payload = output.payload.map(Blob::into_inner).unwrap_or_default();
    if output.function_error.is_some() {
        let response: serde_json::Value = serde_json::from_slice(&payload).unwrap_or_default();
        let message = response["errorMessage"].as_str().unwrap_or("the function failed; its log says why");
        return Err(Error::Function(message.to_owned()));
    }
    serde_json::from_slice(&payload).map_err(|error| Error::Response(error.to_string()))
}
