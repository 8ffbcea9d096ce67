//! The hashes that CloudFront supports.

use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::Error;
use crate::quoted::Quoted;

/// The hash of the policy that is signed.
///
/// CloudFront assumes SHA-1 unless the URL has `Hash-Algorithm=SHA256` (the cookie `CloudFront-Hash-Algorithm`):
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hash {
    /// SHA-1, CloudFront's default. Written `sha1`.
    Sha1,
    /// SHA-256. Written `sha256`.
    Sha256,
}

impl Hash {
    /// Every hash.
    pub const ALL: [Self; 2] = [Self::Sha1, Self::Sha256];

    /// The name used in parameters and files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }

    /// The name that CloudFront uses.
    fn cloudfront_name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The value of `Hash-Algorithm`, which is left out for SHA-1.
    pub(crate) fn parameter(self) -> Option<&'static str> {
        (self != Self::Sha1).then(|| self.cloudfront_name())
    }

    /// The hash of `message`.
    pub(crate) fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(message).to_vec(),
            Self::Sha256 => Sha256::digest(message).to_vec(),
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Also accepts CloudFront's names, `SHA1` and `SHA256`.
impl FromStr for Hash {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let hash = Self::ALL.into_iter().find(|hash| [hash.as_str(), hash.cloudfront_name()].contains(&name));
        hash.ok_or_else(|| Error::UnknownHash { name: Quoted::new(name) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn names_are_the_same_in_text_and_in_json() {
        for hash in Hash::ALL {
            assert_eq!(hash.to_string().parse::<Hash>().unwrap(), hash);
            let json = serde_json::to_string(&hash).unwrap();
            assert_eq!(json, alloc::format!("\"{hash}\""));
            assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
        }
    }

    #[test]
    fn cloudfronts_names_are_accepted() {
        assert_eq!("SHA1".parse(), Ok(Hash::Sha1));
        assert_eq!("SHA256".parse(), Ok(Hash::Sha256));
    }

    #[test]
    fn the_error_for_an_unknown_hash_quotes_it_and_lists_the_known_ones() {
        let error = "md5".parse::<Hash>().unwrap_err().to_string();
        assert!(error.contains("\"md5\"") && error.contains("sha1 or sha256"), "{error}");
    }
}
