use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Error codes of throttling, which are also reasons of a cancelled transaction.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
pub const THROTTLED: [&str; 6] = [
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingError",
    "ThrottlingException",
    "Throttling",
];

/// Why a call failed, after the SDK's retries.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The service is throttling or down. A later attempt can succeed.
    #[error("{0}")]
    Unavailable(String),
    /// The service rejected the call, so that another attempt cannot succeed.
    #[error("{0}")]
    Rejected(String),
}

impl CallError {
    /// Classifies the error of a call.
    #[must_use]
    pub fn from_sdk<E: ProvideErrorMetadata + std::error::Error + 'static>(error: &SdkError<E>) -> Self {
        match error {
            SdkError::ConstructionFailure(_) => Self::Rejected("the request could not be built".to_owned()),
            SdkError::TimeoutError(_) => Self::Unavailable("the request timed out".to_owned()),
            SdkError::DispatchFailure(_) => Self::Unavailable(with_causes("the request could not be sent", error)),
            SdkError::ResponseError(_) => {
                Self::Unavailable(with_causes("the response was truncated or unreadable", error))
            }
            SdkError::ServiceError(response) => {
                let (code, message) =
                    (response.err().code().unwrap_or("no code"), response.err().message().unwrap_or_default());
                let reason = format!("{code}: {message}");
                let is_temporary = response.raw().status().is_server_error()
                    || THROTTLED.contains(&code)
                    || code == "TransactionInProgressException";
                if is_temporary { Self::Unavailable(reason) } else { Self::Rejected(reason) }
            }
            _ => Self::Rejected("an error that this version of the SDK does not know".to_owned()),
        }
    }
}

/// The SDK's errors have the useful part in their causes: a refused connection, a name that does not resolve, missing
/// credentials.
fn with_causes(message: &str, error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(message.to_owned(), |message, cause| format!("{message}: {cause}"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::config::http::HttpResponse;
    use aws_sdk_dynamodb::error::{ConnectorError, ErrorMetadata};
    use aws_sdk_dynamodb::operation::query::QueryError;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn service_error(code: &str, status: u16) -> CallError {
        let error = QueryError::generic(ErrorMetadata::builder().code(code).build());
        let response = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        CallError::from_sdk(&SdkError::service_error(error, response))
    }

    #[test]
    fn throttling_and_outages_are_unavailable_and_mistakes_are_rejected() {
        for code in THROTTLED {
            assert!(matches!(service_error(code, 400), CallError::Unavailable(_)), "{code}");
        }
        assert!(matches!(service_error("InternalServerError", 500), CallError::Unavailable(_)));
        assert!(matches!(service_error("ServiceUnavailable", 503), CallError::Unavailable(_)));
        for code in ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"] {
            assert!(matches!(service_error(code, 400), CallError::Rejected(_)), "{code}");
        }
    }

    #[test]
    fn a_request_without_a_response_is_an_outage() {
        let timed_out: SdkError<QueryError> = SdkError::timeout_error("late");
        assert!(matches!(CallError::from_sdk(&timed_out), CallError::Unavailable(_)));
        let refused: SdkError<QueryError> = SdkError::dispatch_failure(ConnectorError::io("nothing listens".into()));
        assert_eq!(
            CallError::from_sdk(&refused).to_string(),
            "the request could not be sent: io error: nothing listens"
        );
    }
}
