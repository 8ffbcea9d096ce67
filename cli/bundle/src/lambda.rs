//! The regional Lambdas: a zip with one program called `bootstrap`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

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
    pack_if_newer(lambda, &build_for_this_machine(repository)?, out)
}

/// Builds both, which takes one build, into `<name>.zip` of the folder `out`: the counter and the keys.
///
/// # Errors
/// As [`lambda`].
pub fn lambdas(repository: &Path, out: &Path) -> Result<[Artifact; 2], BundleError> {
    let programs = build_for_this_machine(repository)?;
    let one = |lambda: Lambda| pack_if_newer(lambda, &programs, &out.join(lambda.name()).with_extension("zip"));
    Ok([one(Lambda::Counter)?, one(Lambda::Keys)?])
}

/// Builds a regional Lambda as it is deployed: by the profile `lambda`, which takes minutes and makes it small.
///
/// It is linked against this machine's glibc, so it runs where that is no newer than Amazon Linux's.
///
/// # Errors
/// As [`lambda`].
pub fn small_lambda(repository: &Path, lambda: Lambda, out: &Path) -> Result<Artifact, BundleError> {
    let package = format!("vitae-origin-{}", lambda.name());
    let selection = ["--profile", PROFILE, "--bin", lambda.name(), "--package", &package];
    let program = cargo_build(repository, &selection)?.join(PROFILE).join(lambda.name());
    pack(lambda, &program, Effort::Small, out)
}

/// Builds the whole workspace, as `cargo vitae` does: a selection of its own would build the AWS SDKs once more. Gives the folder
/// of its programs.
fn build_for_this_machine(repository: &Path) -> Result<PathBuf, BundleError> {
    cargo_build(repository, &["--workspace", "--bins"]).map(|target| target.join("debug"))
}

/// Builds what is selected and gives cargo's folder for it.
fn cargo_build(repository: &Path, selection: &[&str]) -> Result<PathBuf, BundleError> {
    let target = crate::target(repository);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.current_dir(repository).env("CARGO_TARGET_DIR", &target).args(["build", "--locked"]).args(selection);
    run(&mut build)?;
    Ok(target)
}

/// A zip that is newer than its program is taken as it is.
fn pack_if_newer(lambda: Lambda, programs: &Path, out: &Path) -> Result<Artifact, BundleError> {
    let program = programs.join(lambda.name());
    if is_newer(out, &program) { Artifact::read(lambda.name(), out) } else { pack(lambda, &program, Effort::Fast, out) }
}

fn pack(lambda: Lambda, program: &Path, effort: Effort, out: &Path) -> Result<Artifact, BundleError> {
    let bytes = fs::read(program).map_err(BundleError::io(program))?;
    zip::write(out, effort, &[Entry { name: "bootstrap", bytes: &bytes, executable: true }])?;
    Artifact::read(lambda.name(), out)
}

/// Whether `zip` was written after `program`.
fn is_newer(zip: &Path, program: &Path) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified());
    matches!((time(zip), time(program)), (Ok(zip), Ok(program)) if zip > program)
}
