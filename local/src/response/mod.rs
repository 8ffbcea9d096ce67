//! Answers to the viewer: CloudFront's own, and what CloudFront does to an origin's.

mod compression;
mod custom_error;
mod finish;
mod gather;
mod headers_policy;
mod page;

use bytes::Bytes;
use http::Response;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};

pub(crate) use compression::{Encoding, is_compressible};
pub(crate) use custom_error::CustomErrorResponse;
pub(crate) use finish::{finish, remove_hop_by_hop};
pub(crate) use gather::{Gathered, gather};
pub(crate) use headers_policy::ResponseHeadersPolicy;
pub(crate) use page::{error_page, redirect, refusal};

/// What can go wrong while a body is passed on.
pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body on its way to the viewer: whole, or passed on as the origin sends it.
pub(crate) type Body = UnsyncBoxBody<Bytes, BodyError>;

/// A body that is already here.
pub(crate) fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// What `X-Cache` says about an answer, the word before ` from cloudfront`.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html>, `x-edge-result-type` and
/// `x-edge-detailed-result-type`.
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

/// An answer and what made it.
pub(crate) struct Answer {
    pub(crate) response: Response<Body>,
    pub(crate) result: ResultType,
}
