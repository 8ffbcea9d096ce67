//! What became of a request.

use crate::command::Refusal;
use crate::problem::Problem;

/// The visits of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// The day, as `2026-11-20`.
    pub day: String,
    /// How many visits were counted on it.
    pub count: u64,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A visit was counted, now or by an earlier try of the same token.
    Counted {
        /// The total, which holds this visit.
        count: u64,
        /// Whether it was this request that counted it.
        now: bool,
    },
    /// The total was read.
    Read {
        /// The total.
        count: u64,
        /// The last days, oldest first, if they were asked for.
        days: Option<Vec<DayCount>>,
    },
    /// The request cannot be served as it is.
    Refused(Refusal),
    /// It was not served.
    Failed(Failure),
}

/// Why a request was not served. No part of it reaches the visitor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// DynamoDB is throttled or down, after the SDK's retries: worth another try later.
    #[error("DynamoDB is unavailable: {0}")]
    Unavailable(String),
    /// DynamoDB refused, or answered what the counter never wrote: no retry helps.
    #[error("DynamoDB refused or holds what the counter cannot read: {0}")]
    Internal(String),
    /// The total cannot be told exactly as a JSON number.
    #[error("the total is over 2^53 and cannot be told exactly")]
    TooLarge,
    /// The event is no Function URL event.
    #[error("the event is no Function URL event of payload format 2.0")]
    NotAnEvent,
}

impl Outcome {
    /// The error to answer with, if it is one.
    #[must_use]
    pub const fn problem(&self) -> Option<Problem> {
        match self {
            Self::Counted { .. } | Self::Read { .. } => None,
            Self::Refused(Refusal::NotFound) => Some(Problem::NotFound),
            Self::Refused(Refusal::MethodNotAllowed) => Some(Problem::MethodNotAllowed),
            Self::Refused(Refusal::BadIdempotencyKey(_)) => Some(Problem::BadIdempotencyKey),
            Self::Refused(Refusal::BadDays(_)) => Some(Problem::BadDays),
            Self::Failed(Failure::Unavailable(_)) => Some(Problem::CounterUnavailable),
            Self::Failed(_) => Some(Problem::Internal),
        }
    }

    /// A word for the log.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Counted { now: true, .. } => "counted",
            Self::Counted { now: false, .. } => "counted_before",
            Self::Read { .. } => "read",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
