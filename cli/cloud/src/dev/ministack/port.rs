//! A free port.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
};

/// Returns a port of 127.0.0.1 that is free now. Another process may bind it before the caller does; then the caller's bind fails.
///
/// # Errors
/// The error of the operating system if no port is free.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
