//! A Rust toolchain that can build `wasm32-unknown-unknown`.
//!
//! First choice: the toolchain that runs this very build, if it has the target's standard library. Second: Debian's own
//! packages, which bring the library's sources, so that cargo builds it along with the crate (`-Zbuild-std`). Debian keeps
//! only the newest version in its archive, so that one cannot be pinned: any from [`OLDEST_DEBIAN`] on is accepted, called by
//! its absolute path, and its version is recorded in what it builds.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    paths::{SEPARATOR, remapped_paths},
    run,
};

/// The target of everything that runs at the edge.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What Debian 12 calls the toolchain (its security archive has it).
pub(crate) const DEBIAN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];

/// Debian's toolchain must be at least this one (major, minor).
const OLDEST_DEBIAN: (u32, u32) = (1, 96);

const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Nobody reads a panic's message in WASM: it ends in a trap, which JavaScript sees. So the message, and the path of the
/// building machine in it, stay out. Only a standard library that is built along can be told.
const LEAN: [&str; 3] = ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none"];

/// Measured: without shared generics the compressed module is an eighth larger.
const SHARED: [&str; 1] = ["-Zshare-generics=y"];

/// What a module is for: the profiles in the workspace's `Cargo.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A function at the edge.
    Edge,
    /// A package that browsers load.
    Npm,
}

impl Profile {
    /// Its name in `Cargo.toml`, and of the folder that cargo writes to.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Edge => "wasm",
            Self::Npm => "npm",
        }
    }

    /// How a compiler that builds the standard library along is told to build.
    fn flags(self) -> impl Iterator<Item = &'static str> {
        let own: &[&str] = match self {
            Self::Edge => &SHARED,
            Self::Npm => &[],
        };
        LEAN.iter().chain(own).copied()
    }

    /// What it says of crates that are not in `Cargo.lock`, so that it cannot stand in `Cargo.toml`.
    fn of_the_standard_library(self) -> &'static [&'static str] {
        match self {
            Self::Edge => &[],
            // The multiplication of 64-bit numbers is a third of a P-256 signature's time.
            Self::Npm => &["profile.npm.package.compiler_builtins.opt-level=3"],
        }
    }
}

/// A toolchain that builds for the edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WasmToolchain {
    cargo: PathBuf,
    rustc: PathBuf,
    version: String,
    builds_std: bool,
}

impl WasmToolchain {
    /// Looks for one on this machine.
    #[must_use]
    pub fn find() -> Option<Self> {
        Self::installed_target().or_else(Self::debian)
    }

    /// The compiler's own words about itself, as `rustc --version` prints them.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// `cargo rustc` of a library into a WASM module, to be given the package and the folder of the repository.
    ///
    /// `target` is kept apart from the native builds' folder: another compiler would throw their work away.
    #[must_use]
    pub fn cargo(&self, profile: Profile, repository: &Path, target: &Path) -> Command {
        let mut flags = remapped_paths(repository, target);
        let mut command = Command::new(&self.cargo);
        command
            .current_dir(repository)
            .env("RUSTC", &self.rustc)
            .env("CARGO_TARGET_DIR", target)
            // A wrapper or flags meant for the native compiler do not fit this one.
            .env_remove("RUSTC_WRAPPER")
            .env_remove("RUSTFLAGS")
            .env_remove("RUSTUP_TOOLCHAIN")
            // `cargo run` points the loader at its own toolchain's libraries.
            .env_remove("LD_LIBRARY_PATH")
            .args(["rustc", "--locked", "--lib", "--crate-type", "cdylib"])
            .args(["--profile", profile.name(), "--target", TARGET]);
        if self.builds_std {
            // `-Z` is for nightly compilers; this variable is how distributions build their own packages with it.
            command.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
            for flag in profile.flags() {
                flags.push(SEPARATOR);
                flags.push(flag);
            }
            for setting in profile.of_the_standard_library() {
                command.args(["--config", setting]);
            }
        }
        command.env("CARGO_ENCODED_RUSTFLAGS", flags);
        command
    }

    fn installed_target() -> Option<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
        let version = run(Command::new(&rustc).arg("--version")).ok()?.trim().to_owned();
        has_standard_library(TARGET).then(|| Self {
            cargo: cargo.into(),
            rustc: rustc.into(),
            version,
            builds_std: false,
        })
    }

    fn debian() -> Option<Self> {
        let version = run(Command::new(DEBIAN_RUSTC).arg("--version")).ok()?.trim().to_owned();
        let sysroot = run(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"])).ok()?;
        let sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/std/Cargo.toml");
        let complete = is_new_enough(&version) && sources.is_file() && Path::new(DEBIAN_CARGO).is_file();
        complete.then(|| Self { cargo: DEBIAN_CARGO.into(), rustc: DEBIAN_RUSTC.into(), version, builds_std: true })
    }
}

/// Whether the compiler that builds this has the standard library of a target.
#[must_use]
pub fn has_standard_library(target: &str) -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let libraries = run(Command::new(rustc).args(["--print", "target-libdir", "--target", target]));
    let files = libraries.ok().and_then(|folder| std::fs::read_dir(folder.trim()).ok());
    files.is_some_and(|files| files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
}

/// Whether `rustc 1.96.0 (...)` is [`OLDEST_DEBIAN`] or newer.
fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.split(' ').nth(1).unwrap_or_default().split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= OLDEST_DEBIAN,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_without_its_standard_library_is_told() {
        assert!(has_standard_library("x86_64-unknown-linux-gnu") || has_standard_library("aarch64-unknown-linux-gnu"));
        assert!(!has_standard_library("no-such-target"));
    }

    #[test]
    fn debians_oldest_known_good_compiler_is_the_first_accepted() {
        assert!(is_new_enough("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"));
        assert!(is_new_enough("rustc 2.0.0"));
        for version in ["rustc 1.63.0 (4b91a6ea7 2022-08-08)", "rustc 1.95.1", "rustc", "", "rustc x.y"] {
            assert!(!is_new_enough(version), "{version}");
        }
    }
}
