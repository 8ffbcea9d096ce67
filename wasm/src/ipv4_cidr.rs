//! The source addresses of a custom policy.

use core::fmt;
use core::net::Ipv4Addr;
use core::str::FromStr;

use crate::Error;

/// The IPv4 range that a custom policy grants access to: CloudFront's `AWS:SourceIp`, which does not support IPv6.
///
/// Do not use it on a distribution with IPv6 enabled, or for visitors on mobile networks, whose address changes.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>
///
/// ```
/// use vitae_signer::Ipv4Cidr;
///
/// assert_eq!("192.0.2.0/24".parse::<Ipv4Cidr>()?.to_string(), "192.0.2.0/24");
/// assert_eq!("192.0.2.10".parse::<Ipv4Cidr>()?.to_string(), "192.0.2.10/32");
/// assert!("2001:db8::1".parse::<Ipv4Cidr>().is_err());
/// # Ok::<(), vitae_signer::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ipv4Cidr {
    address: Ipv4Addr,
    prefix: u8,
}

impl Ipv4Cidr {
    /// Creates the range of addresses that share their first `prefix` bits with `address`.
    ///
    /// # Errors
    /// [`Error::InvalidSourceIp`] if `prefix` is over 32.
    pub fn new(address: Ipv4Addr, prefix: u8) -> Result<Self, Error> {
        if prefix > 32 {
            return Err(Error::InvalidSourceIp { reason: "its prefix is over 32 bits" });
        }
        Ok(Self { address, prefix })
    }
}

impl From<Ipv4Addr> for Ipv4Cidr {
    fn from(address: Ipv4Addr) -> Self {
        Self { address, prefix: 32 }
    }
}

impl fmt::Display for Ipv4Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// Parses an address with or without a prefix. Without one, the range is that single address.
impl FromStr for Ipv4Cidr {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = |reason| Error::InvalidSourceIp { reason };
        if text.contains(':') {
            return Err(invalid("it is IPv6, and CloudFront supports IPv4 only"));
        }
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address = address.parse().map_err(|_| invalid("it is not four numbers from 0 to 255 separated by dots"))?;
        let Some(prefix) = prefix else {
            return Ok(Self::from(address));
        };
        let canonical = prefix.len() <= 2 && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let bits = prefix.parse::<u8>().ok().filter(|_| canonical && (prefix == "0" || !prefix.starts_with('0')));
        Self::new(address, bits.ok_or_else(|| invalid("its prefix is not a number from 0 to 32"))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_range_is_displayed_as_it_was_given() {
        for text in ["192.0.2.0/24", "192.0.2.10/32", "0.0.0.0/0", "192.0.2.10/24"] {
            assert_eq!(text.parse::<Ipv4Cidr>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn anything_but_an_ipv4_range_is_rejected() {
        for text in [
            "",
            "/24",
            "192.0.2",
            "192.0.2.0.1",
            "192.0.2.256",
            "192.0.2.01",
            " 192.0.2.1",
            "192.0.2.1 ",
            "192.0.2.0/",
            "192.0.2.0/33",
            "192.0.2.0/-1",
            "192.0.2.0/+1",
            "192.0.2.0/08",
            "192.0.2.0/24/5",
            "192.0.2.0/255.255.255.0",
            "2001:db8::/32",
            "::ffff:192.0.2.1",
            "0x7f.0.0.1",
        ] {
            assert!(matches!(text.parse::<Ipv4Cidr>(), Err(Error::InvalidSourceIp { .. })), "{text:?}");
        }
    }

    #[test]
    fn the_error_for_ipv6_names_it_and_does_not_quote_the_address() {
        let message = "2001:db8::1".parse::<Ipv4Cidr>().unwrap_err().to_string();
        assert!(message.contains("IPv6") && !message.contains("2001"), "{message}");
    }
}
