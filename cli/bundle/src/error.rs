use std::{io, path::PathBuf};

/// An error of building an artifact.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// No installed toolchain builds WASM.
    #[error("no installed Rust toolchain can build WASM: run `cargo vitae setup`")]
    NoWasmToolchain,

    /// The linker of the Lambda packages is not installed.
    #[error("cargo-zigbuild is not installed: run `cargo vitae setup --for build`")]
    NoZigbuild,

    /// The compiler or another program failed. The message quotes its output.
    #[error(transparent)]
    Command(#[from] vitae_setup::SetupError),

    /// The compiler has no standard library for the requested processor.
    #[error("the Rust toolchain has no standard library for {target}: run `rustup target add {target}`")]
    NoTarget {
        /// The Rust target.
        target: &'static str,
    },

    /// The program would not start in Lambda.
    #[error(
        "{} needs glibc {}.{}, but Lambda's provided.al2023 has {}.{}: link it for that version with cargo-zigbuild",
        program.display(), needed.0, needed.1, crate::glibc::AL2023.0, crate::glibc::AL2023.1
    )]
    Glibc {
        /// The program.
        program: PathBuf,
        /// The glibc version that it needs, major and minor.
        needed: (u32, u32),
    },

    /// The built file is not a Linux program.
    #[error("{} is not a 64-bit ELF program: {reason}", program.display())]
    NotAProgram {
        /// The file.
        program: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// wasm-bindgen rejected the compiled module.
    #[error("wasm-bindgen rejected {}: {reason}", module.display())]
    Glue {
        /// The compiled module.
        module: PathBuf,
        /// wasm-bindgen's message.
        reason: String,
    },

    /// The edge function's zip is for another stack.
    #[error("{} reads parameters below {found}: build it again with `--prefix {expected}`", path.display())]
    Prefix {
        /// The zip.
        path: PathBuf,
        /// The prefix in the zip.
        found: String,
        /// The prefix of the stack.
        expected: String,
    },

    /// A zip could not be written or read.
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
        /// The system's error.
        source: io::Error,
    },
}

impl BundleError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Io { path: path.into(), source }
    }
}
