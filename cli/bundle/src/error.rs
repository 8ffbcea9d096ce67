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

    /// The compiler has no standard library for the processor that is asked for.
    #[error(
        "the Rust toolchain here has no standard library for {target}: `rustup target add {target}`, and install a linker for it"
    )]
    NoTarget {
        /// The processor and its system, in Rust's words.
        target: &'static str,
    },

    /// The program would not start in Lambda.
    #[error(
        "{} needs glibc {}.{}, and Lambda's provided.al2023 has {}.{}: build it where glibc is no newer",
        program.display(), needed.0, needed.1, crate::glibc::AL2023.0, crate::glibc::AL2023.1
    )]
    Glibc {
        /// The program.
        program: PathBuf,
        /// The glibc that it needs, major and minor.
        needed: (u32, u32),
    },

    /// What was built is no program for Linux.
    #[error("{} is no 64-bit ELF program: {reason}", program.display())]
    NotAProgram {
        /// The file.
        program: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

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
