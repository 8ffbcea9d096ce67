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

/// An interface other than loopback that has a route or an address. Without either, nobody can be reached through it: so are
/// the kernel's own tunnels, which exist in every namespace.
fn stranger() -> Result<Option<String>, Failure> {
    let read = |path: &str| fs::read_to_string(path).map_err(Failure::io("the list of network interfaces"));
    let routes = read("/proc/self/net/route")?;
    // Not there where the kernel has no IPv6.
    let addresses = read("/proc/self/net/if_inet6").unwrap_or_default();
    let first = routes.lines().skip(1).filter_map(|line| line.split_whitespace().next());
    let last = addresses.lines().filter_map(|line| line.split_whitespace().last());
    Ok(first.chain(last).find(|name| *name != "lo").map(str::to_owned))
}
