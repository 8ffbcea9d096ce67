use std::{io, path::PathBuf};

/// An error of installing tools.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// No variable names a folder to install to.
    #[error(
        "neither VITAE_CACHE, XDG_CACHE_HOME nor HOME is set: set VITAE_CACHE to a folder with room for about 2 GB"
    )]
    NoCacheFolder,

    /// A program that this command cannot install is missing.
    #[error("`{program}` is not installed: {advice}")]
    Missing {
        /// The program's name, as it would be typed.
        program: String,
        /// How to install it.
        advice: &'static str,
    },

    /// System packages are missing, and this user may not install them.
    #[error("these Debian packages are missing and installing them needs root: run `apt-get install -y {}` as root, then try again", packages.join(" "))]
    NeedsRoot {
        /// The packages' names.
        packages: Vec<String>,
    },

    /// There is no WASM toolchain and no known way to install one.
    #[error(
        "no installed Rust toolchain can build wasm32-unknown-unknown: run `rustup target add wasm32-unknown-unknown`, or on Debian 12 install {}",
        crate::wasm::DEBIAN_PACKAGES.join(" ")
    )]
    NoWasmToolchain,

    /// A program failed.
    #[error("`{command}` failed ({status}):\n{tail}")]
    Failed {
        /// The command line.
        command: String,
        /// The exit status.
        status: String,
        /// The last lines of its output.
        tail: String,
    },

    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl SetupError {
    /// Replaces the advice of [`SetupError::Missing`].
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
