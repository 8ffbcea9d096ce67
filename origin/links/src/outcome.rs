//! The outcome of a request.

use std::fmt;

use vitae_parameters::Problem;

use crate::code::LinkId;
use crate::error::Error;
use crate::http::Rejection;
use crate::request::Limit;
use crate::row::LinkState;

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The page of a link.
    Shown {
        /// The link.
        id: LinkId,
        /// The owner's name.
        owner: String,
        /// The document's name.
        document: String,
    },
    /// An open is recorded.
    Opened {
        /// The link.
        id: LinkId,
        /// Whether an earlier request with the same token recorded it.
        is_replay: bool,
        /// The URL of the document.
        signed: Signed,
    },
    /// A request for a link. The response is the same for every result.
    Requested(RequestResult),
    /// The link cannot be opened.
    Closed {
        /// The hash of the code.
        id: LinkId,
        /// The link's state; `None` if there is no such link.
        state: Option<LinkState>,
    },
    /// The request is invalid.
    Rejected(Rejection),
    /// The request failed.
    Failed(Error),
}

/// The result of a request for a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestResult {
    /// A message is sent, or will be.
    Accepted,
    /// An earlier request with the same token was accepted.
    Replayed,
    /// A limit is exceeded.
    Limited(Limit),
}

/// A signed URL. `Debug` omits it.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The URL.
    pub url: String,
    /// Its expiry in seconds since 1970.
    pub expires_s: u64,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("expires_s", &self.expires_s).finish_non_exhaustive()
    }
}

impl Outcome {
    /// The HTTP status of the response.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Shown { .. } => 200,
            Self::Requested(_) => 202,
            Self::Opened { .. } => 303,
            Self::Closed { .. } | Self::Rejected(_) | Self::Failed(_) => self.problem().status(),
        }
    }

    /// The problem of an error response. Those that are not errors have none: they map to `internal`.
    #[must_use]
    pub const fn problem(&self) -> Problem {
        match self {
            Self::Closed { state: None, .. } => Problem::LinkUnknown,
            Self::Closed { state: Some(LinkState::Revoked), .. } => Problem::LinkRevoked,
            Self::Closed { state: Some(_), .. } => Problem::LinkExpired,
            Self::Rejected(rejection) => rejection.problem(),
            Self::Failed(Error::Unavailable(_)) => Problem::LinksUnavailable,
            Self::Shown { .. } | Self::Opened { .. } | Self::Requested(_) | Self::Failed(_) => Problem::Internal,
        }
    }

    /// The value of `Allow`, for a method that is not allowed.
    #[must_use]
    pub const fn allow(&self) -> Option<&'static str> {
        match self {
            Self::Rejected(Rejection::MethodNotAllowed(methods)) => Some(methods),
            _ => None,
        }
    }
}
