//! Errors of parameter values.

use crate::{LIFETIME_S, OWNER_CHARS, SHARDS};

/// Why a parameter's value is rejected. The message quotes the value for the person who writes it, but never a private
/// key. Functions that read parameters log [`Error::code`] instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not `/vitae/<stack>/`.
    #[error(
        "{value:?} is not a parameter prefix: use /vitae/<stack>/; a stack name is a letter, then letters, digits and \
         hyphens, at most 128 characters"
    )]
    Prefix {
        /// The rejected value.
        value: String,
    },
    /// Not JSON of the expected shape.
    #[error("invalid JSON: {reason}")]
    Json {
        /// The parser's message.
        reason: String,
    },
    /// `names` is empty.
    #[error("names is empty: list at least the distribution's own cloudfront.net name")]
    NoNames,
    /// A name that is not a public host name.
    #[error(
        "{value:?} in names is not a host name: use lower case, without scheme, port or trailing dot, as a browser sends it"
    )]
    Name {
        /// The name.
        value: String,
    },
    /// A CV path outside `/cv/`, or one that has another spelling.
    #[error(
        "{value:?} is not a valid CV path: use a path below /cv/, percent-encoded in upper case where needed, without empty \
         or dot segments, wildcards or query"
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
        /// The lifetime, its upper bound, in seconds.
        lifetime_s: u32,
    },
    /// A shard count outside its bounds.
    #[error("shards is {value}: it must be {} to {}", SHARDS.start(), SHARDS.end())]
    Shards {
        /// The count.
        value: u32,
    },
    /// The owner's name is too long or has a character that a mail header or a page would have to escape.
    #[error(
        "owner is {value:?}: use at most {OWNER_CHARS} characters, without quotes, backslashes, angle brackets and line breaks"
    )]
    Owner {
        /// The name.
        value: String,
    },
    /// Not an origin in the form that browsers send.
    #[error(
        "{value:?} is not an origin: use scheme, host and port as a browser sends them, such as https://example.com or \
         http://localhost:8787, without path, trailing slash or default port"
    )]
    Origin {
        /// The rejected value.
        value: String,
    },
    /// `http` outside loopback.
    #[error("{value:?} uses http: only a loopback origin may, such as http://localhost:8787")]
    OriginNotHttps {
        /// The origin.
        value: String,
    },
    /// A loopback origin in production.
    #[error("{value:?} is a loopback origin: set it in origins/dev, not in origins/prod")]
    OriginLoopback {
        /// The origin.
        value: String,
    },
    /// The signer's value is not JSON of the expected shape. No part of it is quoted.
    #[error("invalid signer JSON: {reason}; use exactly key_pair_id, algorithm, hash and private_key, each a string")]
    SignerJson {
        /// What is wrong, without any part of the value.
        reason: &'static str,
    },
    /// The signer rejects a field. No part of the private key is quoted.
    #[error("invalid signer: {reason}")]
    Signer {
        /// The signer's message.
        reason: String,
    },
    /// The stated algorithm is not the key's.
    #[error("algorithm is {stated}, but the private key is {found}: set algorithm to {found}")]
    AlgorithmMismatch {
        /// The algorithm in the value.
        stated: String,
        /// The key's algorithm.
        found: String,
    },
}

impl Error {
    /// A stable code for logs that names the violated rule and contains nothing of the value.
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
            Self::Owner { .. } => "owner",
            Self::Origin { .. } => "origin",
            Self::OriginNotHttps { .. } => "origin_not_https",
            Self::OriginLoopback { .. } => "origin_loopback",
            Self::Signer { .. } => "signer",
            Self::AlgorithmMismatch { .. } => "algorithm_mismatch",
        }
    }
}
