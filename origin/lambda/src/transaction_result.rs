//! The meaning of DynamoDB's result for a transaction with a token.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput};
use aws_sdk_dynamodb::types::CancellationReason;

use crate::call_error::{CallError, THROTTLED};

/// The reason of a transaction that was cancelled because another one was writing the same item.
const CONFLICT: &str = "TransactionConflict";

/// The reason of a transaction that was cancelled because the condition of an item is false.
const CONDITION: &str = "ConditionalCheckFailed";

/// The result of a transaction with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionResult {
    /// This call wrote it.
    Written,
    /// An earlier call with the same token wrote it.
    AlreadyWritten,
    /// Nothing is written, because conditions failed: those of the items with these indices.
    ConditionFailed(Vec<usize>),
    /// Nothing is written, because of a conflict or throttling. The same transaction may be retried.
    Retry(CallError),
    /// A retry cannot succeed, or the SDK has retried already.
    Failed(CallError),
}

impl TransactionResult {
    /// Classifies what the SDK returned after its own retries.
    #[must_use]
    pub fn from_sdk(result: Result<TransactWriteItemsOutput, SdkError<TransactWriteItemsError>>) -> Self {
        let error = match result {
            Ok(output) if is_replay(&output) => return Self::AlreadyWritten,
            Ok(_) => return Self::Written,
            Err(error) => error,
        };
        match error.as_service_error() {
            // Another attempt with this token wrote something else; this one would be a second write.
            Some(TransactWriteItemsError::IdempotentParameterMismatchException(_)) => Self::AlreadyWritten,
            Some(TransactWriteItemsError::TransactionInProgressException(_)) => {
                Self::Retry(CallError::from_sdk(&error))
            }
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                Self::from_cancellation(cancelled.cancellation_reasons())
            }
            _ => Self::Failed(CallError::from_sdk(&error)),
        }
    }

    fn from_cancellation(reasons: &[CancellationReason]) -> Self {
        let codes: Vec<_> =
            reasons.iter().filter_map(CancellationReason::code).filter(|code| *code != "None").collect();
        let is_temporary = |code: &&str| *code == CONFLICT || THROTTLED.contains(code);
        let is_condition = |code: &&str| *code == CONDITION;
        let message = format!("the transaction was cancelled: {}", codes.join(", "));
        if !codes.is_empty() && codes.iter().all(is_temporary) {
            Self::Retry(CallError::Unavailable(message))
        } else if codes.iter().any(is_condition) && codes.iter().all(|code| is_condition(code) || is_temporary(code)) {
            let failed = reasons.iter().enumerate().filter(|(_, reason)| reason.code() == Some(CONDITION));
            Self::ConditionFailed(failed.map(|(index, _)| index).collect())
        } else {
            Self::Failed(CallError::Rejected(message))
        }
    }
}

/// A replayed transaction consumes read units and no write units, because it reads what it wrote. An output without
/// capacity is taken for a write.
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

    use super::TransactionResult::{AlreadyWritten, ConditionFailed, Failed, Retry, Written};
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
    fn a_write_is_written_and_a_replay_was_written_already() {
        assert_eq!(consumed(None, Some(4.0)), Written);
        assert_eq!(consumed(Some(4.0), None), AlreadyWritten);
        assert_eq!(consumed(Some(4.0), Some(0.0)), AlreadyWritten);
        assert_eq!(consumed(None, None), Written);
        assert_eq!(TransactionResult::from_sdk(Ok(TransactWriteItemsOutput::builder().build())), Written);
    }

    #[test]
    fn a_token_used_with_another_transaction_was_written_already() {
        let mismatch = IdempotentParameterMismatchException::builder().build();
        let error = TransactWriteItemsError::IdempotentParameterMismatchException(mismatch);
        assert_eq!(rejected(error), AlreadyWritten);
    }

    #[test]
    fn a_transaction_with_a_conflict_is_retried() {
        assert!(matches!(cancelled(&["TransactionConflict", "None"]), Retry(CallError::Unavailable(_))));
        assert!(matches!(cancelled(&["None", "ThrottlingError"]), Retry(CallError::Unavailable(_))));
        let error = TransactionInProgressException::builder().meta(ErrorMetadata::builder().code("x").build()).build();
        let result = rejected(TransactWriteItemsError::TransactionInProgressException(error));
        assert!(matches!(result, Retry(_)), "{result:?}");
    }

    #[test]
    fn a_false_condition_is_reported_with_its_item() {
        assert_eq!(cancelled(&["ConditionalCheckFailed"]), ConditionFailed(vec![0]));
        assert_eq!(cancelled(&["None", "ConditionalCheckFailed", "None"]), ConditionFailed(vec![1]));
        assert_eq!(cancelled(&["TransactionConflict", "ConditionalCheckFailed"]), ConditionFailed(vec![1]));
    }

    #[test]
    fn an_invalid_transaction_is_not_retried() {
        assert!(matches!(cancelled(&["ValidationError", "TransactionConflict"]), Failed(CallError::Rejected(_))));
        assert!(matches!(cancelled(&[]), Failed(CallError::Rejected(_))));
    }
}
