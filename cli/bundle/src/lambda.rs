//! The regional Lambdas: a zip with one program called `bootstrap`.

use std::{fs, path::Path, process::Command};

use vitae_setup::run;

use crate::{
    Artifact, BundleError,
    zip::{self, Effort, Entry},
};

/// The profile of what is deployed, in the root's `Cargo.toml`; its folder has the same name.
const PROFILE: &str = "lambda";

/// A regional Lambda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lambda {
    /// Counts visits.
    Counter,
    /// Owns the signing keys.
    Keys,
}

impl Lambda {
    /// Its name: of the binary, of the artifact, of the function.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Keys => "keys",
        }
    }
}

/// Builds a regional Lambda for this machine, as the local cloud runs it.
///
/// # Errors
/// Those of the compiler and of the file system, as [`BundleError`] names them.
pub fn lambda(repository: &Path, lambda: Lambda, out: &Path) -> Result<Artifact, BundleError> {
    let target = crate::target(repository);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // The whole workspace, as `cargo vitae` builds it: a selection of its own would build the AWS SDKs once more.
    let selection = ["build", "--locked", "--workspace", "--bins"];
    run(Command::new(cargo).current_dir(repository).env("CARGO_TARGET_DIR", &target).args(selection))?;
    let program = target.join("debug").join(lambda.name());
    if is_newer(out, &program) {
        return Artifact::read(lambda.name(), out);
    }
    let bytes = fs::read(&program).map_err(BundleError::io(&program))?;
    zip::write(out, Effort::Fast, &[Entry { name: "bootstrap", bytes: &bytes, executable: true }])?;
    Artifact::read(lambda.name(), out)
}

/// Builds a regional Lambda as it is deployed: by the profile `lambda`, which takes minutes and makes it small.
///
/// It is linked against this machine's glibc, so it runs where that is no newer than Amazon Linux's.
///
/// # Errors
/// As [`lambda`].
pub fn small_lambda(repository: &Path, lambda: Lambda, out: &Path) -> Result<Artifact, BundleError> {
    let target = crate::target(repository);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let package = format!("vitae-origin-{}", lambda.name());
    let selection = ["build", "--locked", "--profile", PROFILE, "--bin", lambda.name(), "--package", &package];
    run(Command::new(cargo).current_dir(repository).env("CARGO_TARGET_DIR", &target).args(selection))?;
    let program = target.join(PROFILE).join(lambda.name());
    let bytes = fs::read(&program).map_err(BundleError::io(&program))?;
    zip::write(out, Effort::Small, &[Entry { name: "bootstrap", bytes: &bytes, executable: true }])?;
    Artifact::read(lambda.name(), out)
}

/// Whether `zip` was written after `program`.
fn is_newer(zip: &Path, program: &Path) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified());
    matches!((time(zip), time(program)), (Ok(zip), Ok(program)) if zip > program)
}
