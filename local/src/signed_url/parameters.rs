//! The five query parameters and five cookies that carry a grant.
//!
//! A URL that has any of the five parameters is taken for a signed URL, and then cookies are not looked at. The
//! parameters are removed before the origin or a function's origin request sees the query.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-choosing-signed-urls-cookies.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/QueryStringParameters.html>

use super::Refusal;
use super::public_key::Hash;
use crate::hex;

const RESERVED: [&str; 5] = ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"];
const COOKIE_PREFIX: &str = "CloudFront-";

/// What the viewer presents for a private file. No `Debug`: it is a credential.
pub(crate) struct Grant {
    pub(crate) key_pair_id: String,
    pub(crate) hash: Hash,
    pub(crate) signature: String,
    pub(crate) policy: GrantPolicy,
}

/// The policy as it was presented.
pub(crate) enum GrantPolicy {
    /// To be rebuilt from the URL and this time.
    Canned {
        /// The `Expires` value as written.
        expires: String,
    },
    /// Carried along, in CloudFront's base64.
    Custom {
        /// The `Policy` value as written.
        policy: String,
    },
}

impl Grant {
    /// Reads the grant from the query if it has any reserved parameter, else from the cookies.
    ///
    /// # Errors
    /// [`Refusal::MissingKey`] without a key pair id; a malformed one of the rest as CloudFront names it. A parameter given
    /// twice is [`Refusal::AccessDenied`]: which of the two CloudFront would take is not documented.
    pub(crate) fn read(query: &str, cookies: &[(String, String)]) -> Result<Self, Refusal> {
        let from_query: Vec<(&str, String)> = query
            .split('&')
            .filter_map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                RESERVED.contains(&name).then(|| (name, percent_decode(value)))
            })
            .collect();
        if !from_query.is_empty() {
            return Self::from_pairs(&from_query);
        }
        let from_cookies: Vec<(&str, String)> = cookies
            .iter()
            .filter_map(|(name, value)| {
                let name = name.strip_prefix(COOKIE_PREFIX)?;
                RESERVED.contains(&name).then(|| (name, value.clone()))
            })
            .collect();
        Self::from_pairs(&from_cookies)
    }

    fn from_pairs(pairs: &[(&str, String)]) -> Result<Self, Refusal> {
        let one = |wanted: &str| {
            let mut values = pairs.iter().filter(|(name, _)| *name == wanted).map(|(_, value)| value);
            match (values.next(), values.next()) {
                (value, None) => Ok(value.filter(|value| !value.is_empty()).cloned()),
                (_, Some(_)) => Err(Refusal::AccessDenied),
            }
        };
        let key_pair_id = one("Key-Pair-Id")?.ok_or(Refusal::MissingKey)?;
        let hash = match one("Hash-Algorithm")?.as_deref() {
            None | Some("SHA1") => Hash::Sha1,
            Some("SHA256") => Hash::Sha256,
            Some(_) => return Err(Refusal::AccessDenied),
        };
        let signature = one("Signature")?.ok_or(Refusal::MalformedSignature)?;
        let policy = match (one("Policy")?, one("Expires")?) {
            (Some(policy), _) => GrantPolicy::Custom { policy },
            (None, Some(expires)) => GrantPolicy::Canned { expires },
            (None, None) => return Err(Refusal::MalformedPolicy),
        };
        Ok(Self { key_pair_id, hash, signature, policy })
    }
}

/// The query without the reserved parameters, the others in their order and spelling.
pub(crate) fn strip_reserved(query: &str) -> String {
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !RESERVED.contains(&pair.split_once('=').map_or(*pair, |(name, _)| name)))
        .collect();
    kept.join("&")
}

/// Signers escape `~` now and then. What is not a valid escape stays as it is, and fails later as base64 or digits.
fn percent_decode(value: &str) -> String {
    String::from_utf8_lossy(&hex::percent_decode(value)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Grant, GrantPolicy, Refusal, strip_reserved};

    fn refusal(query: &str) -> Option<Refusal> {
        Grant::read(query, &[]).err()
    }

    #[test]
    fn no_parameters_and_no_cookies_is_a_missing_key() {
        assert_eq!(refusal(""), Some(Refusal::MissingKey));
        assert_eq!(refusal("days=30"), Some(Refusal::MissingKey));
        assert_eq!(refusal("Expires=1&Signature=aaaa"), Some(Refusal::MissingKey));
        assert_eq!(refusal("Expires=1&Signature=aaaa&Key-Pair-Id="), Some(Refusal::MissingKey));
    }

    #[test]
    fn an_unknown_hash_algorithm_is_denied() {
        assert_eq!(refusal("Expires=1&Signature=aaaa&Key-Pair-Id=K&Hash-Algorithm=MD5"), Some(Refusal::AccessDenied));
    }

    #[test]
    fn a_parameter_given_twice_is_denied() {
        assert_eq!(refusal("Expires=1&Expires=2&Signature=aaaa&Key-Pair-Id=K"), Some(Refusal::AccessDenied));
    }

    #[test]
    fn the_url_goes_before_the_cookies() {
        let cookies = [("CloudFront-Key-Pair-Id".to_owned(), "COOKIE".to_owned())];
        let grant = Grant::read("Policy=cCA_&Signature=aaaa&Key-Pair-Id=URL", &cookies).ok().unwrap();
        assert_eq!(grant.key_pair_id, "URL");
        assert_eq!(Grant::read("Policy=cCA_", &cookies).err(), Some(Refusal::MissingKey));
    }

    #[test]
    fn cookies_carry_a_grant_too() {
        let cookies = [("Expires", "7"), ("Signature", "aaaa"), ("Key-Pair-Id", "K")]
            .map(|(name, value)| (format!("CloudFront-{name}"), value.to_owned()));
        let grant = Grant::read("a=1", &cookies).ok().unwrap();
        assert!(matches!(grant.policy, GrantPolicy::Canned { expires } if expires == "7"));
    }

    #[test]
    fn the_five_parameters_are_stripped_and_no_other() {
        assert_eq!(
            strip_reserved("a=1&Expires=2&Policy=p&b=%20&Signature=s&Key-Pair-Id=k&Hash-Algorithm=SHA256&c"),
            "a=1&b=%20&c"
        );
        assert_eq!(strip_reserved("expires=2"), "expires=2");
        assert_eq!(strip_reserved("Expires=2"), "");
    }
}
