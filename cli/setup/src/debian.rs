//! Debian's packages, for tools that no other registry has.

use std::process::Command;

use crate::{SetupError, run};

/// Seconds to wait for another apt on the same machine.
const LOCK_TIMEOUT_S: u32 = 300;

/// Whether this machine has apt.
pub(crate) fn is_here() -> bool {
    Command::new("apt-get").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// The packages that are not installed.
pub(crate) fn missing(packages: &[&str]) -> Vec<String> {
    packages.iter().filter(|package| !is_installed(package)).map(ToString::to_string).collect()
}

fn is_installed(package: &str) -> bool {
    run(Command::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package]))
        .is_ok_and(|status| status == "installed")
}

/// Installs packages as root, or with `sudo` if it needs no password.
///
/// # Errors
/// [`SetupError::NeedsRoot`] if this user may not install packages; [`SetupError::Failed`] with the last lines of apt's output.
pub(crate) fn install(packages: &[String]) -> Result<(), SetupError> {
    let Some(sudo) = privilege() else {
        return Err(SetupError::NeedsRoot { packages: packages.to_vec() });
    };
    // The lists of a new machine are empty or old. If they are new, this takes a second.
    run(apt(&sudo).arg("update"))?;
    run(apt(&sudo).args(["install", "--yes", "--no-install-recommends"]).args(packages))?;
    Ok(())
}

/// Whether apt has a version of `package` to install, with up-to-date lists.
pub(crate) fn has_candidate(package: &str) -> bool {
    let candidate = || {
        run(Command::new("apt-cache").args(["policy", package])).is_ok_and(|policy| {
            policy.lines().any(|line| line.trim().starts_with("Candidate: ") && !line.contains("(none)"))
        })
    };
    candidate() || privilege().is_some_and(|sudo| run(apt(&sudo).arg("update")).is_ok() && candidate())
}

/// The prefix of a command that needs root; `None` if this user cannot become root without a password.
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
