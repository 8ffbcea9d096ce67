use std::io;

use vitae_setup::SetupError;

/// Why a command of this binary failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The machine could not be set up.
    #[error("set-up: {0}")]
    SetUp(#[from] SetupError),

    /// Cargo could not build the part that a command lives in; it said why.
    #[error("`{package}` does not build; the compiler's words are above")]
    Build { package: &'static str },

    /// A program could not be started at all.
    #[error("`{program}` cannot be started: {source}")]
    Start { program: String, source: io::Error },
}
