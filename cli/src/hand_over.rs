//! Building the part of Vitae that a command lives in, and becoming it.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use vitae_setup::{Machine, Progress};

use crate::error::Failure;

/// The repository's root, as this build knows it.
pub(crate) fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The cargo that runs us, or the one in the path.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Cargo's folder for what it builds.
pub(crate) fn target(repository: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.join("target"), |set| repository.join(set))
}

/// What is built, whichever part is wanted. Another selection would unify the features of the dependencies in another way,
/// and build the AWS SDKs once more.
pub(crate) const SELECTION: [&str; 2] = ["--workspace", "--bins"];

/// Builds `package` and replaces this process by its program, so that signals reach it and nothing else.
pub(crate) fn to(
    package: &'static str,
    words: &[&str],
    arguments: &[String],
    repository: &Path,
    machine: &Machine,
    progress: &Progress,
) -> Result<ExitCode, Failure> {
    // Only a first build is worth a line, and cargo's own lines say more than a spinner would.
    let program = target(repository).join("debug").join(package);
    let step = (!program.exists()).then(|| progress.step(format!("Build {package}, the first time")));
    let mut build = cargo();
    build.current_dir(repository).args(["build", "--locked"]).args(SELECTION);
    if program.exists() {
        build.arg("--quiet");
    }
    let status = build.status().map_err(|source| Failure::Start { program: "cargo build".into(), source })?;
    if !status.success() {
        return Err(Failure::Build { package });
    }
    if let Some(step) = step {
        step.done("");
    }
    let mut command = Command::new(&program);
    command.args(words).args(arguments).envs(machine.environment());
    become_it(command, &program)
}

#[cfg(unix)]
fn become_it(mut command: Command, program: &Path) -> Result<ExitCode, Failure> {
    use std::os::unix::process::CommandExt as _;
    let source = command.exec();
    Err(Failure::Start { program: program.display().to_string(), source })
}

#[cfg(not(unix))]
fn become_it(mut command: Command, program: &Path) -> Result<ExitCode, Failure> {
    let status =
        command.status().map_err(|source| Failure::Start { program: program.display().to_string(), source })?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
