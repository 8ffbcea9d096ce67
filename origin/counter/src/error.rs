//! Failures of the counter.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use vitae_lambda::CallError;

/// Why a valid request failed. It is logged and never sent to a visitor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// DynamoDB is throttled or down, after the SDK's retries. A later retry can succeed.
    #[error("DynamoDB is unavailable: {0}")]
    Unavailable(String),
    /// DynamoDB rejected the call, or holds an item that the counter did not write. A retry cannot succeed.
    #[error("DynamoDB rejected the call or holds an unreadable item: {0}")]
    Internal(String),
    /// The total has no exact representation as a JSON number.
    #[error("the total is over 2^53 and has no exact JSON number")]
    TooLarge,
    /// The event is not a Function URL event.
    #[error("the event is not a Function URL event of payload format 2.0")]
    InvalidEvent,
}

impl Error {
    /// Classifies the error of a call.
    #[must_use]
    pub fn from_sdk<E: ProvideErrorMetadata + std::error::Error + 'static>(error: &SdkError<E>) -> Self {
        CallError::from_sdk(error).into()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_call_keeps_its_reason() {
        let error = Error::from(CallError::Unavailable("the request timed out".into()));
        assert_eq!(error.to_string(), "DynamoDB is unavailable: the request timed out");
        let error = Error::from(CallError::Rejected("ValidationException: x".into()));
        assert_eq!(error, Error::Internal("ValidationException: x".into()));
    }
}
