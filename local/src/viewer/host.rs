//! Which names the distribution answers to.
//!
//! On loopback this also is what keeps another site's page from reaching the local edge through a name of its own that resolves to
//! 127.0.0.1.

/// What a `Host` header means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostMeaning {
    /// A name of the distribution, and the scheme it counts as.
    Ours { scheme: &'static str },
    /// A loopback address: the viewer is sent to `localhost`, the one name that cookies, CORS and signed URLs are made for.
    LoopbackAddress,
    /// Nobody's here. CloudFront answers 403 to a name that no distribution has.
    Unknown,
}

/// Judges a `Host` for a distribution that listens on `port`.
pub(crate) fn meaning(host: &str, port: u16, domain_name: &str, aliases: &[String]) -> HostMeaning {
    let host = host.to_ascii_lowercase();
    let (name, given_port) = match host.rsplit_once(':') {
        // A colon inside brackets is part of an IPv6 address.
        Some((name, digits)) if !digits.contains(']') => (name, digits.parse::<u16>().ok()),
        _ => (host.as_str(), Some(80)),
    };
    let is_ours = given_port == Some(port);
    match name {
        "localhost" if is_ours => HostMeaning::Ours { scheme: "http" },
        "127.0.0.1" | "[::1]" if is_ours => HostMeaning::LoopbackAddress,
        _ if matches!(given_port, Some(80 | 443)) || is_ours => {
            let ours = name == domain_name || aliases.iter().any(|alias| covers(alias, name));
            if ours { HostMeaning::Ours { scheme: "https" } } else { HostMeaning::Unknown }
        }
        _ => HostMeaning::Unknown,
    }
}

/// An alias may begin with `*.`, which stands for one or more labels.
/// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html>
fn covers(alias: &str, name: &str) -> bool {
    match alias.strip_prefix('*') {
        Some(suffix) => name.len() > suffix.len() && name.ends_with(suffix),
        None => alias == name,
    }
}

#[cfg(test)]
mod tests {
    use super::{HostMeaning, meaning};

    fn host(host: &str) -> HostMeaning {
        let aliases = ["cv.example.org".to_owned(), "*.example.net".to_owned()];
        meaning(host, 8787, "d111.cloudfront.net", &aliases)
    }

    #[test]
    fn localhost_is_ours_on_our_port_only() {
        assert_eq!(host("localhost:8787"), HostMeaning::Ours { scheme: "http" });
        assert_eq!(host("LOCALHOST:8787"), HostMeaning::Ours { scheme: "http" });
        assert_eq!(host("localhost"), HostMeaning::Unknown);
        assert_eq!(host("localhost:8788"), HostMeaning::Unknown);
    }

    #[test]
    fn the_distributions_names_count_as_https() {
        for name in ["d111.cloudfront.net", "d111.cloudfront.net:8787", "cv.example.org:443", "a.b.example.net"] {
            assert_eq!(host(name), HostMeaning::Ours { scheme: "https" }, "{name}");
        }
        assert_eq!(host("example.net"), HostMeaning::Unknown);
        assert_eq!(host("d111.cloudfront.net:9"), HostMeaning::Unknown);
    }

    #[test]
    fn loopback_addresses_are_sent_to_localhost() {
        assert_eq!(host("127.0.0.1:8787"), HostMeaning::LoopbackAddress);
        assert_eq!(host("[::1]:8787"), HostMeaning::LoopbackAddress);
    }

    #[test]
    fn a_name_rebound_to_loopback_is_unknown() {
        for name in ["evil.example:8787", "localhost.evil.example:8787", "", ":", "localhost:x", "[::1]", "127.0.0.1"] {
            assert_eq!(host(name), HostMeaning::Unknown, "{name}");
        }
    }
}
