//! A network of one's own, with nothing in it but loopback: what listens on all interfaces listens to nobody.

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::Failure;

/// Brings loopback up and becomes the command that follows.
const BEGIN: &str = "ip link set lo up && exec \"$0\" \"$@\"";

/// Goes into a network namespace, if this process is not yet in one: replaces itself by the same program with the same
/// arguments. So it is called first thing, before there are threads or files worth keeping. No root is needed where users may
/// make namespaces.
///
/// # Errors
/// [`Failure::Namespace`] where the system refuses.
pub fn enter() -> Result<(), Failure> {
    if stranger()?.is_none() {
        return Ok(());
    }
    let this = std::env::current_exe().map_err(|source| Failure::Namespace { source })?;
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let source = Command::new("unshare")
        .args(["--net", "--map-root-user", "--", "sh", "-c", BEGIN])
        .arg(this)
        .args(arguments)
        .exec();
    Err(Failure::Namespace { source })
}

/// Makes sure that nothing but loopback is here.
///
/// # Errors
/// [`Failure::NotAlone`] names another interface.
pub fn must_be_alone() -> Result<(), Failure> {
    stranger()?.map_or(Ok(()), |interface| Err(Failure::NotAlone { interface }))
}

/// An interface other than loopback. The kernel's own tunnels, which exist in every namespace and are down, are none.
fn stranger() -> Result<Option<String>, Failure> {
    let devices = fs::read_to_string("/proc/self/net/dev").map_err(Failure::io("/proc/self/net/dev"))?;
    let names = devices.lines().skip(2).filter_map(|line| Some(line.split_once(':')?.0.trim().to_owned()));
    let is_up = |name: &String| {
        let state = fs::read_to_string(format!("/sys/class/net/{name}/operstate"));
        // The files of a namespace's devices are not seen without its own /sys: what is listed and unknown counts as up.
        state.map_or(true, |state| state.trim() != "down")
    };
    Ok(names.filter(|name| name != "lo").find(is_up))
}
