//! The host of a URL, in the form that clients send.

use core::net::Ipv4Addr;

use super::HTTPS;
use crate::Error;
use crate::quoted::Quoted;

/// The longest host name, in bytes: RFC 1035 section 2.3.4, without the root's dot and length.
const MAX_HOST: usize = 253;

/// Rejects an invalid host, and one that a client would rewrite.
pub(super) fn check(authority: &str, scheme: &str) -> Result<(), Error> {
    let (host, port) = split(authority)?;
    let invalid = |reason| Err(Error::UrlHost { host: Quoted::new(authority), reason });
    if host.starts_with('[') {
        return invalid("a distribution has no IPv6 address as its name");
    }
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return invalid("clients send it in lower case");
    }
    if host.len() > MAX_HOST || !host.split('.').all(is_label) {
        return invalid("it is not a host name of letters, digits, dots and hyphens");
    }
    // Browsers treat any name that ends in a number as an IPv4 address, and rewrite it in full.
    let last = host.rsplit('.').next().unwrap_or(host);
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if numeric && host.parse::<Ipv4Addr>().is_err() {
        return invalid("clients would rewrite it as an IPv4 address");
    }
    match port.map(parse_port) {
        Some(None) => invalid("its port is not a number from 1 to 65535"),
        Some(Some(443)) if scheme == HTTPS => invalid("clients omit the port 443"),
        Some(Some(80)) if scheme != HTTPS => invalid("clients omit the port 80"),
        None | Some(Some(_)) => Ok(()),
    }
}

/// Checks the host of a pattern, which may contain `*`.
pub(super) fn check_pattern(authority: &str) -> Result<(), Error> {
    let (host, port) = split(authority)?;
    let is_host = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.*".contains(&byte);
    if host.bytes().all(is_host) && port.is_none_or(|port| port == "*" || parse_port(port).is_some()) {
        return Ok(());
    }
    Err(Error::UrlHost { host: Quoted::new(authority), reason: "it matches no host that clients send" })
}

fn split(authority: &str) -> Result<(&str, Option<&str>), Error> {
    if authority.contains('@') {
        return Err(Error::UrlUserInfo);
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if host.is_empty() {
        return Err(Error::UrlHost { host: Quoted::new(authority), reason: "it is empty" });
    }
    Ok((host, port))
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn parse_port(port: &str) -> Option<u16> {
    port.parse().ok().filter(|number| *number > 0 && alloc::format!("{number}") == port)
}
