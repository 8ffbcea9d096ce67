//! The private key.

mod der;
mod names;
mod pem;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use ecdsa::hazmat::sign_prehashed_rfc6979;
use p256::NistP256;
use pkcs8::{EncodePublicKey, LineEnding};
use rand_core::TryCryptoRng;
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::traits::SignatureScheme;
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Algorithm, Error, Hash};

/// The longest key that is read at all, in bytes. The PEM of an RSA-2048 key takes 1.7 KB.
const MAX_KEY_BYTES: usize = 16 * 1024;

/// A private key that CloudFront can verify against: RSA with 2048 bits, or P-256.
///
/// It is wiped from memory when dropped. It has no way out: neither `Debug` nor an error shows any of it.
pub struct PrivateKey(Kind);

enum Kind {
    Rsa(Box<rsa::RsaPrivateKey>),
    P256(p256::SecretKey),
}

impl PrivateKey {
    /// Reads a key in PEM: PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE KEY`). Lines may end
    /// in LF, CRLF or the two characters `\n`, as keys that went through an environment variable do.
    ///
    /// # Errors
    /// By name, whatever is not such a key: an empty or cut off text, a public key, a certificate, an encrypted key,
    /// RSA of other than 2048 bits, other curves, other algorithms.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        refuse_too_long(pem.len())?;
        pem::parse(pem).map(Self)
    }

    /// Reads a key in DER, of the same three formats; the structure tells which.
    ///
    /// # Errors
    /// As [`PrivateKey::from_pem`].
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        refuse_too_long(der.len())?;
        if der.is_empty() {
            return Err(Error::EmptyKey);
        }
        der::any(der).map(Self)
    }

    /// What the key signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            Kind::Rsa(_) => Algorithm::Rsa2048,
            Kind::P256(_) => Algorithm::EcdsaP256,
        }
    }

    /// The public half in PEM (`PUBLIC KEY`), as CloudFront's `CreatePublicKey` takes it; lines end in LF.
    ///
    /// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_PublicKeyConfig.html>
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "a public key of fixed size always has an encoding")]
    pub fn public_key_pem(&self) -> String {
        match &self.0 {
            Kind::Rsa(key) => key.to_public_key().to_public_key_pem(LineEnding::LF),
            Kind::P256(key) => key.public_key().to_public_key_pem(LineEnding::LF),
        }
        .expect("a key that was read can be written")
    }

    /// Signs `message` as CloudFront verifies it: PKCS#1 v1.5 for RSA, DER for P-256.
    pub(crate) fn sign(
        &self,
        hash: Hash,
        message: &[u8],
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Vec<u8>, Error> {
        let digest = hash.digest(message);
        match &self.0 {
            Kind::Rsa(key) => sign_rsa(key, hash, &digest, rng),
            Kind::P256(key) => Ok(sign_p256(key, hash, &digest)),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, withheld)", self.algorithm())
    }
}

fn refuse_too_long(bytes: usize) -> Result<(), Error> {
    if bytes > MAX_KEY_BYTES {
        return Err(Error::KeyTooLong { bytes, max: MAX_KEY_BYTES });
    }
    Ok(())
}

/// RSA takes a time that depends on the key (RUSTSEC-2023-0071) unless the input is blinded, so it always is. A fault
/// in the computation can give the key away, so what does not verify does not leave.
fn sign_rsa(
    key: &rsa::RsaPrivateKey,
    hash: Hash,
    digest: &[u8],
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<Vec<u8>, Error> {
    let padding = match hash {
        Hash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
    };
    let signature = padding.clone().sign(Some(rng), key, digest).map_err(|error| match error {
        rsa::Error::Rng => Error::Randomness,
        _ => Error::SignatureCheck,
    })?;
    padding.verify(key.as_ref(), digest, &signature).map_err(|_| Error::SignatureCheck)?;
    Ok(signature)
}

/// The nonce follows from key and message (RFC 6979, with the hash that is signed), so the same URL gets the same
/// signature and no bad randomness can give the key away.
fn sign_p256(key: &p256::SecretKey, hash: Hash, digest: &[u8]) -> Vec<u8> {
    let scalar = Zeroizing::new(key.to_nonzero_scalar());
    let (signature, _) = match hash {
        Hash::Sha1 => sign_prehashed_rfc6979::<NistP256, Sha1>(&scalar, digest, &[]),
        Hash::Sha256 => sign_prehashed_rfc6979::<NistP256, Sha256>(&scalar, digest, &[]),
    };
    signature.to_der().as_bytes().to_vec()
}
