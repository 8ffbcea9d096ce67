//! The host names that a distribution accepts.
//!
//! On loopback this also prevents DNS rebinding: a page of another site cannot reach the local edge through a
//! host name of that site that resolves to 127.0.0.1.

/// What a `Host` header refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HostMatch {
    /// A name of the distribution, with the scheme that it counts as.
    Distribution { scheme: &'static str },
    /// A loopback address. The viewer is redirected to `localhost`, because cookies, CORS and signed URLs
    /// need one name.
    LoopbackAddress,
    /// Not an alias of this distribution. CloudFront responds with 403 to an unknown name.
    Unknown,
}

/// Matches a `Host` against the names of a distribution that is served on `port`.
pub(super) fn match_host(host: &str, port: u16, domain_name: &str, aliases: &[String]) -> HostMatch {
    let host = host.to_ascii_lowercase();
    let (name, given_port) = match host.rsplit_once(':') {
        // A colon inside brackets is part of an IPv6 address.
        Some((name, digits)) if !digits.contains(']') => (name, parse_port(digits)),
        _ => (host.as_str(), Some(80)),
    };
    let is_our_port = given_port == Some(port);
    match name {
        "localhost" if is_our_port => HostMatch::Distribution { scheme: "http" },
        "127.0.0.1" | "[::1]" if is_our_port => HostMatch::LoopbackAddress,
        _ if matches!(given_port, Some(80 | 443)) || is_our_port => {
            let is_known = name == domain_name || aliases.iter().any(|alias| matches_alias(alias, name));
            if is_known { HostMatch::Distribution { scheme: "https" } } else { HostMatch::Unknown }
        }
        _ => HostMatch::Unknown,
    }
}

/// A port as browsers send it: decimal digits without a sign or leading zeros.
fn parse_port(digits: &str) -> Option<u16> {
    let is_canonical = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| is_canonical)
}

/// An alias may begin with `*.`, which matches one or more labels.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html>
fn matches_alias(alias: &str, name: &str) -> bool {
    match alias.strip_prefix('*') {
        Some(suffix) => name.len() > suffix.len() && name.ends_with(suffix),
        None => alias == name,
    }
}

#[cfg(test)]
mod tests {
    use super::{HostMatch, match_host};

    fn host(host: &str) -> HostMatch {
        let aliases = ["cv.example.org".to_owned(), "*.example.net".to_owned()];
        match_host(host, 8787, "d111.cloudfront.net", &aliases)
    }

    #[test]
    fn localhost_matches_only_with_the_edges_port() {
        assert_eq!(host("localhost:8787"), HostMatch::Distribution { scheme: "http" });
        assert_eq!(host("LOCALHOST:8787"), HostMatch::Distribution { scheme: "http" });
        assert_eq!(host("localhost"), HostMatch::Unknown);
        assert_eq!(host("localhost:8788"), HostMatch::Unknown);
    }

    #[test]
    fn the_distributions_names_count_as_https() {
        for name in ["d111.cloudfront.net", "d111.cloudfront.net:8787", "cv.example.org:443", "a.b.example.net"] {
            assert_eq!(host(name), HostMatch::Distribution { scheme: "https" }, "{name}");
        }
        assert_eq!(host("example.net"), HostMatch::Unknown);
        assert_eq!(host("d111.cloudfront.net:9"), HostMatch::Unknown);
    }

    #[test]
    fn loopback_addresses_are_recognised() {
        assert_eq!(host("127.0.0.1:8787"), HostMatch::LoopbackAddress);
        assert_eq!(host("[::1]:8787"), HostMatch::LoopbackAddress);
    }

    #[test]
    fn a_port_with_a_sign_or_leading_zeros_is_unknown() {
        for name in ["localhost:+8787", "localhost:08787", "127.0.0.1:+8787", "localhost: 8787", "cv.example.org:+443"]
        {
            assert_eq!(host(name), HostMatch::Unknown, "{name}");
        }
    }

    #[test]
    fn a_name_rebound_to_loopback_is_unknown() {
        for name in ["evil.example:8787", "localhost.evil.example:8787", "", ":", "localhost:x", "[::1]", "127.0.0.1"] {
            assert_eq!(host(name), HostMatch::Unknown, "{name}");
        }
    }
}
