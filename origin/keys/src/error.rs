//! Errors of the function. No variant holds a private key or a part of a signer's parameter.

use crate::decide::Blocked;

/// AWS's error codes for a snapshot that is out of date: a concurrent run was faster, or an interrupted one had already
/// made the change. The function observes again.
const CONFLICTS: [&str; 7] = [
    "InvalidIfMatchVersion",
    "KeyGroupAlreadyExists",
    "ParameterAlreadyExists",
    "PreconditionFailed",
    "PublicKeyInUse",
    "PublicKeyAlreadyExists",
    "TooManyUpdates",
];

/// AWS's error codes for something that does not exist.
const GONE: [&str; 4] = ["NoSuchBucket", "NoSuchPublicKey", "NoSuchResource", "ParameterNotFound"];

/// An error of the function.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// AWS rejected a call.
    #[error("{call} was rejected: {code}: {message}")]
    Rejected {
        /// The API's name of the call.
        call: &'static str,
        /// AWS's code.
        code: String,
        /// AWS's message, withheld where it might quote a secret.
        message: String,
    },
    /// A call got no usable response, after the SDK's retries.
    #[error("{call} got no usable response: {reason}")]
    NoResponse {
        /// The API's name of the call.
        call: &'static str,
        /// The reason, with the causes that the SDK reports.
        reason: String,
    },
    /// A parameter's value is invalid. Only this function should write it, so it is not overwritten.
    #[error(
        "{name} is not a valid signer parameter (rule: {rule}); restore its last valid version, or delete it if no URL needs it"
    )]
    Unreadable {
        /// The parameter's name.
        name: String,
        /// The violated rule of the schema.
        rule: &'static str,
    },
    /// A parameter was changed by another process.
    #[error("{name} changed during the run; run again")]
    Changed {
        /// The parameter's name.
        name: String,
    },
    /// A quota is exhausted.
    #[error(transparent)]
    Blocked(#[from] Blocked),
    /// The operating system's random number generator failed.
    #[error("the operating system's random number generator failed; no key was generated")]
    Randomness,
    /// A key pair could not be generated or encoded.
    #[error("no key pair could be generated that CloudFront accepts")]
    KeyGeneration,
    /// The observed state kept changing.
    #[error("the rotation has not settled after {max_steps} steps; run again")]
    Unsettled {
        /// The limit of steps.
        max_steps: usize,
    },
    /// The key group does not exist.
    #[error("key group {name} does not exist: another process deleted it; delete and create the stack again")]
    NoKeyGroup {
        /// Its name.
        name: String,
    },
    /// No key of this stack has this id.
    #[error("{id:?} is not a key of this stack; list its keys with `cargo vitae keys status`")]
    UnknownKey {
        /// The id.
        id: String,
    },
    /// The probe could not be requested.
    #[error("the probe cannot be requested: {reason}")]
    Probe {
        /// The reason.
        reason: String,
    },
    /// Resources that could not be removed.
    #[error("left behind: {0}")]
    LeftBehind(String),
    /// The function's timeout was near.
    #[error("timed out before the rotation settled; run again")]
    TimedOut,
    /// A bug.
    #[error("internal error; see the function's log")]
    Internal,
}

impl Error {
    /// Whether the observation was out of date, so that the function observes again.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Changed { .. } => true,
            Self::Rejected { code, .. } => CONFLICTS.contains(&code.as_str()),
            _ => false,
        }
    }

    /// Whether the requested resource does not exist.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Rejected { code, .. } if GONE.contains(&code.as_str()))
    }

    /// Whether the caller lacks a permission.
    #[must_use]
    pub fn is_access_denied(&self) -> bool {
        matches!(self, Self::Rejected { code, .. } if code == "AccessDenied" || code == "AccessDeniedException")
    }

    /// Whether the resource to be removed is still in use.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::Rejected { code, .. } if code == "ResourceInUse" || code == "PublicKeyInUse")
    }
}
