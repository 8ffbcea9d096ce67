//! The hashes that CloudFront verifies with.

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
/// CloudFront assumes SHA-1 unless the URL says `Hash-Algorithm=SHA256` (the cookie `CloudFront-Hash-Algorithm`):
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Hash {
    /// SHA-1, CloudFront's default. Written `sha1`.
    #[serde(rename = "sha1")]
    Sha1,
    /// SHA-256. Written `sha256`.
    #[serde(rename = "sha256")]
    Sha256,
}

impl Hash {
    /// The name, as parameters and files write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }

    /// What the URL must say about the hash: nothing for SHA-1.
    pub(crate) fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Sha1 => None,
            Self::Sha256 => Some("SHA256"),
        }
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

/// Takes CloudFront's own spelling, `SHA256`, too.
impl FromStr for Hash {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "sha1" | "SHA1" => Ok(Self::Sha1),
            "sha256" | "SHA256" => Ok(Self::Sha256),
            other => Err(Error::UnknownHash { name: Quoted::new(other) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn names_are_the_same_in_text_and_in_json() {
        for hash in [Hash::Sha1, Hash::Sha256] {
            assert_eq!(hash.to_string().parse::<Hash>().unwrap(), hash);
            let json = serde_json::to_string(&hash).unwrap();
            assert_eq!(json, alloc::format!("\"{hash}\""));
            assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
        }
    }

    #[test]
    fn cloudfronts_spelling_is_taken() {
        assert_eq!("SHA1".parse(), Ok(Hash::Sha1));
        assert_eq!("SHA256".parse(), Ok(Hash::Sha256));
    }

    #[test]
    fn an_unknown_hash_is_quoted() {
        let error = "md5".parse::<Hash>().unwrap_err().to_string();
        assert!(error.contains("\"md5\"") && error.contains("sha256"), "{error}");
    }
}
