//! An allowed origin: a string that a browser's `Origin` header may equal.

use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

use crate::{Error, host::is_dns_name};

/// The scheme of an [`Origin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `http`, for loopback hosts only.
    Http,
    /// `https`.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that a browser omits from an origin.
    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// An origin in the form in which browsers send it: scheme, host in lower case, and the port unless it is the scheme's
/// default. <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>
///
/// Any other form is rejected, not corrected: the edge compares bytes, so an origin that no browser sends would never
/// match.
///
/// ```
/// use vitae_parameters::Origin;
///
/// assert_eq!(Origin::parse("http://localhost:8787")?.authority(), "localhost:8787");
/// assert!(Origin::parse("https://example.com/").is_err());
/// # Ok::<(), vitae_parameters::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    text: String,
    scheme: Scheme,
    loopback: bool,
}

impl Origin {
    /// Parses the value of `origins/dev`.
    ///
    /// # Errors
    /// [`Error::Origin`] if a browser would not send this form; [`Error::OriginNotHttps`] if it is `http` and not loopback.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let malformed = || Error::Origin { value: text.to_owned() };
        let (scheme, authority) = split_scheme(text).ok_or_else(malformed)?;
        let (host, port) = split_port(authority).ok_or_else(malformed)?;
        let kind = HostKind::parse(host).ok_or_else(malformed)?;
        if port.is_some_and(|port| !is_port(port, scheme)) {
            return Err(malformed());
        }
        let loopback = kind == HostKind::Loopback;
        if scheme == Scheme::Http && !loopback {
            return Err(Error::OriginNotHttps { value: text.to_owned() });
        }
        Ok(Self { text: text.to_owned(), scheme, loopback })
    }

    /// Parses the value of `origins/prod`.
    ///
    /// # Errors
    /// As [`Origin::parse`], and [`Error::OriginLoopback`]: in production, a loopback origin would let any server on a
    /// visitor's machine request CV links.
    pub fn parse_prod(text: &str) -> Result<Self, Error> {
        let origin = Self::parse(text)?;
        if origin.loopback { Err(Error::OriginLoopback { value: text.to_owned() }) } else { Ok(origin) }
    }

    /// The text that the `Origin` header must equal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its scheme.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host and, if present, port: the value of the `Host` header.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.text[self.scheme.as_str().len() + "://".len()..]
    }

    /// Whether the host is the local machine: `localhost`, a name under it, 127.0.0.0/8 or `[::1]`.
    /// <https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy>
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn split_scheme(text: &str) -> Option<(Scheme, &str)> {
    text.strip_prefix("https://")
        .map(|rest| (Scheme::Https, rest))
        .or_else(|| text.strip_prefix("http://").map(|rest| (Scheme::Http, rest)))
}

/// Splits at the colon before the port, not at one inside a bracketed IPv6 address.
fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let host_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    match authority[host_end..].find(':') {
        Some(colon) => Some((&authority[..host_end + colon], Some(&authority[host_end + colon + 1..]))),
        None if host_end == 0 || host_end == authority.len() => Some((authority, None)),
        None => None,
    }
}

/// Whether a browser would write this port: no leading zero, not the scheme's default.
fn is_port(text: &str, scheme: Scheme) -> bool {
    text.parse::<u16>().is_ok_and(|port| port.to_string() == text && port != 0 && port != scheme.default_port())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum HostKind {
    Loopback,
    Elsewhere,
}

impl HostKind {
    /// `None` if a browser would not send this form.
    fn parse(host: &str) -> Option<Self> {
        let loopback = if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let address: Ipv6Addr = inner.parse().ok().filter(|address: &Ipv6Addr| address.to_string() == inner)?;
            address.is_loopback()
        } else if let Ok(address) = host.parse::<Ipv4Addr>() {
            address.is_loopback()
        } else if is_dns_name(host) {
            host == "localhost" || host.ends_with(".localhost")
        } else {
            return None;
        };
        Some(if loopback { Self::Loopback } else { Self::Elsewhere })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_that_browsers_send_is_parsed() {
        for (text, authority, loopback) in [
            ("https://example.com", "example.com", false),
            ("https://example.com:8443", "example.com:8443", false),
            ("https://192.0.2.7", "192.0.2.7", false),
            ("http://localhost:8787", "localhost:8787", true),
            ("https://localhost", "localhost", true),
            ("http://vitae.localhost", "vitae.localhost", true),
            ("http://127.0.0.1:3000", "127.0.0.1:3000", true),
            ("http://[::1]:3000", "[::1]:3000", true),
        ] {
            let origin = Origin::parse(text).unwrap();
            assert_eq!((origin.as_str(), origin.authority(), origin.is_loopback()), (text, authority, loopback));
        }
    }

    #[test]
    fn other_forms_of_an_origin_are_rejected() {
        for text in [
            "",
            "null",
            "*",
            "example.com",
            "//example.com",
            "https://",
            "https://example.com/",
            "https://example.com/path",
            "https://example.com?",
            "https://example.com#",
            "https://Example.com",
            "HTTPS://example.com",
            "https://example.com.",
            "https://example.com:443",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:08443",
            "https://example.com:+8443",
            "https://example.com:65536",
            "https://user@example.com",
            "https://*.example.com",
            "https://example.com https://example.org",
            "https://example.com\n",
            " https://example.com",
            "http://localhost:80",
            "http://[::1",
            "http://[::1]x",
            "http://[0:0:0:0:0:0:0:1]",
            "ftp://localhost",
        ] {
            assert_eq!(Origin::parse(text), Err(Error::Origin { value: text.to_owned() }), "{text:?}");
        }
    }

    #[test]
    fn http_is_for_loopback_only() {
        for text in ["http://example.com", "http://192.168.1.2:8787", "http://localhost.example.com", "http://[::2]"] {
            assert_eq!(Origin::parse(text), Err(Error::OriginNotHttps { value: text.to_owned() }));
        }
    }

    #[test]
    fn loopback_is_rejected_in_production() {
        let text = "https://localhost:8443";
        assert_eq!(Origin::parse_prod(text), Err(Error::OriginLoopback { value: text.to_owned() }));
        assert!(Origin::parse_prod("https://www.example.org").is_ok());
    }
}
