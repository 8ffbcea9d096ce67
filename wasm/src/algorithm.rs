//! The key types that CloudFront supports.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::quoted::Quoted;
use crate::{Error, Hash};

/// The signature algorithm of a key. It follows from the key and is never chosen separately.
///
/// CloudFront supports these two only:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSA with a modulus of 2048 bits, PKCS#1 v1.5 padding. Written `rsa-2048`.
    #[serde(rename = "rsa-2048")]
    Rsa2048,
    /// ECDSA on the curve P-256 (prime256v1), deterministic (RFC 6979), DER. Written `ecdsa-p256`.
    #[serde(rename = "ecdsa-p256")]
    EcdsaP256,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 2] = [Self::Rsa2048, Self::EcdsaP256];

    /// The hash to use unless one is configured: SHA-1 for RSA, like other CloudFront signers; SHA-256 for P-256.
    #[must_use]
    pub fn default_hash(self) -> Hash {
        match self {
            Self::Rsa2048 => Hash::Sha1,
            Self::EcdsaP256 => Hash::Sha256,
        }
    }

    /// The name used in parameters and files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa-2048",
            Self::EcdsaP256 => "ecdsa-p256",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let algorithm = Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name);
        algorithm.ok_or_else(|| Error::UnknownAlgorithm { name: Quoted::new(name) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn names_are_the_same_in_text_and_in_json() {
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.to_string().parse::<Algorithm>().unwrap(), algorithm);
            let json = serde_json::to_string(&algorithm).unwrap();
            assert_eq!(json, alloc::format!("\"{algorithm}\""));
            assert_eq!(serde_json::from_str::<Algorithm>(&json).unwrap(), algorithm);
        }
    }

    #[test]
    fn the_error_for_an_unknown_algorithm_quotes_it_and_lists_the_known_ones() {
        let error = "ed25519".parse::<Algorithm>().unwrap_err().to_string();
        assert!(error.contains("\"ed25519\"") && error.contains("rsa-2048 or ecdsa-p256"), "{error}");
    }
}
