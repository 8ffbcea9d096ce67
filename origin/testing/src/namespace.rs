//! A network namespace with only loopback, so that a server that listens on all interfaces is unreachable from outside.

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::Error;

/// Brings loopback up and executes the arguments.
const START: &str = "ip link set lo up && exec \"$0\" \"$@\"";

/// Enters a network namespace, unless this process is in one already: replaces the process with the same program and
/// arguments. Call it first, before any thread is started or file is opened. It needs no root where users may create
/// namespaces.
///
/// # Errors
/// [`Error::Namespace`] if the system does not permit it.
pub fn enter() -> Result<(), Error> {
    if external_interface()?.is_none() {
        return Ok(());
    }
    let this = std::env::current_exe().map_err(|source| Error::Namespace { source })?;
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let source = Command::new("unshare")
        .args(["--net", "--map-root-user", "--", "sh", "-c", START])
        .arg(this)
        .args(arguments)
        .exec();
    Err(Error::Namespace { source })
}

/// Checks that loopback is the only network.
///
/// # Errors
/// [`Error::NotIsolated`] names another interface.
pub fn require_isolated() -> Result<(), Error> {
    external_interface()?.map_or(Ok(()), |interface| Err(Error::NotIsolated { interface }))
}

/// An interface other than loopback that has a route or an address. An interface without either is unreachable, like the
/// kernel's tunnels, which exist in every namespace.
fn external_interface() -> Result<Option<String>, Error> {
    let read = |path: &str| fs::read_to_string(path).map_err(Error::io("the list of network interfaces"));
    let routes = read("/proc/self/net/route")?;
    // Missing if the kernel has no IPv6.
    let addresses = read("/proc/self/net/if_inet6").unwrap_or_default();
    let first = routes.lines().skip(1).filter_map(|line| line.split_whitespace().next());
    let last = addresses.lines().filter_map(|line| line.split_whitespace().last());
    Ok(first.chain(last).find(|name| *name != "lo").map(str::to_owned))
}
