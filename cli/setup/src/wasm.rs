//! A Rust toolchain that can build `wasm32-unknown-unknown`.
//!
//! The first choice is the toolchain of this build, if it has the target's standard library. The second is Debian's
//! packages, which include the library's sources, so that cargo builds it with the crate (`-Zbuild-std`). Debian's
//! archive has only the newest version, so it cannot be pinned: any version from [`OLDEST_DEBIAN`] on is accepted, and it
//! is called by its absolute path.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    paths::{SEPARATOR, remapped_paths},
    run,
};

/// The target of all WASM.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The packages of the toolchain in Debian 12, from its security archive.
pub(crate) const DEBIAN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];

/// The oldest accepted version of Debian's toolchain (major, minor).
const OLDEST_DEBIAN: (u32, u32) = (1, 96);

const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// A panic in WASM is a trap in JavaScript, and its message is lost. These flags remove the messages, and the paths of
/// the build machine in them. They need a standard library that is built with the crate.
const LEAN: [&str; 3] = ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none"];

/// Measured: without shared generics the compressed module is an eighth larger.
const SHARED: [&str; 1] = ["-Zshare-generics=y"];

/// The cargo profile of a module. The profiles are in the workspace's `Cargo.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A deployed edge function: optimized, with LTO.
    Edge,
    /// An edge function in the edit loop: incremental, without LTO.
    EdgeDev,
    /// A package that browsers load.
    Npm,
}

impl Profile {
    /// The profile's name in `Cargo.toml`, which is also the name of cargo's output folder.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Edge => "wasm",
            Self::EdgeDev => "wasm-dev",
            Self::Npm => "npm",
        }
    }

    /// The flags of a compiler that also builds the standard library.
    fn flags(self) -> impl Iterator<Item = &'static str> {
        let own: &[&str] = match self {
            Self::Edge | Self::EdgeDev => &SHARED,
            Self::Npm => &[],
        };
        LEAN.iter().chain(own).copied()
    }

    /// Settings for crates of the standard library. They are not in `Cargo.lock`, so `Cargo.toml` cannot name them.
    fn standard_library_settings(self) -> &'static [&'static str] {
        match self {
            Self::Edge | Self::EdgeDev => &[],
            // The multiplication of 64-bit numbers is a third of a P-256 signature's time.
            Self::Npm => &["profile.npm.package.compiler_builtins.opt-level=3"],
        }
    }
}

/// A toolchain that builds WASM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WasmToolchain {
    cargo: PathBuf,
    rustc: PathBuf,
    version: String,
    builds_std: bool,
}

impl WasmToolchain {
    /// Finds one on this machine.
    #[must_use]
    pub fn find() -> Option<Self> {
        Self::installed_target().or_else(Self::debian)
    }

    /// The output of `rustc --version`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// A `cargo rustc` command that compiles a library to a WASM module. The caller adds the package.
    ///
    /// `target` must not be the native builds' folder: another compiler would invalidate its contents.
    #[must_use]
    pub fn cargo(&self, profile: Profile, repository: &Path, target: &Path) -> Command {
        let mut flags = remapped_paths(repository, target);
        let mut command = Command::new(&self.cargo);
        command
            .current_dir(repository)
            .env("RUSTC", &self.rustc)
            .env("CARGO_TARGET_DIR", target)
            // Wrappers and flags of the native compiler do not apply here.
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
            for setting in profile.standard_library_settings() {
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

/// Whether the native compiler has the standard library of a target.
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
    fn a_target_without_its_standard_library_is_recognized() {
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
