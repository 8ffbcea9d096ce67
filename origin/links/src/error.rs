//! Failures of the function. No message holds an address, a code or a key.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use vitae_lambda::CallError;

use crate::row::UnreadableRow;

/// Why a valid request failed. It is logged and never sent to a visitor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A service is throttling or down, after the SDK's retries. A later attempt can succeed.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A service rejected a call, so that another attempt cannot succeed.
    #[error("rejected: {0}")]
    Internal(String),
    /// A row has another shape.
    #[error(transparent)]
    Unreadable(#[from] UnreadableRow),
    /// The event is neither a request nor a task.
    #[error("the event is neither a Function URL event of payload format 2.0 nor a task of this function")]
    InvalidEvent,
}

impl Error {
    /// Classifies the error of a call of DynamoDB.
    #[must_use]
    pub fn from_sdk<E: ProvideErrorMetadata + std::error::Error + 'static>(
        call: &'static str,
        error: &SdkError<E>,
    ) -> Self {
        match CallError::from_sdk(error) {
            CallError::Unavailable(reason) => Self::Unavailable(format!("{call}: {reason}")),
            CallError::Rejected(reason) => Self::Internal(format!("{call}: {reason}")),
        }
    }
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Unavailable(reason) => Self::Unavailable(reason),
            CallError::Rejected(reason) => Self::Internal(reason),
        }
    }
}
