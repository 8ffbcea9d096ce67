//! The test runner: each test in a process of its own, and the slow ones named.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{SetupError, cache, run};

/// Built from its sources where the machine has none.
const VERSION: &str = "0.9.143";

/// Whether the machine brings a runner of its own, of whatever version.
pub(crate) fn is_the_machines_own() -> bool {
    run(Command::new("cargo").args(["nextest", "--version"])).is_ok()
}

/// Where ours is, or will be.
pub(crate) fn folder(cache: &Path) -> PathBuf {
    cache::tool_folder(cache, "nextest", &[VERSION])
}

/// Builds ours and gives the folder to put first in `PATH`.
pub(crate) fn install(cache: &Path) -> Result<PathBuf, SetupError> {
    let folder = folder(cache);
    cache::complete(&folder, |folder| {
        run(Command::new("cargo")
            .args(["install", "--quiet", "--locked", "--version", VERSION, "cargo-nextest", "--root"])
            .arg(folder))
        .map(drop)
    })?;
    Ok(folder.join("bin"))
}
