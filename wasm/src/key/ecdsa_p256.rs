//! P-256 keys.

use alloc::vec::Vec;

use ecdsa::hazmat::sign_prehashed_rfc6979;
use p256::{NistP256, SecretKey};
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
