//! The regional Lambdas: a zip with one program called `bootstrap`.

use std::{fs, io::ErrorKind, path::Path, process::Command};

use vitae_setup::{Zigbuild, has_standard_library, remapped_paths, run};

use crate::{
    Architecture, Artifact, BundleError, glibc,
    zip::{self, Effort, Entry},
};

/// The cargo profile of deployed Lambdas, which is also the name of cargo's output folder.
const PROFILE: &str = "lambda";

/// A program of regional Lambdas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lambda {
    /// Counts visits.
    Counter,
    /// Every other regional function: the `Handler` setting selects one.
    Regional,
}

impl Lambda {
    /// The name of its binary and of its artifact.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Regional => "regional",
        }
    }
}

/// Builds the regional Lambdas for this machine, where the local cloud runs them, and writes `<name>.zip` to the
/// folder `out`. It builds the whole workspace, as `cargo vitae` does: another selection of packages would build the AWS SDKs
/// again.
///
/// Each program is packed once, and every `out` has a hard link to the same zip: each test program has a folder of artifacts.
///
/// # Errors
/// If the compiler or the file system fails; see [`BundleError`].
pub fn lambdas(repository: &Path, out: &Path) -> Result<[Artifact; 2], BundleError> {
    let target = crate::target(repository);
    run(cargo(repository, &target).args(["--workspace", "--bins"]))?;
    let one = |lambda: Lambda| {
        let program = target.join("debug").join(lambda.name());
        let zip = target.join("vitae/lambdas").join(lambda.name()).with_extension("zip");
        let out = out.join(lambda.name()).with_extension("zip");
        // A zip that is newer than its program is up to date.
        if !is_newer(&zip, &program) {
            pack(lambda, &program, Effort::Fast, &zip)?;
        }
        link(&zip, &out)?;
        Artifact::read(lambda.name(), &out)
    };
    Ok([one(Lambda::Counter)?, one(Lambda::Regional)?])
}

/// Builds a regional Lambda for deployment: with the profile `lambda`, which takes minutes and makes it small, and linked for
/// Lambda's glibc, whatever version this machine has.
///
/// It is built alone and not with the workspace: cargo unifies the features of the packages that it builds together, and the
/// program would contain features that only others need. It contains no path of this machine, so that the same sources make
/// the same bytes in any folder.
///
/// # Errors
/// If the compiler or the file system fails, and [`BundleError::Glibc`] for a program that would not start in Lambda.
pub fn lambda(
    repository: &Path,
    lambda: Lambda,
    architecture: Architecture,
    out: &Path,
) -> Result<Artifact, BundleError> {
    let target = crate::target(repository);
    if !has_standard_library(architecture.target()) {
        return Err(BundleError::NoTarget { target: architecture.target() });
    }
    let package = format!("vitae-{}", lambda.name());
    let zigbuild = Zigbuild::find(repository)?.ok_or(BundleError::NoZigbuild)?;
    let mut build = zigbuild.cargo(repository, &target);
    build.args(["--locked", "--profile", PROFILE, "--bin", lambda.name(), "--package", &package]);
    let (major, minor) = glibc::AL2023;
    // With an explicit target, the flags do not apply to build scripts and macros.
    build.args(["--target", &format!("{}.{major}.{minor}", architecture.target())]);
    build.env("CARGO_ENCODED_RUSTFLAGS", remapped_paths(repository, &target));
    run(&mut build)?;
    let program = target.join(architecture.target()).join(PROFILE).join(lambda.name());
    must_start(&program)?;
    pack(lambda, &program, Effort::Small, out)
}

fn cargo(repository: &Path, target: &Path) -> Command {
    let mut cargo = vitae_setup::cargo();
    cargo.current_dir(repository).env("CARGO_TARGET_DIR", target).args(["build", "--locked"]);
    cargo
}

/// Rejects a program that needs a newer glibc than Lambda has.
fn must_start(program: &Path) -> Result<(), BundleError> {
    let bytes = fs::read(program).map_err(BundleError::io(program))?;
    let not_elf = |reason| BundleError::NotAProgram { program: program.to_owned(), reason };
    match glibc::newest_needed(&bytes).map_err(not_elf)? {
        Some(needed) if needed > glibc::AL2023 => Err(BundleError::Glibc { program: program.to_owned(), needed }),
        _ => Ok(()),
    }
}

fn pack(lambda: Lambda, program: &Path, effort: Effort, out: &Path) -> Result<Artifact, BundleError> {
    let bytes = fs::read(program).map_err(BundleError::io(program))?;
    zip::write(out, effort, &[Entry { name: "bootstrap", bytes: &bytes, executable: true }])?;
    Artifact::read(lambda.name(), out)
}

/// Makes `to` a hard link of `from`, or a copy if the file system has no links.
fn link(from: &Path, to: &Path) -> Result<(), BundleError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(BundleError::io(folder))?;
    }
    match fs::remove_file(to) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(BundleError::io(to)(error)),
        _ => {}
    }
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop)).map_err(BundleError::io(to))
}

fn is_newer(zip: &Path, program: &Path) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified());
    matches!((time(zip), time(program)), (Ok(zip), Ok(program)) if zip > program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linked_zip_is_replaced_and_its_other_links_keep_their_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let (zip, one, two) =
            (folder.path().join("a.zip"), folder.path().join("1/a.zip"), folder.path().join("2/a.zip"));
        let pack = |bytes| zip::write(&zip, Effort::Fast, &[Entry { name: "bootstrap", bytes, executable: true }]);
        pack(b"old").unwrap();
        link(&zip, &one).unwrap();
        link(&zip, &two).unwrap();
        let old = fs::read(&one).unwrap();
        pack(b"new").unwrap();
        link(&zip, &two).unwrap();
        assert_eq!(fs::read(&one).unwrap(), old);
        assert_eq!(fs::read(&two).unwrap(), fs::read(&zip).unwrap());
        assert_ne!(fs::read(&two).unwrap(), old);
    }
}
