//! The meaning of DynamoDB's result for a visit.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput};
use aws_sdk_dynamodb::types::CancellationReason;

use crate::error::{Error, THROTTLED};

/// The reason of a transaction that was cancelled because another one was writing the same item.
const CONFLICT: &str = "TransactionConflict";

/// The result of the counting transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionResult {
    /// This call counted the visit.
    Counted,
    /// An earlier call with the same token counted the visit.
    AlreadyCounted,
    /// Nothing is written, because of a conflict or throttling. The same transaction may be retried.
    Retry(Error),
    /// A retry cannot succeed, or the SDK has retried already.
    Failed(Error),
}

impl TransactionResult {
    /// Classifies what the SDK returned after its own retries.
    #[must_use]
    pub fn from_sdk(result: Result<TransactWriteItemsOutput, SdkError<TransactWriteItemsError>>) -> Self {
        let error = match result {
            Ok(output) if is_replay(&output) => return Self::AlreadyCounted,
            Ok(_) => return Self::Counted,
            Err(error) => error,
        };
        match error.as_service_error() {
            // The first attempt fixed the day and the number of shards; this one would count the visit a second time.
            Some(TransactWriteItemsError::IdempotentParameterMismatchException(_)) => Self::AlreadyCounted,
            Some(TransactWriteItemsError::TransactionInProgressException(_)) => Self::Retry(Error::from_sdk(&error)),
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                Self::from_cancellation(cancelled.cancellation_reasons())
            }
            _ => Self::Failed(Error::from_sdk(&error)),
        }
    }

    fn from_cancellation(reasons: &[CancellationReason]) -> Self {
        let codes: Vec<_> =
            reasons.iter().filter_map(CancellationReason::code).filter(|code| *code != "None").collect();
        let is_temporary = |code: &&str| *code == CONFLICT || THROTTLED.contains(code);
        let message = format!("the transaction was cancelled: {}", codes.join(", "));
        if !codes.is_empty() && codes.iter().all(is_temporary) {
            Self::Retry(Error::Unavailable(message))
        } else {
            Self::Failed(Error::Internal(message))
        }
    }
}

/// A replayed transaction consumes read units and no write units, because it reads what it wrote. An output without
/// capacity is taken for a write: the metric then counts a replay, the counter never does.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
fn is_replay(output: &TransactWriteItemsOutput) -> bool {
    let capacity = output.consumed_capacity();
    let any = |units: Option<f64>| units.is_some_and(|units| units > 0.0);
    capacity.iter().any(|table| any(table.read_capacity_units()))
        && !capacity.iter().any(|table| any(table.write_capacity_units()))
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::config::http::HttpResponse;
    use aws_sdk_dynamodb::error::ErrorMetadata;
    use aws_sdk_dynamodb::types::ConsumedCapacity;
    use aws_sdk_dynamodb::types::error::{
        IdempotentParameterMismatchException, TransactionCanceledException, TransactionInProgressException,
    };
    use aws_smithy_types::body::SdkBody;

    use super::TransactionResult::{AlreadyCounted, Counted, Failed, Retry};
    use super::*;

    fn rejected(error: TransactWriteItemsError) -> TransactionResult {
        let response = HttpResponse::new(400.try_into().unwrap(), SdkBody::empty());
        TransactionResult::from_sdk(Err(SdkError::service_error(error, response)))
    }

    fn cancelled(codes: &[&str]) -> TransactionResult {
        let reasons = codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect();
        let error = TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons)).build();
        rejected(TransactWriteItemsError::TransactionCanceledException(error))
    }

    fn consumed(read: Option<f64>, write: Option<f64>) -> TransactionResult {
        let capacity =
            ConsumedCapacity::builder().set_read_capacity_units(read).set_write_capacity_units(write).build();
        TransactionResult::from_sdk(Ok(TransactWriteItemsOutput::builder().consumed_capacity(capacity).build()))
    }

    #[test]
    fn a_write_is_counted_and_a_replay_was_counted_already() {
        assert_eq!(consumed(None, Some(4.0)), Counted);
        assert_eq!(consumed(Some(4.0), None), AlreadyCounted);
        assert_eq!(consumed(Some(4.0), Some(0.0)), AlreadyCounted);
        assert_eq!(consumed(None, None), Counted);
        assert_eq!(TransactionResult::from_sdk(Ok(TransactWriteItemsOutput::builder().build())), Counted);
    }

    #[test]
    fn a_token_used_with_another_day_or_shard_is_counted_already() {
        let mismatch = IdempotentParameterMismatchException::builder().build();
        let error = TransactWriteItemsError::IdempotentParameterMismatchException(mismatch);
        assert_eq!(rejected(error), AlreadyCounted);
    }

    #[test]
    fn a_transaction_with_a_conflict_is_retried() {
        assert!(matches!(cancelled(&["TransactionConflict", "None"]), Retry(Error::Unavailable(_))));
        assert!(matches!(cancelled(&["None", "ThrottlingError"]), Retry(Error::Unavailable(_))));
        let error = TransactionInProgressException::builder().meta(ErrorMetadata::builder().code("x").build()).build();
        let result = rejected(TransactWriteItemsError::TransactionInProgressException(error));
        assert!(matches!(result, Retry(_)), "{result:?}");
    }

    #[test]
    fn an_invalid_transaction_is_not_retried() {
        assert!(matches!(cancelled(&["ValidationError", "TransactionConflict"]), Failed(Error::Internal(_))));
        assert!(matches!(cancelled(&["ConditionalCheckFailed"]), Failed(Error::Internal(_))));
        assert!(matches!(cancelled(&[]), Failed(Error::Internal(_))));
    }
}
