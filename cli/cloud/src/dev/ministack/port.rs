//! A port that nobody uses.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
};

/// A port of 127.0.0.1 that is free now. Another process may take it before it is used: whoever then listens says so.
///
/// # Errors
/// What the system says if there is none.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
