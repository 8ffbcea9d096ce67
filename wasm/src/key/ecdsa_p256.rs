//! P-256 keys.

use alloc::vec::Vec;

use ecdsa::hazmat::{sign_prehashed_rfc6979, verify_prehashed};
use p256::ecdsa::Signature;
use p256::{NistP256, PublicKey, SecretKey};
use sec1::EcPrivateKey;
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Kind;
use crate::{Error, Hash};

/// Converts a SEC1 key, whose curve the caller has checked.
pub(super) fn from_sec1(key: &EcPrivateKey<'_>) -> Result<Kind, Error> {
    let key = SecretKey::try_from(key.clone()).map_err(|_| Error::MalformedKey { format: "SEC1" })?;
    Ok(Kind::P256(key))
}

/// Signs, and encodes the signature in DER.
///
/// The nonce is derived from the key and the message (RFC 6979, with the hash that is signed). So the same URL gets the
/// same signature, and bad randomness cannot reveal the key.
pub(super) fn sign(key: &SecretKey, hash: Hash, digest: &[u8]) -> Vec<u8> {
    let scalar = Zeroizing::new(key.to_nonzero_scalar());
    let (signature, _) = match hash {
        Hash::Sha1 => sign_prehashed_rfc6979::<NistP256, Sha1>(&scalar, digest, &[]),
        Hash::Sha256 => sign_prehashed_rfc6979::<NistP256, Sha256>(&scalar, digest, &[]),
    };
    signature.to_der().as_bytes().to_vec()
}

/// Whether a signature in DER verifies.
pub(crate) fn verify(key: &PublicKey, digest: &[u8], signature: &[u8]) -> bool {
    Signature::from_der(signature)
        .is_ok_and(|signature| verify_prehashed(&key.to_projective(), digest, &signature).is_ok())
}

/// Writes a key in SEC1 (RFC 5915 section 3), without its public half.
#[cfg(feature = "host")]
pub(super) fn to_sec1(key: &SecretKey) -> Zeroizing<Vec<u8>> {
    // A SEQUENCE of the version 1, the key and, with the tag 0, the name of the curve.
    const BEFORE: [u8; 7] = [0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20];
    const AFTER: [u8; 12] = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let scalar = Zeroizing::new(key.to_bytes());
    let mut der = Zeroizing::new(Vec::with_capacity(BEFORE.len() + scalar.len() + AFTER.len()));
    for part in [&BEFORE[..], &scalar[..], &AFTER[..]] {
        der.extend_from_slice(part);
    }
    der
}
