//! cfn-guard, which holds the templates against rules of the project's own.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{SetupError, cache, run};

/// Built from its sources: no registry has it built.
const VERSION: &str = "3.2.1";

/// Where it is, or will be.
pub(crate) fn folder(cache: &Path) -> PathBuf {
    cache::tool_folder(cache, "cfn-guard", &[VERSION])
}

/// Builds it and gives the program's path.
pub(crate) fn install(cache: &Path) -> Result<PathBuf, SetupError> {
    let folder = folder(cache);
    cache::complete(&folder, |folder| {
        run(Command::new("cargo")
            // Templates are small: what is saved is the time of the build, by half.
            .args(["install", "--quiet", "--locked", "--debug", "--version", VERSION, "cfn-guard", "--root"])
            .arg(folder)
            .env("CARGO_PROFILE_DEV_DEBUG", "0"))
        .map(drop)
    })?;
    Ok(folder.join("bin/cfn-guard"))
}
