//! The test runner, which runs each test in its own process and reports slow ones.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{SetupError, cache, run};

/// The version that is built from source if the machine has none.
const VERSION: &str = "0.9.143";

/// Whether the machine has a runner, of any version.
pub(crate) fn is_on_this_machine() -> bool {
    run(Command::new("cargo").args(["nextest", "--version"])).is_ok()
}

/// The folder of our build.
pub(crate) fn folder(cache: &Path) -> PathBuf {
    cache::tool_folder(cache, "nextest", &[VERSION])
}

/// Builds it and returns the folder to put first in `PATH`.
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
