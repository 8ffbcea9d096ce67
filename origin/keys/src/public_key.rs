//! A public key as CloudFront stores it, for comparison.

use core::fmt;

use sha2::{Digest, Sha256};
use vitae_signer::Algorithm;

/// The start of the base64 of every P-256 `SubjectPublicKeyInfo` (RFC 5480).
const P256: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";
/// The same of every RSA key with a modulus of 2048 bits (RFC 8017).
const RSA_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A";

/// The base64 of a public key's PEM, without its first and last line and without white space, in which two PEMs of one key
/// may differ. CloudFront may hold a value that is not a key; it equals none of the stack's.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey(String);

impl PublicKey {
    /// Reads a PEM.
    #[must_use]
    pub fn from_pem(pem: &str) -> Self {
        Self(pem.lines().filter(|line| !line.starts_with("-----")).flat_map(str::split_whitespace).collect())
    }

    /// The algorithm; `None` if CloudFront would not accept the key.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        match &self.0 {
            key if key.starts_with(P256) => Some(Algorithm::EcdsaP256),
            key if key.starts_with(RSA_2048) => Some(Algorithm::Rsa2048),
            _ => None,
        }
    }

    /// The first 16 hexadecimal digits of its SHA-256, which are part of the key's name.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let start = Sha256::digest(&self.0).iter().take(8).fold(0_u64, |start, &byte| start << 8 | u64::from(byte));
        format!("{start:016x}")
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.fingerprint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_pems_of_one_key_are_equal() {
        let ours = PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nMFkw\nEwYH\n-----END PUBLIC KEY-----\n");
        let reformatted = PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\r\nMFkwEwYH\r\n-----END PUBLIC KEY-----");
        assert_eq!(ours, reformatted);
        assert_eq!(ours.fingerprint(), reformatted.fingerprint());
        assert_eq!(ours.fingerprint().len(), 16);
    }

    #[test]
    fn a_key_has_its_algorithm() {
        for algorithm in [Algorithm::EcdsaP256, Algorithm::Rsa2048] {
            let pair = crate::key_pair::generate(algorithm).unwrap();
            assert_eq!(PublicKey::from_pem(&pair.private_key().public_key_pem()).algorithm(), Some(algorithm));
        }
        assert_eq!(PublicKey::from_pem("not ours").algorithm(), None);
    }

    #[test]
    fn different_keys_are_not_equal() {
        assert_ne!(PublicKey::from_pem("MFkw"), PublicKey::from_pem("MFkx"));
        assert_ne!(PublicKey::from_pem("MFkw").fingerprint(), PublicKey::from_pem("MFkx").fingerprint());
    }
}
