//! The port of the local edge. It is the same at each start if possible: it is a parameter of the stack, and an unchanged stack
//! need not be deployed.

use std::{
    fs, io,
    net::{Ipv4Addr, TcpListener},
    path::Path,
};

/// The port of the first start.
const DEFAULT: u16 = 8787;
/// The file that contains the port of the last start.
const FILE: &str = "port";

/// Returns the port of the last start with this state if it is free, else 8787 if that is free, else 0 for any port.
#[must_use]
pub fn choose(state: &Path) -> u16 {
    let last = fs::read_to_string(state.join(FILE)).ok().and_then(|text| text.trim().parse().ok());
    // Ports below 1024 are privileged.
    last.into_iter().chain([DEFAULT]).find(|port| *port >= 1024 && is_free(*port)).unwrap_or(0)
}

/// Saves the port of this start.
pub(super) fn save(state: &Path, port: u16) -> io::Result<()> {
    fs::write(state.join(FILE), port.to_string())
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_port_is_used_again_if_it_is_free() {
        let state = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        save(state.path(), port).unwrap();
        assert_ne!(choose(state.path()), port, "the port is in use");
        drop(listener);
        assert_eq!(choose(state.path()), port);
        fs::write(state.path().join(FILE), "80").unwrap();
        assert_ne!(choose(state.path()), 80);
    }
}
