//! `AWS:SourceIp` of a custom policy: one IPv4 address or range, `192.0.2.0/24`.

use std::net::Ipv4Addr;

/// An IPv4 range in CIDR form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IpRange {
    network: u32,
    mask: u32,
}

impl IpRange {
    /// Reads `a.b.c.d/nn`; an address alone is itself. `None` for anything else, IPv6 included, which CloudFront does not take.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, bits.parse::<u32>().ok().filter(|bits| *bits <= 32)?),
            None => (text, 32),
        };
        let address: Ipv4Addr = address.parse().ok()?;
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
        Some(Self { network: u32::from(address) & mask, mask })
    }

    pub(crate) fn contains(self, address: Ipv4Addr) -> bool {
        u32::from(address) & self.mask == self.network
    }
}

#[cfg(test)]
mod tests {
    use super::IpRange;
    use std::net::Ipv4Addr;

    #[test]
    fn a_range_holds_its_addresses_and_no_others() {
        let range = IpRange::parse("192.0.2.0/24").unwrap();
        assert!(range.contains(Ipv4Addr::new(192, 0, 2, 255)));
        assert!(!range.contains(Ipv4Addr::new(192, 0, 3, 0)));
        assert!(IpRange::parse("0.0.0.0/0").unwrap().contains(Ipv4Addr::LOCALHOST));
        assert!(IpRange::parse("127.0.0.1").unwrap().contains(Ipv4Addr::LOCALHOST));
    }

    #[test]
    fn what_is_no_ipv4_range_is_refused() {
        for text in ["", "2001:db8::/32", "192.0.2.0/33", "192.0.2/24", "192.0.2.0/", "192.0.2.0/-1"] {
            assert_eq!(IpRange::parse(text), None, "{text}");
        }
    }
}
