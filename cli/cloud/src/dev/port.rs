//! The port of the local edge, the same from one start to the next where it can be: the stack's parameters name it, and a stack
//! whose parameters have not changed is not deployed anew.

use std::{
    fs, io,
    net::{Ipv4Addr, TcpListener},
    path::Path,
};

/// The port of a first start.
const FIRST: u16 = 8787;
/// The file that holds the last one.
const FILE: &str = "port";

/// The port of the last start with this state if it is free; else 8787 if that is; else 0, for any.
#[must_use]
pub fn choose(state: &Path) -> u16 {
    let last = fs::read_to_string(state.join(FILE)).ok().and_then(|text| text.trim().parse().ok());
    // A port below 1024 is not ours to listen on.
    last.into_iter().chain([FIRST]).find(|port| *port >= 1024 && is_free(*port)).unwrap_or(0)
}

/// Keeps the port of this start.
pub(super) fn remember(state: &Path, port: u16) -> io::Result<()> {
    fs::write(state.join(FILE), port.to_string())
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_port_is_taken_again_if_it_is_free() {
        let state = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        remember(state.path(), port).unwrap();
        assert_ne!(choose(state.path()), port, "someone listens there");
        drop(listener);
        assert_eq!(choose(state.path()), port);
        fs::write(state.path().join(FILE), "80").unwrap();
        assert_ne!(choose(state.path()), 80);
    }
}
