//! Why a distribution cannot be served.

use std::{io, path::PathBuf};

use vitae_local::SnapshotError;

/// Why the options of the command `edge` do not lead to a distribution.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// None or several of the sources are given.
    #[error("pass one of --template FILE, --distribution FILE and --endpoint-url URL")]
    NoSource,
    /// An option has the wrong form.
    #[error("--{option} {value:?}: {cause}")]
    Option {
        /// The option, without its dashes.
        option: &'static str,
        /// The value.
        value: String,
        /// What is wrong, and what to write.
        cause: String,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {cause}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// A template or the output of the AWS CLI is not a distribution that can be served.
    #[error("{}: {cause}", file.display())]
    Snapshot {
        /// The file.
        file: PathBuf,
        /// Why.
        cause: SnapshotError,
    },
    /// A variable with a credential is missing.
    #[error(
        "{0} is not set; with --endpoint-url the credentials are those of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )]
    NoCredential(&'static str),
}

impl SourceError {
    /// Whether the command line is wrong, rather than a file.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::NoSource | Self::Option { .. })
    }
}
