//! How CloudFront produced a response.

/// The first word of `X-Cache`, before ` from cloudfront`.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html>,
/// `x-edge-result-type` and `x-edge-detailed-result-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResultType {
    Hit,
    RefreshHit,
    Miss,
    Error,
    Redirect,
    FunctionGeneratedResponse,
    FunctionExecutionError,
    FunctionValidationError,
    LambdaGeneratedResponse,
    LambdaExecutionError,
    LambdaValidationError,
    LambdaLimitExceeded,
}

impl ResultType {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "Hit",
            Self::RefreshHit => "RefreshHit",
            Self::Miss => "Miss",
            Self::Error => "Error",
            Self::Redirect => "Redirect",
            Self::FunctionGeneratedResponse => "FunctionGeneratedResponse",
            Self::FunctionExecutionError => "FunctionExecutionError",
            Self::FunctionValidationError => "FunctionValidationError",
            Self::LambdaGeneratedResponse => "LambdaGeneratedResponse",
            Self::LambdaExecutionError => "LambdaExecutionError",
            Self::LambdaValidationError => "LambdaValidationError",
            Self::LambdaLimitExceeded => "LambdaLimitExceeded",
        }
    }
}
