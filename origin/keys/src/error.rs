//! What can go wrong. No variant holds a private key or a part of a signer's parameter.

use crate::decide::Stuck;

/// Codes with which AWS says that the world is not, or no longer, what was observed: another run was faster, or this one
/// before it was cut off. The answer is to look again.
const CONFLICTS: [&str; 7] = [
    "InvalidIfMatchVersion",
    "KeyGroupAlreadyExists",
    "ParameterAlreadyExists",
    "PreconditionFailed",
    "PublicKeyInUse",
    "PublicKeyAlreadyExists",
    "TooManyUpdates",
];

/// Codes with which AWS says that something is not there.
const GONE: [&str; 4] = ["NoSuchBucket", "NoSuchPublicKey", "NoSuchResource", "ParameterNotFound"];

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// AWS refused a call.
    #[error("{call} was refused: {code}: {message}")]
    Refused {
        /// The API's name of the call.
        call: &'static str,
        /// AWS's code.
        code: String,
        /// AWS's words, withheld where they might quote what was sent.
        message: String,
    },
    /// A call got no answer, or none that can be read, after the SDK's retries.
    #[error("{call} got no usable answer: {reason}")]
    NoAnswer {
        /// The API's name of the call.
        call: &'static str,
        /// What became of it, with the causes that the SDK names.
        reason: String,
    },
    /// A parameter holds no pair. Nobody but this function should write it, so it is not overwritten.
    #[error(
        "{name} holds no signer's key (rule: {rule}): put its last good version back, or delete it if no URL needs it"
    )]
    Unreadable {
        /// The parameter's name.
        name: String,
        /// Which rule of the schema it breaks.
        rule: &'static str,
    },
    /// A parameter is not what it was a moment before.
    #[error("{name} was changed while it was looked at: run it again")]
    Changed {
        /// The parameter's name.
        name: String,
    },
    /// A quota leaves no room.
    #[error(transparent)]
    Stuck(#[from] Stuck),
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness: no key was made")]
    Randomness,
    /// A pair could not be made or written.
    #[error("no pair of keys could be made that CloudFront takes")]
    NoPair,
    /// The world kept changing.
    #[error("the keys are not settled after {rounds} steps: run it again")]
    Unsettled {
        /// How many steps were tried.
        rounds: usize,
    },
    /// There is no key group.
    #[error("there is no key group {name}: it was deleted by somebody else; delete and make the stack again")]
    NoGroup {
        /// Its name.
        name: String,
    },
    /// No key of this stack has this id.
    #[error("this stack has no key {id:?}: `vitae keys status` lists those that it has")]
    UnknownKey {
        /// What was given.
        id: String,
    },
    /// The probe could not be asked for.
    #[error("the probe cannot be asked for: {reason}")]
    Probe {
        /// Why.
        reason: String,
    },
    /// What could not be removed.
    #[error("left behind: {0}")]
    Left(String),
    /// The function's time was up.
    #[error("the time was up before the keys were settled: run it again")]
    Late,
    /// A bug.
    #[error("the function failed; its log says where")]
    Bug,
}

impl Error {
    /// Whether looking again is the answer.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Changed { .. } => true,
            Self::Refused { code, .. } => CONFLICTS.contains(&code.as_str()),
            _ => false,
        }
    }

    /// Whether what was asked for is not there.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if GONE.contains(&code.as_str()))
    }

    /// Whether something still refers to what was to be removed.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "ResourceInUse" || code == "PublicKeyInUse")
    }
}
