//! cargo-zigbuild, which links a program for a chosen version of glibc.
//!
//! Lambda's glibc is older than that of most build machines, and a program that was linked with a newer one may not start there.
//! Zig brings the symbols of every version, a C compiler and a linker for each processor, so any machine builds for any other.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{SetupError, cache, python::Requirements};

/// The pins of cargo-zigbuild and Zig.
pub(crate) fn requirements(cache: &Path, pins: &Path) -> Result<Requirements, SetupError> {
    Requirements::read(cache, "zigbuild", pins)
}

/// An installed cargo-zigbuild with its Zig.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zigbuild {
    program: PathBuf,
    zig: PathBuf,
    caches: PathBuf,
}

impl Zigbuild {
    /// Finds the version that `repository` pins. `None` if it is not installed.
    ///
    /// # Errors
    /// If there is no cache folder, or the pins cannot be read.
    pub fn find(repository: &Path) -> Result<Option<Self>, SetupError> {
        let requirements = requirements(&cache::folder()?, &repository.join("cli/setup/pins"))?;
        if !requirements.is_installed() {
            return Ok(None);
        }
        Ok(Some(Self {
            program: requirements.folder().join("bin/cargo-zigbuild"),
            zig: requirements.modules()?.join("ziglang/zig"),
            caches: requirements.folder().join("cache"),
        }))
    }

    /// A `cargo zigbuild` command, which takes the arguments of `cargo build`. Its `--target` may end with a glibc version:
    /// `x86_64-unknown-linux-gnu.2.34`.
    #[must_use]
    pub fn cargo(&self, repository: &Path, target: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(repository)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_ZIGBUILD_ZIG_PATH", &self.zig)
            // Cargo's fingerprints contain the path of the linker's wrapper, which must not change between builds.
            .env("CARGO_ZIGBUILD_CACHE_DIR", self.caches.join("zigbuild"))
            .env("ZIG_GLOBAL_CACHE_DIR", self.caches.join("zig"))
            .arg("zigbuild");
        command
    }
}
