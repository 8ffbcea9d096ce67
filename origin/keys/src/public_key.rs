//! A public key as CloudFront stores it, comparable.

use core::fmt;

use sha2::{Digest, Sha256};
use vitae_signer::Algorithm;

/// What the base64 of a `SubjectPublicKeyInfo` of P-256 begins with: its first bytes are the same for every key (RFC 5480).
const P256: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";
/// And of RSA with a modulus of 2048 bits (RFC 8017).
const RSA_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A";

/// The base64 of a public key's PEM, without its first and last line and without spaces: two PEMs of one key may differ
/// in those. CloudFront may hold anything, also what is no key; that equals none of ours.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey(String);

impl PublicKey {
    /// The key in this PEM.
    #[must_use]
    pub fn from_pem(pem: &str) -> Self {
        Self(pem.lines().filter(|line| !line.starts_with("-----")).flat_map(str::split_whitespace).collect())
    }

    /// Its algorithm; `None` for what CloudFront would not take.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        match &self.0 {
            key if key.starts_with(P256) => Some(Algorithm::EcdsaP256),
            key if key.starts_with(RSA_2048) => Some(Algorithm::Rsa2048),
            _ => None,
        }
    }

    /// The first 16 hex digits of its SHA-256, which tell a stack's keys apart by name.
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
    fn one_key_in_two_pems_is_one_key() {
        let ours = PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nMFkw\nEwYH\n-----END PUBLIC KEY-----\n");
        let theirs = PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\r\nMFkwEwYH\r\n-----END PUBLIC KEY-----");
        assert_eq!(ours, theirs);
        assert_eq!(ours.fingerprint(), theirs.fingerprint());
        assert_eq!(ours.fingerprint().len(), 16);
    }

    #[test]
    fn a_key_tells_its_algorithm() {
        for algorithm in [Algorithm::EcdsaP256, Algorithm::Rsa2048] {
            let pair = crate::key_pair::generate(algorithm).unwrap();
            assert_eq!(PublicKey::from_pem(&pair.private_key().public_key_pem()).algorithm(), Some(algorithm));
        }
        assert_eq!(PublicKey::from_pem("not ours").algorithm(), None);
    }

    #[test]
    fn another_key_is_another() {
        assert_ne!(PublicKey::from_pem("MFkw"), PublicKey::from_pem("MFkx"));
        assert_ne!(PublicKey::from_pem("MFkw").fingerprint(), PublicKey::from_pem("MFkx").fingerprint());
    }
}
