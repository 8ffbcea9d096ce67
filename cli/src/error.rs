use std::io;

use vitae_setup::SetupError;

/// An error of a command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Installing the tools failed.
    #[error("set-up: {0}")]
    SetUp(#[from] SetupError),

    /// Cargo could not build the program that serves a command. Its output is on the terminal.
    #[error("could not build `{package}`; see the compiler output above")]
    Build { package: &'static str },

    /// A program could not be started.
    #[error("could not start `{program}`: {source}")]
    Start { program: String, source: io::Error },
}
