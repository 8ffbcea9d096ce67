//! What an answer of DynamoDB means for a visit.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput};
use aws_sdk_dynamodb::types::CancellationReason;

use crate::outcome::Failure;

/// Codes with which DynamoDB says that there is too much to do, as errors and as reasons of a cancelled transaction.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
const THROTTLED: [&str; 6] = [
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingError",
    "ThrottlingException",
    "Throttling",
];

/// The reason of a cancelled transaction that met another one on the same item.
const CONFLICT: &str = "TransactionConflict";

/// What an answer to the counting transaction means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The visit is counted, by this call.
    Counted,
    /// The visit is counted, by an earlier call with the same token.
    CountedBefore,
    /// Nothing is written: the transaction met another one, or a throttle. The same transaction may be tried again.
    Again(Failure),
    /// No retry helps, or the SDK has retried already.
    Failed(Failure),
}

/// The verdict on what the SDK returned, after its own retries.
#[must_use]
pub fn verdict(result: Result<TransactWriteItemsOutput, SdkError<TransactWriteItemsError>>) -> Verdict {
    let error = match result {
        Ok(output) if is_replay(&output) => return Verdict::CountedBefore,
        Ok(_) => return Verdict::Counted,
        Err(error) => error,
    };
    match error.as_service_error() {
        // The token's first try fixed the day and the number of shards; this one would count the same visit elsewhere.
        Some(TransactWriteItemsError::IdempotentParameterMismatchException(_)) => Verdict::CountedBefore,
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => Verdict::Again(failure(&error)),
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled_for(cancelled.cancellation_reasons())
        }
        _ => Verdict::Failed(failure(&error)),
    }
}

/// A replayed transaction reads what it wrote, so it takes read units and no write units. Without figures it is taken
/// for a write: the metric then counts a replay, the counter never does.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
fn is_replay(output: &TransactWriteItemsOutput) -> bool {
    let spent = output.consumed_capacity();
    let any = |units: Option<f64>| units.is_some_and(|units| units > 0.0);
    spent.iter().any(|spent| any(spent.read_capacity_units()))
        && !spent.iter().any(|spent| any(spent.write_capacity_units()))
}

fn cancelled_for(reasons: &[CancellationReason]) -> Verdict {
    let codes: Vec<_> = reasons.iter().filter_map(CancellationReason::code).filter(|code| *code != "None").collect();
    let passing = |code: &&str| *code == CONFLICT || THROTTLED.contains(code);
    let said = format!("the transaction was cancelled: {}", codes.join(", "));
    if !codes.is_empty() && codes.iter().all(passing) {
        Verdict::Again(Failure::Unavailable(said))
    } else {
        Verdict::Failed(Failure::Internal(said))
    }
}

/// What an error of any call means.
#[must_use]
pub fn failure<E: ProvideErrorMetadata + Error + 'static>(error: &SdkError<E>) -> Failure {
    match error {
        SdkError::ConstructionFailure(_) => Failure::Internal("the request could not be built".to_owned()),
        SdkError::TimeoutError(_) => Failure::Unavailable("no answer in time".to_owned()),
        SdkError::DispatchFailure(_) => Failure::Unavailable(with_causes("the request could not be sent", error)),
        SdkError::ResponseError(_) => Failure::Unavailable(with_causes("the answer was cut off or unreadable", error)),
        SdkError::ServiceError(answer) => {
            let (code, message) =
                (answer.err().code().unwrap_or("no code"), answer.err().message().unwrap_or_default());
            let said = format!("{code}: {message}");
            let passing = answer.raw().status().is_server_error()
                || THROTTLED.contains(&code)
                || code == "TransactionInProgressException";
            if passing { Failure::Unavailable(said) } else { Failure::Internal(said) }
        }
        _ => Failure::Internal("an error that this version of the SDK does not name".to_owned()),
    }
}

/// The SDK's errors say little themselves and keep what happened in their causes: a refused connection, a name that does
/// not resolve, missing credentials.
fn with_causes(said: &str, error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(said.to_owned(), |said, cause| format!("{said}: {cause}"))
}

#[cfg(test)]
mod tests;
