//! Why a function is not taken, and why a run of it came to nothing.

use thiserror::Error;

use crate::limits::FUNCTION_CODE_MAX_BYTES;

/// Why a function's code cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    /// Over 10 KB.
    #[error("the code has {bytes} bytes, and {FUNCTION_CODE_MAX_BYTES} is the most: shorten it")]
    TooLarge {
        /// The length found.
        bytes: usize,
    },
    /// JavaScript is text.
    #[error("the code is not UTF-8")]
    NotUtf8,
    /// It does not compile, throws while it loads, has no handler, or imports what is not modelled.
    #[error("{0}")]
    Code(String),
}

/// What the viewer gets an error page for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Failure {
    /// The function threw, or went over its time or memory.
    #[error("{0}")]
    Execution(String),
    /// The function returned what CloudFront does not take.
    #[error("{0}")]
    Validation(String),
}

impl Failure {
    /// The status that the viewer gets:
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-503-service-unavailable.html> and
    /// `http-502-bad-gateway.html`.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Execution(_) => 503,
            Self::Validation(_) => 502,
        }
    }
}
