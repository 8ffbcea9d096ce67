//! Debian's packages, for what no other registry has.

use std::process::Command;

use crate::{SetupError, run};

/// Seconds to wait for another apt on the same machine.
const LOCK_TIMEOUT_S: u32 = 300;

/// Whether this machine has apt at all.
pub(crate) fn is_here() -> bool {
    Command::new("apt-get").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Those of `packages` that are not installed.
pub(crate) fn missing(packages: &[&str]) -> Vec<String> {
    packages.iter().filter(|package| !is_installed(package)).map(ToString::to_string).collect()
}

fn is_installed(package: &str) -> bool {
    run(Command::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package]))
        .is_ok_and(|said| said == "installed")
}

/// Installs `packages` as root, or through `sudo` where that asks nothing.
///
/// # Errors
/// [`SetupError::NeedsRoot`] where this user may not; [`SetupError::Failed`] with apt's last lines where it fails.
pub(crate) fn install(packages: &[String]) -> Result<(), SetupError> {
    let Some(sudo) = privilege() else {
        return Err(SetupError::NeedsRoot { packages: packages.to_vec() });
    };
    // The lists of a fresh machine are empty or old; apt answers in a second when they are new.
    run(apt(&sudo).arg("update"))?;
    run(apt(&sudo).args(["install", "--yes", "--no-install-recommends"]).args(packages))?;
    Ok(())
}

/// Whether apt knows a version of `package` to install, once its lists are up to date.
pub(crate) fn has_candidate(package: &str) -> bool {
    let candidate = || {
        run(Command::new("apt-cache").args(["policy", package])).is_ok_and(|said| {
            said.lines().any(|line| line.trim().starts_with("Candidate: ") && !line.contains("(none)"))
        })
    };
    candidate() || privilege().is_some_and(|sudo| run(apt(&sudo).arg("update")).is_ok() && candidate())
}

/// The words to put before a command that needs root; `None` where this user cannot become root without being asked.
fn privilege() -> Option<Vec<&'static str>> {
    if run(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0") {
        return Some(vec![]);
    }
    run(Command::new("sudo").args(["-n", "true"])).is_ok().then(|| vec!["sudo", "-n"])
}

fn apt(sudo: &[&'static str]) -> Command {
    let words = [sudo, &["apt-get"]].concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).arg("-o").arg(format!("DPkg::Lock::Timeout={LOCK_TIMEOUT_S}"));
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
