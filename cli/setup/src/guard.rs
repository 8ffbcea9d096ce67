//! cfn-guard, which checks the templates against the project's rules.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{SetupError, cache, run};

/// It is built from source, because no registry has a binary.
const VERSION: &str = "3.2.1";

/// Its folder.
pub(crate) fn folder(cache: &Path) -> PathBuf {
    cache::tool_folder(cache, "cfn-guard", &[VERSION])
}

/// Builds it and returns the program's path.
pub(crate) fn install(cache: &Path) -> Result<PathBuf, SetupError> {
    let folder = folder(cache);
    cache::complete(&folder, |folder| {
        run(Command::new("cargo")
            // Templates are small, so a debug build is fast enough, and it takes half the time.
            .args(["install", "--quiet", "--locked", "--debug", "--version", VERSION, "cfn-guard", "--root"])
            .arg(folder)
            .env("CARGO_PROFILE_DEV_DEBUG", "0"))
        .map(drop)
    })?;
    Ok(folder.join("bin/cfn-guard"))
}
