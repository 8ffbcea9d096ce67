//! Policy statements: canned, rebuilt from the request, and custom, read from it.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>

use std::time::Duration;

use serde::Deserialize;

use super::ip_range::IpRange;
use super::{Asked, resource};
use crate::limits::POLICY_EPOCH_MAX_S;

/// The canned policy for the URL asked for, byte for byte as a signer writes it. `None` if the URL holds a character that would
/// break out of the JSON string: such a URL cannot have been signed, a signer escapes it first.
pub(crate) fn canned(asked: Asked<'_>, expires: u64) -> Option<String> {
    if [asked.base, asked.query].iter().any(|part| part.contains(['"', '\\'])) {
        return None;
    }
    let question_mark = if asked.query.is_empty() { "" } else { "?" };
    Some(format!(
        "{{\"Statement\":[{{\"Resource\":\"{}{question_mark}{}\",\"Condition\":{{\"DateLessThan\":{{\"AWS:EpochTime\":{expires}}}}}}}]}}",
        asked.base, asked.query
    ))
}

/// Whole seconds since the epoch, written in digits; `None` for a time past the year 9999, which means milliseconds. The policy is
/// rebuilt from the text, so a time is written in one way only: no leading zero.
pub(crate) fn epoch(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    is_number.then(|| text.parse().ok()).flatten().filter(|s| *s <= POLICY_EPOCH_MAX_S)
}

/// Strictly after the start, if there is one, and before the end. Checked when the request starts.
pub(crate) fn in_time(now: Duration, after: Option<u64>, before: u64) -> Option<()> {
    let started = after.is_none_or(|after| now > Duration::from_secs(after));
    (started && now < Duration::from_secs(before)).then_some(())
}

/// A custom policy's one statement.
#[derive(Debug)]
pub(crate) struct Policy {
    /// `None`: every URL of every distribution that trusts the key.
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
    /// Reads the decoded policy; `None` if it is not one that CloudFront takes.
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

    /// Whether the policy lets this viewer have this URL now.
    pub(crate) fn admits(&self, asked: Asked<'_>) -> bool {
        in_time(asked.now, self.after, self.before).is_some()
            && self.range.is_none_or(|range| range.contains(asked.viewer))
            && self.resource.as_deref().is_none_or(|resource| resource::names(resource, asked))
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Policy, canned, epoch, in_time};
    use std::net::Ipv4Addr;
    use std::time::Duration;

    fn asked<'a>(base: &'a str, query: &'a str) -> Asked<'a> {
        Asked { base, query, viewer: Ipv4Addr::LOCALHOST, now: Duration::from_secs(1_000) }
    }

    #[test]
    fn the_canned_policy_is_the_documented_one() {
        assert_eq!(
            canned(asked("https://d.example/cv.pdf", ""), 1_767_290_400).unwrap(),
            r#"{"Statement":[{"Resource":"https://d.example/cv.pdf","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}}]}"#
        );
        assert!(canned(asked("https://d.example/cv.pdf", "a=1&b"), 1).unwrap().contains("cv.pdf?a=1&b\""));
    }

    #[test]
    fn a_quote_in_the_url_cannot_rewrite_the_policy() {
        assert_eq!(canned(asked("https://d.example/\"", ""), 1), None);
        assert_eq!(canned(asked("https://d.example/", "a=\\"), 1), None);
    }

    #[test]
    fn milliseconds_are_no_time() {
        assert_eq!(epoch("1767290400"), Some(1_767_290_400));
        for text in ["1767290400000", "01767290400", "", "-1", "+1", "1.5", "0x10", "99999999999999999999"] {
            assert_eq!(epoch(text), None, "{text}");
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
    fn a_custom_policy_admits_by_time_address_and_resource() {
        let policy = |condition: &str| {
            Policy::parse(
                format!(r#"{{"Statement":[{{"Resource":"https://d.example/*","Condition":{condition}}}]}}"#).as_bytes(),
            )
            .unwrap()
        };
        let url = asked("https://d.example/a", "");
        assert!(policy(r#"{"DateLessThan":{"AWS:EpochTime":2000}}"#).admits(url));
        assert!(!policy(r#"{"DateLessThan":{"AWS:EpochTime":2000}}"#).admits(asked("https://e.example/a", "")));
        assert!(!policy(r#"{"DateLessThan":{"AWS:EpochTime":1000}}"#).admits(url));
        assert!(
            !policy(r#"{"DateLessThan":{"AWS:EpochTime":2000},"DateGreaterThan":{"AWS:EpochTime":1000}}"#).admits(url)
        );
        assert!(
            policy(r#"{"DateLessThan":{"AWS:EpochTime":2000},"IpAddress":{"AWS:SourceIp":"127.0.0.0/8"}}"#).admits(url)
        );
        assert!(
            !policy(r#"{"DateLessThan":{"AWS:EpochTime":2000},"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}}"#)
                .admits(url)
        );
    }
}
