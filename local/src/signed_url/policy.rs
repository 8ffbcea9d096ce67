//! Policies: a canned policy is rebuilt from the request, a custom policy is parsed from it.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>

use std::net::Ipv4Addr;
use std::time::Duration;

use serde::Deserialize;

use super::{SignedRequest, resource};
use crate::limits::POLICY_EPOCH_MAX_S;

/// The canned policy for the requested URL, byte for byte as a signer writes it. `None` if the URL contains a
/// character that would end the JSON string: a signer escapes it, so such a URL cannot have been signed.
pub(crate) fn canned_policy(request: SignedRequest<'_>, expires: u64) -> Option<String> {
    if [request.base, request.query].iter().any(|part| part.contains(['"', '\\'])) {
        return None;
    }
    let question_mark = if request.query.is_empty() { "" } else { "?" };
    Some(format!(
        "{{\"Statement\":[{{\"Resource\":\"{}{question_mark}{}\",\"Condition\":{{\"DateLessThan\":{{\"AWS:EpochTime\":{expires}}}}}}}]}}",
        request.base, request.query
    ))
}

/// Parses whole seconds since the Unix epoch. `None` for a time after the year 9999, which must be in
/// milliseconds. A leading zero is not valid, because the policy is rebuilt from the text and a time must
/// have only one form.
pub(crate) fn parse_epoch(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    is_number.then(|| text.parse().ok()).flatten().filter(|s| *s <= POLICY_EPOCH_MAX_S)
}

/// Whether a request starts strictly after the policy's start, if it has one, and before its end.
pub(crate) fn in_time(now: Duration, after: Option<u64>, before: u64) -> Option<()> {
    let started = after.is_none_or(|after| now > Duration::from_secs(after));
    (started && now < Duration::from_secs(before)).then_some(())
}

/// The only statement of a custom policy.
#[derive(Debug)]
pub(crate) struct Policy {
    /// `None` allows every URL of every distribution that trusts the key.
    resource: Option<String>,
    before: u64,
    after: Option<u64>,
    range: Option<IpRange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "Statement")]
    statement: [Statement; 1],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Statement {
    resource: Option<String>,
    condition: Condition,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Condition {
    date_less_than: EpochTime,
    date_greater_than: Option<EpochTime>,
    ip_address: Option<SourceIp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EpochTime {
    #[serde(rename = "AWS:EpochTime")]
    seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceIp {
    #[serde(rename = "AWS:SourceIp")]
    range: String,
}

impl Policy {
    /// Parses a decoded policy. `None` if CloudFront would reject it.
    pub(crate) fn parse(json: &[u8]) -> Option<Self> {
        let Document { statement: [Statement { resource, condition }] } = serde_json::from_slice(json).ok()?;
        let range = match condition.ip_address {
            Some(source) => Some(IpRange::parse(&source.range)?),
            None => None,
        };
        let before = condition.date_less_than.seconds;
        let after = condition.date_greater_than.map(|time| time.seconds);
        (before <= POLICY_EPOCH_MAX_S).then_some(Self { resource, before, after, range })
    }

    /// Whether the policy allows this request.
    pub(crate) fn allows(&self, request: SignedRequest<'_>) -> bool {
        in_time(request.now, self.after, self.before).is_some()
            && self.range.is_none_or(|range| range.contains(request.viewer))
            && self.resource.as_deref().is_none_or(|resource| resource::matches(resource, request))
    }
}

/// `AWS:SourceIp`: an IPv4 address or a range in CIDR form, `192.0.2.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct IpRange {
    network: u32,
    mask: u32,
}

impl IpRange {
    /// Parses `a.b.c.d/nn` or a single address. `None` for anything else, including IPv6, which CloudFront
    /// does not support.
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, bits.parse::<u32>().ok().filter(|bits| *bits <= 32)?),
            None => (text, 32),
        };
        let address: Ipv4Addr = address.parse().ok()?;
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
        Some(Self { network: u32::from(address) & mask, mask })
    }

    fn contains(self, address: Ipv4Addr) -> bool {
        u32::from(address) & self.mask == self.network
    }
}

#[cfg(test)]
mod tests {
    use super::{IpRange, Policy, SignedRequest, canned_policy, in_time, parse_epoch};
    use std::net::Ipv4Addr;
    use std::time::Duration;

    fn request<'a>(base: &'a str, query: &'a str) -> SignedRequest<'a> {
        SignedRequest { base, query, viewer: Ipv4Addr::LOCALHOST, now: Duration::from_secs(1_000) }
    }

    #[test]
    fn the_canned_policy_is_the_documented_one() {
        assert_eq!(
            canned_policy(request("https://d.example/cv.pdf", ""), 1_767_290_400).unwrap(),
            r#"{"Statement":[{"Resource":"https://d.example/cv.pdf","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}}]}"#
        );
        assert!(canned_policy(request("https://d.example/cv.pdf", "a=1&b"), 1).unwrap().contains("cv.pdf?a=1&b\""));
    }

    #[test]
    fn a_quote_in_the_url_cannot_change_the_policy() {
        assert_eq!(canned_policy(request("https://d.example/\"", ""), 1), None);
        assert_eq!(canned_policy(request("https://d.example/", "a=\\"), 1), None);
    }

    #[test]
    fn milliseconds_are_not_a_valid_time() {
        assert_eq!(parse_epoch("1767290400"), Some(1_767_290_400));
        for text in ["1767290400000", "01767290400", "", "-1", "+1", "1.5", "0x10", "99999999999999999999"] {
            assert_eq!(parse_epoch(text), None, "{text}");
        }
    }

    #[test]
    fn the_end_and_the_start_are_exclusive() {
        let at = Duration::from_secs;
        assert!(in_time(at(99), None, 100).is_some());
        assert!(in_time(at(100), None, 100).is_none());
        assert!(in_time(at(50), Some(50), 100).is_none());
        assert!(in_time(at(51), Some(50), 100).is_some());
        assert!(in_time(Duration::from_millis(99_999), None, 100).is_some());
    }

    #[test]
    fn a_custom_policy_has_one_statement_and_an_end() {
        let condition = r#"{"DateLessThan":{"AWS:EpochTime":2000}}"#;
        let parse = |json: String| Policy::parse(json.as_bytes());
        assert!(parse(format!(r#"{{"Statement":[{{"Resource":"*","Condition":{condition}}}]}}"#)).is_some());
        assert!(parse(format!(r#"{{"Statement":[{{"Condition":{condition}}}]}}"#)).is_some());
        assert!(parse(format!(r#"{{"Statement":{{"Resource":"*","Condition":{condition}}}}}"#)).is_none());
        assert!(parse(r#"{"Statement":[]}"#.to_owned()).is_none());
        assert!(parse(r#"{"Statement":[{"Resource":"*","Condition":{}}]}"#.to_owned()).is_none());
        assert!(
            parse(
                r#"{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":"2000"}}}]}"#.to_owned()
            )
            .is_none()
        );
        assert!(parse("not json".to_owned()).is_none());
    }

    #[test]
    fn a_custom_policy_limits_time_address_and_resource() {
        let policy = |condition: &str| {
            Policy::parse(
                format!(r#"{{"Statement":[{{"Resource":"https://d.example/*","Condition":{condition}}}]}}"#).as_bytes(),
            )
            .unwrap()
        };
        let url = request("https://d.example/a", "");
        assert!(policy(r#"{"DateLessThan":{"AWS:EpochTime":2000}}"#).allows(url));
        assert!(!policy(r#"{"DateLessThan":{"AWS:EpochTime":2000}}"#).allows(request("https://e.example/a", "")));
        assert!(!policy(r#"{"DateLessThan":{"AWS:EpochTime":1000}}"#).allows(url));
        assert!(
            !policy(r#"{"DateLessThan":{"AWS:EpochTime":2000},"DateGreaterThan":{"AWS:EpochTime":1000}}"#).allows(url)
        );
        assert!(
            policy(r#"{"DateLessThan":{"AWS:EpochTime":2000},"IpAddress":{"AWS:SourceIp":"127.0.0.0/8"}}"#).allows(url)
        );
        assert!(
            !policy(r#"{"DateLessThan":{"AWS:EpochTime":2000},"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}}"#)
                .allows(url)
        );
    }

    #[test]
    fn a_range_contains_only_its_addresses() {
        let range = IpRange::parse("192.0.2.0/24").unwrap();
        assert!(range.contains(Ipv4Addr::new(192, 0, 2, 255)));
        assert!(!range.contains(Ipv4Addr::new(192, 0, 3, 0)));
        assert!(IpRange::parse("0.0.0.0/0").unwrap().contains(Ipv4Addr::LOCALHOST));
        assert!(IpRange::parse("127.0.0.1").unwrap().contains(Ipv4Addr::LOCALHOST));
    }

    #[test]
    fn invalid_ipv4_ranges_are_refused() {
        for text in ["", "2001:db8::/32", "192.0.2.0/33", "192.0.2/24", "192.0.2.0/", "192.0.2.0/-1"] {
            assert_eq!(IpRange::parse(text), None, "{text}");
        }
    }
}
