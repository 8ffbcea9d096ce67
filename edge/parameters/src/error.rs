//! Why a parameter is refused.

use crate::{LIFETIME_S, SHARDS};

/// Why a parameter's value is refused. The message quotes the value, for whoever is writing it; nothing here ever holds
/// a private key. What reads parameters unattended logs [`Error::code`] instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not `/vitae/<stack>/`.
    #[error(
        "{value:?} is no parameter prefix: write /vitae/<stack>/, the stack's name being a letter, then letters, digits \
         and hyphens, at most 128 characters"
    )]
    Prefix {
        /// What was given.
        value: String,
    },
    /// Not JSON of the shape asked for.
    #[error("the value is not the JSON it should be: {reason}")]
    Json {
        /// Where and why, in the parser's words.
        reason: String,
    },
    /// `names` is empty.
    #[error("names is empty: list at least the distribution's own cloudfront.net name")]
    NoNames,
    /// A name that is no public host name.
    #[error(
        "{value:?} in names is no host name: write it as browsers send it, in lower case, without scheme, port or final dot"
    )]
    Name {
        /// The name.
        value: String,
    },
    /// A CV path outside `/cv/` or with more than one spelling.
    #[error(
        "{value:?} is no path for the CV: it must lie below /cv/, percent-encoded in capitals where needed, without empty \
         or dotted segments, wildcards or query"
    )]
    CvPath {
        /// The path.
        value: String,
    },
    /// A lifetime outside its bounds.
    #[error("lifetime_s is {value}: it must be {} to {} seconds", LIFETIME_S.start(), LIFETIME_S.end())]
    Lifetime {
        /// Seconds.
        value: u32,
    },
    /// A window outside its bounds.
    #[error("window_s is {value}: it must be 1 second to lifetime_s, which is {lifetime_s}")]
    Window {
        /// Seconds.
        value: u32,
        /// The lifetime it may not pass, in seconds.
        lifetime_s: u32,
    },
    /// A number of shards outside its bounds.
    #[error("shards is {value}: it must be {} to {}", SHARDS.start(), SHARDS.end())]
    Shards {
        /// The number.
        value: u32,
    },
    /// Not an origin in the form that browsers send.
    #[error(
        "{value:?} is no origin: write scheme, host and port as browsers send them, such as https://example.com or \
         http://localhost:8787, without a path, a final slash or the scheme's own port"
    )]
    Origin {
        /// What was given.
        value: String,
    },
    /// `http` outside loopback.
    #[error("{value:?} is http: only a loopback origin, such as http://localhost:8787, may be")]
    OriginNotHttps {
        /// The origin.
        value: String,
    },
    /// A loopback origin in production.
    #[error("{value:?} is a loopback origin: it may stand in origins/dev, not in origins/prod")]
    OriginLoopback {
        /// The origin.
        value: String,
    },
    /// The signer's parameter is not JSON of its shape. No part of it is quoted.
    #[error(
        "the signer's value is not the JSON it should be: {reason}; write exactly key_pair_id, algorithm, hash and \
         private_key, each a string"
    )]
    SignerJson {
        /// What is wrong, without a word of the value.
        reason: &'static str,
    },
    /// The signer refuses a field. No part of the private key is quoted.
    #[error("the signer's value is refused: {reason}")]
    Signer {
        /// In the signer's words.
        reason: String,
    },
    /// The key is of another algorithm than the value says.
    #[error("algorithm is {stated} and the private key is {found}: write the key's own algorithm")]
    AlgorithmMismatch {
        /// What the value says.
        stated: String,
        /// What the key is.
        found: String,
    },
}

impl Error {
    /// A word for logs and alarms that says which rule was broken and nothing of the value.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Prefix { .. } => "prefix",
            Self::Json { .. } | Self::SignerJson { .. } => "json",
            Self::NoNames | Self::Name { .. } => "names",
            Self::CvPath { .. } => "cv_path",
            Self::Lifetime { .. } => "lifetime_s",
            Self::Window { .. } => "window_s",
            Self::Shards { .. } => "shards",
            Self::Origin { .. } => "origin",
            Self::OriginNotHttps { .. } => "origin_not_https",
            Self::OriginLoopback { .. } => "origin_loopback",
            Self::Signer { .. } => "signer",
            Self::AlgorithmMismatch { .. } => "algorithm_mismatch",
        }
    }
}
