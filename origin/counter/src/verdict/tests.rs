use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ConnectorError, ErrorMetadata};
use aws_sdk_dynamodb::operation::query::QueryError;
use aws_sdk_dynamodb::types::ConsumedCapacity;
use aws_sdk_dynamodb::types::error::{
    IdempotentParameterMismatchException, TransactionCanceledException, TransactionInProgressException,
};
use aws_smithy_types::body::SdkBody;

use super::*;

fn answered<E>(error: E, status: u16) -> SdkError<E> {
    SdkError::service_error(error, HttpResponse::new(status.try_into().unwrap(), SdkBody::empty()))
}

fn cancelled(codes: &[&str]) -> Verdict {
    let reasons = codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect();
    let error = TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons)).build();
    verdict(Err(answered(TransactWriteItemsError::TransactionCanceledException(error), 400)))
}

fn said(code: &str, status: u16) -> Failure {
    failure(&answered(QueryError::generic(ErrorMetadata::builder().code(code).build()), status))
}

fn spent(read: Option<f64>, write: Option<f64>) -> Verdict {
    let capacity = ConsumedCapacity::builder().set_read_capacity_units(read).set_write_capacity_units(write).build();
    verdict(Ok(TransactWriteItemsOutput::builder().consumed_capacity(capacity).build()))
}

#[test]
fn a_write_is_a_visit_and_a_replay_was_one_before() {
    assert_eq!(spent(None, Some(4.0)), Verdict::Counted);
    assert_eq!(spent(Some(4.0), None), Verdict::CountedBefore);
    assert_eq!(spent(Some(4.0), Some(0.0)), Verdict::CountedBefore);
    assert_eq!(spent(None, None), Verdict::Counted);
    assert_eq!(verdict(Ok(TransactWriteItemsOutput::builder().build())), Verdict::Counted);
}

#[test]
fn a_token_that_was_used_with_another_day_or_shard_is_counted_already() {
    let mismatch = IdempotentParameterMismatchException::builder().build();
    let error = TransactWriteItemsError::IdempotentParameterMismatchException(mismatch);
    assert_eq!(verdict(Err(answered(error, 400))), Verdict::CountedBefore);
}

#[test]
fn a_transaction_that_met_another_is_tried_again() {
    assert!(matches!(cancelled(&["TransactionConflict", "None"]), Verdict::Again(Failure::Unavailable(_))));
    assert!(matches!(cancelled(&["None", "ThrottlingError"]), Verdict::Again(Failure::Unavailable(_))));
    let error = TransactionInProgressException::builder().meta(ErrorMetadata::builder().code("x").build()).build();
    let verdict = verdict(Err(answered(TransactWriteItemsError::TransactionInProgressException(error), 400)));
    assert!(matches!(verdict, Verdict::Again(_)), "{verdict:?}");
}

#[test]
fn a_transaction_that_is_wrong_is_not() {
    assert!(matches!(cancelled(&["ValidationError", "TransactionConflict"]), Verdict::Failed(Failure::Internal(_))));
    assert!(matches!(cancelled(&["ConditionalCheckFailed"]), Verdict::Failed(Failure::Internal(_))));
    assert!(matches!(cancelled(&[]), Verdict::Failed(Failure::Internal(_))));
}

#[test]
fn throttling_and_outages_are_told_from_mistakes() {
    for code in THROTTLED {
        assert!(matches!(said(code, 400), Failure::Unavailable(_)), "{code}");
    }
    assert!(matches!(said("InternalServerError", 500), Failure::Unavailable(_)));
    assert!(matches!(said("ServiceUnavailable", 503), Failure::Unavailable(_)));
    for code in ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"] {
        assert!(matches!(said(code, 400), Failure::Internal(_)), "{code}");
    }
}

#[test]
fn no_answer_is_an_outage() {
    let timed_out: SdkError<QueryError> = SdkError::timeout_error("late");
    assert!(matches!(failure(&timed_out), Failure::Unavailable(_)));
    let refused: SdkError<QueryError> = SdkError::dispatch_failure(ConnectorError::io("nobody listens".into()));
    assert_eq!(
        failure(&refused).to_string(),
        "DynamoDB is unavailable: the request could not be sent: io error: nobody listens"
    );
}
