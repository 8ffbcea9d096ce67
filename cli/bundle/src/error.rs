use std::{io, path::PathBuf};

/// Why an artifact could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The machine was not set up.
    #[error("no Rust toolchain here can build WASM: run `cargo vitae setup`")]
    NoWasmToolchain,

    /// The compiler refused, or another program failed. What it wrote is quoted.
    #[error(transparent)]
    Command(#[from] vitae_setup::SetupError),

    /// wasm-bindgen did not take the compiled module.
    #[error("wasm-bindgen refused {}: {reason}", module.display())]
    Glue {
        /// The compiled module.
        module: PathBuf,
        /// What wasm-bindgen said.
        reason: String,
    },

    /// A zip could not be written.
    #[error("{}: {reason}", path.display())]
    Zip {
        /// The zip.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },

    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl BundleError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Io { path: path.into(), source }
    }
}
