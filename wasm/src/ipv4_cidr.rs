//! From where a signature opens a file.

use core::fmt;
use core::net::Ipv4Addr;
use core::str::FromStr;

use crate::Error;

/// The addresses that a custom policy admits: CloudFront's `AWS:SourceIp`, which is IPv4 only.
///
/// Do not use it on a distribution that answers over IPv6, nor for visitors on mobile networks, whose address changes.
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
    /// The addresses that share their first `prefix` bits with `address`.
    ///
    /// # Errors
    /// [`Error::SourceIp`] if `prefix` is over 32.
    pub fn new(address: Ipv4Addr, prefix: u8) -> Result<Self, Error> {
        if prefix > 32 {
            return Err(Error::SourceIp { why: "its prefix is over 32 bits" });
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

/// An address with or without a prefix; without, it is that one address.
impl FromStr for Ipv4Cidr {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = |why| Error::SourceIp { why };
        if text.contains(':') {
            return Err(refused("CloudFront compares IPv4 only, and this is IPv6"));
        }
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address = address.parse().map_err(|_| refused("it is not four numbers from 0 to 255 with dots between"))?;
        let Some(prefix) = prefix else {
            return Ok(Self::from(address));
        };
        let canonical = prefix.len() <= 2 && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let bits = prefix.parse::<u8>().ok().filter(|_| canonical && (prefix == "0" || !prefix.starts_with('0')));
        Self::new(address, bits.ok_or_else(|| refused("its prefix is not a number from 0 to 32"))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_range_is_written_as_it_was_given() {
        for text in ["192.0.2.0/24", "192.0.2.10/32", "0.0.0.0/0", "192.0.2.10/24"] {
            assert_eq!(text.parse::<Ipv4Cidr>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_ipv4_range_is_refused() {
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
            assert!(matches!(text.parse::<Ipv4Cidr>(), Err(Error::SourceIp { .. })), "{text:?}");
        }
    }

    #[test]
    fn ipv6_is_refused_by_name_and_the_address_is_not_repeated() {
        let message = "2001:db8::1".parse::<Ipv4Cidr>().unwrap_err().to_string();
        assert!(message.contains("IPv6") && !message.contains("2001"), "{message}");
    }
}
