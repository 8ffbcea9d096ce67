//! Builds the program that serves a command and replaces this process with it.

use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, ExitCode},
};

use vitae_setup::{CommandSpec, Machine, Progress, cargo, target};

use crate::error::Error;

/// Always builds the whole workspace: another selection of packages would unify the features of dependencies
/// differently and build the AWS SDKs a second time.
const SELECTION: [&str; 2] = ["--workspace", "--bins"];

/// Builds the program of `command` and replaces this process with it, so that signals reach only that program.
pub(crate) fn build_and_exec(
    command: &CommandSpec,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    repository: &Path,
    machine: &Machine,
    progress: &Progress,
) -> Result<ExitCode, Error> {
    let package = command.program.name();
    let path = target(repository).join("debug").join(package);
    let mut build = cargo();
    build.current_dir(repository).args(["build", "--locked"]).args(SELECTION);
    // The first build takes minutes: print one line about it and cargo's own output. Later builds are silent.
    let step = if path.exists() {
        build.arg("--quiet");
        None
    } else {
        Some(progress.step(format!("Build {package} for the first time")))
    };
    let status = build.status().map_err(|source| Error::Start { program: "cargo build".into(), source })?;
    if !status.success() {
        return Err(Error::Build { package });
    }
    if let Some(step) = step {
        step.done("");
    }
    let mut program = Command::new(&path);
    if command.program.takes_name() {
        program.arg(command.name);
    }
    program.args(arguments).envs(machine.environment());
    exec(program, &path)
}

#[cfg(unix)]
fn exec(mut command: Command, path: &Path) -> Result<ExitCode, Error> {
    use std::os::unix::process::CommandExt as _;
    let source = command.exec();
    Err(Error::Start { program: path.display().to_string(), source })
}

#[cfg(not(unix))]
fn exec(mut command: Command, path: &Path) -> Result<ExitCode, Error> {
    let status = command.status().map_err(|source| Error::Start { program: path.display().to_string(), source })?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
