//! The five query parameters and five cookies of a signed request.
//!
//! A URL with any of the five parameters is a signed URL, and its cookies are ignored. The parameters are
//! removed from the query before functions and the origin receive it.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-choosing-signed-urls-cookies.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/QueryStringParameters.html>

use percent_encoding::percent_decode_str;

use super::SignatureRejection;
use super::public_key::Hash;

const RESERVED: [&str; 5] = ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"];
const COOKIE_PREFIX: &str = "CloudFront-";

/// A viewer's grant of access. It has no `Debug`, because it is a credential.
pub(crate) struct Grant {
    pub(crate) key_pair_id: String,
    pub(crate) hash: Hash,
    pub(crate) signature: String,
    pub(crate) policy: GrantPolicy,
}

/// The policy, as it was sent.
pub(crate) enum GrantPolicy {
    /// It is rebuilt from the URL and this time.
    Canned {
        /// The value of `Expires`.
        expires: String,
    },
    /// It is included in the request, in CloudFront's base64.
    Custom {
        /// The value of `Policy`.
        policy: String,
    },
}

impl Grant {
    /// Reads the grant from the query if it has any reserved parameter, and otherwise from the cookies.
    ///
    /// # Errors
    /// A parameter is missing or malformed. A duplicate parameter is [`SignatureRejection::AccessDenied`],
    /// because the documentation does not say which of the two CloudFront uses.
    pub(crate) fn from_request(query: &str, cookies: &[(String, String)]) -> Result<Self, SignatureRejection> {
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

    fn from_pairs(pairs: &[(&str, String)]) -> Result<Self, SignatureRejection> {
        let single = |name: &str| {
            let mut values = pairs.iter().filter(|(found, _)| *found == name).map(|(_, value)| value);
            match (values.next(), values.next()) {
                (value, None) => Ok(value.filter(|value| !value.is_empty()).cloned()),
                (_, Some(_)) => Err(SignatureRejection::AccessDenied),
            }
        };
        let key_pair_id = single("Key-Pair-Id")?.ok_or(SignatureRejection::MissingKey)?;
        let hash = match single("Hash-Algorithm")?.as_deref() {
            None | Some("SHA1") => Hash::Sha1,
            Some("SHA256") => Hash::Sha256,
            Some(_) => return Err(SignatureRejection::AccessDenied),
        };
        let signature = single("Signature")?.ok_or(SignatureRejection::MalformedSignature)?;
        let policy = match (single("Policy")?, single("Expires")?) {
            (Some(policy), _) => GrantPolicy::Custom { policy },
            (None, Some(expires)) => GrantPolicy::Canned { expires },
            (None, None) => return Err(SignatureRejection::MalformedPolicy),
        };
        Ok(Self { key_pair_id, hash, signature, policy })
    }
}

/// The query without the reserved parameters. The others stay unchanged and in order.
pub(crate) fn strip_reserved(query: &str) -> String {
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !RESERVED.contains(&pair.split_once('=').map_or(*pair, |(name, _)| name)))
        .collect();
    kept.join("&")
}

/// Some signers percent-encode `~`. An invalid escape stays unchanged, and is rejected later.
fn percent_decode(value: &str) -> String {
    percent_decode_str(value).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Grant, GrantPolicy, SignatureRejection, strip_reserved};

    fn rejection(query: &str) -> Option<SignatureRejection> {
        Grant::from_request(query, &[]).err()
    }

    #[test]
    fn no_parameters_and_no_cookies_is_a_missing_key() {
        assert_eq!(rejection(""), Some(SignatureRejection::MissingKey));
        assert_eq!(rejection("days=30"), Some(SignatureRejection::MissingKey));
        assert_eq!(rejection("Expires=1&Signature=aaaa"), Some(SignatureRejection::MissingKey));
        assert_eq!(rejection("Expires=1&Signature=aaaa&Key-Pair-Id="), Some(SignatureRejection::MissingKey));
    }

    #[test]
    fn an_unknown_hash_algorithm_is_denied() {
        assert_eq!(
            rejection("Expires=1&Signature=aaaa&Key-Pair-Id=K&Hash-Algorithm=MD5"),
            Some(SignatureRejection::AccessDenied)
        );
    }

    #[test]
    fn a_duplicate_parameter_is_denied() {
        assert_eq!(
            rejection("Expires=1&Expires=2&Signature=aaaa&Key-Pair-Id=K"),
            Some(SignatureRejection::AccessDenied)
        );
    }

    #[test]
    fn the_url_takes_precedence_over_the_cookies() {
        let cookies = [("CloudFront-Key-Pair-Id".to_owned(), "COOKIE".to_owned())];
        let grant = Grant::from_request("Policy=cCA_&Signature=aaaa&Key-Pair-Id=URL", &cookies).ok().unwrap();
        assert_eq!(grant.key_pair_id, "URL");
        assert_eq!(Grant::from_request("Policy=cCA_", &cookies).err(), Some(SignatureRejection::MissingKey));
    }

    #[test]
    fn cookies_can_contain_a_grant() {
        let cookies = [("Expires", "7"), ("Signature", "aaaa"), ("Key-Pair-Id", "K")]
            .map(|(name, value)| (format!("CloudFront-{name}"), value.to_owned()));
        let grant = Grant::from_request("a=1", &cookies).ok().unwrap();
        assert!(matches!(grant.policy, GrantPolicy::Canned { expires } if expires == "7"));
    }

    #[test]
    fn only_the_five_parameters_are_stripped() {
        assert_eq!(
            strip_reserved("a=1&Expires=2&Policy=p&b=%20&Signature=s&Key-Pair-Id=k&Hash-Algorithm=SHA256&c"),
            "a=1&b=%20&c"
        );
        assert_eq!(strip_reserved("expires=2"), "expires=2");
        assert_eq!(strip_reserved("Expires=2"), "");
    }
}
