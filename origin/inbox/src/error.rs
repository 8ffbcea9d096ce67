//! Failures of the inbox, and the classification of the SDK's errors.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Error codes of throttling, in DynamoDB, S3 and SNS.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
const TEMPORARY: [&str; 9] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "Throttling",
    "Throttled",
    "TransactionInProgressException",
    "SlowDown",
    // Two conditional writes of one object at once.
    "ConditionalRequestConflict",
    "RequestTimeout",
];

/// Why a call failed. It is logged and never sent to a visitor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A service is throttled or down, after the SDK's retries. A later retry can succeed.
    #[error("{call} is unavailable: {reason}")]
    Unavailable {
        /// The call, such as `s3:CopyObject`.
        call: &'static str,
        /// The service's code and message.
        reason: String,
    },
    /// A service rejected the call. A retry cannot succeed.
    #[error("{call} was rejected: {reason}")]
    Rejected {
        /// The call.
        call: &'static str,
        /// The service's code and message.
        reason: String,
    },
    /// The table holds an item that the inbox did not write.
    #[error(transparent)]
    BadItem(#[from] crate::record::BadItem),
    /// The system has no random numbers.
    #[error("the system has no random numbers")]
    Random,
    /// A record changed each time it was about to be written.
    #[error("an upload's record changed {0} times while it was written; the event is retried")]
    Contended(u32),
    /// The event is not of the expected shape.
    #[error("the event is not one of S3, GuardDuty or the schedule")]
    UnknownEvent,
    /// Some records failed.
    #[error("{failed} of {open} open uploads failed, the first with: {first}")]
    Sweep {
        /// How many failed.
        failed: usize,
        /// How many are open.
        open: usize,
        /// The first error.
        first: Box<Error>,
    },
}

impl Error {
    /// Classifies the error of a call.
    #[must_use]
    pub fn from_sdk<E, R>(call: &'static str, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        match error {
            SdkError::ConstructionFailure(_) => Self::Rejected { call, reason: "it could not be built".to_owned() },
            SdkError::ServiceError(response) => {
                let error = response.err();
                let code = error.code().unwrap_or("no code");
                let reason = format!("{code}: {}", error.message().unwrap_or_default());
                let is_temporary =
                    TEMPORARY.contains(&code) || code.starts_with("Internal") || code == "ServiceUnavailable";
                if is_temporary { Self::Unavailable { call, reason } } else { Self::Rejected { call, reason } }
            }
            other => Self::Unavailable { call, reason: with_causes(other) },
        }
    }
}

/// The SDK's errors have the useful part in their causes.
fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |message, cause| format!("{message}: {cause}"))
}

/// Whether a service returned one of these codes.
pub(crate) fn has_code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>, codes: &[&str]) -> bool {
    matches!(error, SdkError::ServiceError(response) if response.err().code().is_some_and(|code| codes.contains(&code)))
}
