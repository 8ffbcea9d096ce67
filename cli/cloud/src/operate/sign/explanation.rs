//! What a signed URL allows, and why CloudFront rejects it.

use std::time::Duration;

use serde::Serialize;
use time::OffsetDateTime;
use vitae_signer::{PublicKey, SignedUrl};

use crate::table::align;

/// The explanation of one URL at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The URL without CloudFront's parameters.
    url: String,
    /// `canned` or `custom`, if it can be read; so are the next four.
    policy: Option<&'static str>,
    resource: Option<String>,
    /// In seconds since 1970.
    expires: Option<u64>,
    starts: Option<u64>,
    source_ip: Option<String>,
    key_pair_id: Option<String>,
    hash: Option<String>,
    signature: Verification,
    /// What CloudFront would respond, the first one first.
    rejections: Vec<Rejection>,
    #[serde(skip)]
    now: Duration,
}

/// Whether the signature was made by the given key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Verification {
    /// No public key was given.
    NotVerified,
    /// It verifies.
    Valid,
    /// It does not verify, or there is nothing to verify.
    Invalid {
        /// What it is for, as far as known.
        reason: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Rejection {
    code: &'static str,
    reason: String,
}

impl Explanation {
    /// Explains `url` at `now`, the time since 1970. With a public key, the signature is verified.
    #[must_use]
    pub fn new(url: &SignedUrl, key: Option<&PublicKey>, now: Duration) -> Self {
        let mut rejections: Vec<_> = url
            .rejections(now)
            .into_iter()
            .map(|rejection| Rejection { code: rejection.code(), reason: rejection.to_string() })
            .collect();
        let signature = match key.map(|key| url.verify(key)) {
            None => Verification::NotVerified,
            Some(Ok(())) => Verification::Valid,
            Some(Err(hint)) => Verification::Invalid { reason: hint.to_string() },
        };
        let can_be_verified = url.signature().is_some() && url.policy_json().is_some();
        if let (Verification::Invalid { reason }, true) = (&signature, can_be_verified) {
            // CloudFront verifies the signature before it reads what the policy says.
            rejections.insert(0, Rejection { code: "AccessDenied", reason: reason.clone() });
        }
        Self {
            url: url.url().to_owned(),
            policy: url.is_canned().map(|is_canned| if is_canned { "canned" } else { "custom" }),
            resource: url.resource().map(str::to_owned),
            expires: url.expires(),
            starts: url.start_time(),
            source_ip: url.source_ip().map(str::to_owned),
            key_pair_id: url.key_pair_id().map(str::to_owned),
            hash: url.hash().map(|hash| hash.to_string()),
            signature,
            rejections,
            now,
        }
    }

    /// Whether CloudFront would reject the URL.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        !self.rejections.is_empty()
    }

    /// The explanation as a table, without a final line end.
    #[must_use]
    pub fn table(&self) -> String {
        let mut rows = vec![["URL".to_owned(), self.url.clone()]];
        let mut row = |name: &str, value: Option<String>| rows.extend(value.map(|value| [name.to_owned(), value]));
        row("policy", Some(self.policy.unwrap_or("cannot be read").to_owned()));
        row("allows", self.resource.clone());
        row("from", self.starts.map(|start| self.time(start)));
        row("until", self.expires.map(|expires| self.time(expires)));
        row("address", self.source_ip.clone());
        row("key pair ID", self.key_pair_id.clone());
        row("hash", self.hash.clone());
        row(
            "signature",
            Some(match &self.signature {
                Verification::NotVerified => "not verified: pass --public-key FILE".to_owned(),
                Verification::Valid => "verifies with the public key".to_owned(),
                Verification::Invalid { .. } => "does not verify with the public key".to_owned(),
            }),
        );
        if self.rejections.is_empty() {
            let condition = match self.signature {
                Verification::Valid => "if the behavior trusts the key",
                _ => "if the signature verifies and the behavior trusts the key",
            };
            row("CloudFront", Some(format!("accepts it {condition}")));
        }
        for (index, rejection) in self.rejections.iter().enumerate() {
            let name = if index == 0 { "CloudFront" } else { "" };
            row(name, Some(format!("{}: {}", rejection.code, rejection.reason)));
        }
        align(&rows)
    }

    /// A time, and how far it is from now.
    fn time(&self, seconds: u64) -> String {
        let now = self.now.as_secs();
        let date = i64::try_from(seconds).ok().and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
        let date = date.map_or_else(
            || seconds.to_string(),
            |date| {
                let (year, month, day) = date.to_calendar_date();
                let (hour, minute, second) = date.to_hms();
                format!("{year:04}-{:02}-{day:02} {hour:02}:{minute:02}:{second:02}Z", u8::from(month))
            },
        );
        if seconds > now {
            format!("{date} (in {})", length(seconds - now))
        } else {
            format!("{date} ({} ago)", length(now - seconds))
        }
    }
}

/// A duration in its largest unit, rounded down.
fn length(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_767_290_400;

    fn explain(url: &str) -> Explanation {
        Explanation::new(&SignedUrl::parse(url).unwrap(), None, Duration::from_secs(NOW))
    }

    #[test]
    fn a_url_is_explained_with_its_policy_and_its_times() {
        let url = "https://d.example/cv.pdf?a=1&Expires=1767290460&Key-Pair-Id=K1&Signature=MAYCAQECAQE_&Hash-Algorithm=SHA256";
        assert_eq!(
            explain(url).table(),
            "URL          https://d.example/cv.pdf?a=1\n\
             policy       canned\n\
             allows       https://d.example/cv.pdf?a=1\n\
             until        2026-01-01 18:01:00Z (in 60 s)\n\
             key pair ID  K1\n\
             hash         sha256\n\
             signature    not verified: pass --public-key FILE\n\
             CloudFront   accepts it if the signature verifies and the behavior trusts the key"
        );
        assert!(!explain(url).is_rejected());
    }

    #[test]
    fn every_rejection_has_cloudfronts_code_and_a_reason() {
        let url = "https://d.example/cv.pdf?Expires=1767200000&Signature=%2B%2B%2B%2B";
        let explanation = explain(url);
        assert!(explanation.is_rejected());
        let table = explanation.table();
        for line in [
            "until       2025-12-31 16:53:20Z (25 h ago)",
            "CloudFront  MissingKey: Key-Pair-Id is missing",
            "MalformedSignature: Signature is not CloudFront's base64: it is standard base64",
            "AccessDenied: the policy expired 90400 s ago",
        ] {
            assert!(table.contains(line), "{line} is not in\n{table}");
        }
        let json = serde_json::to_value(&explanation).unwrap();
        assert_eq!(json["rejections"][0]["code"], "MissingKey");
        assert_eq!((&json["policy"], &json["signature"]["result"]), (&"canned".into(), &"not_verified".into()));
    }

    #[test]
    fn a_length_is_in_its_largest_unit() {
        for (seconds, text) in
            [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7_199, "119 min"), (7_200, "2 h"), (172_800, "2 days")]
        {
            assert_eq!(length(seconds), text);
        }
    }
}
