use std::{io, path::PathBuf};

/// Why a machine could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The user has no home: nowhere to install to.
    #[error(
        "neither VITAE_CACHE, XDG_CACHE_HOME nor HOME is set: set VITAE_CACHE to a folder that may hold about 1 GB"
    )]
    NoCacheFolder,

    /// A program that the machine must bring along is not there.
    #[error("`{program}` is not on this machine: {advice}")]
    Missing {
        /// The program's name, as it would be typed.
        program: String,
        /// What to do about it.
        advice: &'static str,
    },

    /// Packages of the system are missing, and this user may not install them.
    #[error("these Debian packages are missing and installing them needs root: run `apt-get install -y {}` as root, then try again", packages.join(" "))]
    NeedsRoot {
        /// The packages' names.
        packages: Vec<String>,
    },

    /// No WASM toolchain, and no known way to one.
    #[error(
        "no Rust toolchain here can build wasm32-unknown-unknown: run `rustup target add wasm32-unknown-unknown`, or on Debian 12 install {}",
        crate::wasm::DEBIAN_PACKAGES.join(" ")
    )]
    NoWasmToolchain,

    /// A program ended with an error.
    #[error("`{command}` failed ({status}):\n{tail}")]
    Failed {
        /// What was run.
        command: String,
        /// How it ended.
        status: String,
        /// The last lines that it wrote.
        tail: String,
    },

    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl SetupError {
    /// Says what to do about a program that is not there.
    pub(crate) fn advise(self, advice: &'static str) -> Self {
        match self {
            Self::Missing { program, .. } => Self::Missing { program, advice },
            other => other,
        }
    }
}

/// Adds the path to an I/O error.
pub(crate) trait At<T> {
    fn at(self, path: impl Into<PathBuf>) -> Result<T, SetupError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: impl Into<PathBuf>) -> Result<T, SetupError> {
        self.map_err(|source| SetupError::Io { path: path.into(), source })
    }
}
