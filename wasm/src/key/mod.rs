//! The private key.

mod der;
#[cfg(feature = "p256")]
pub(crate) mod ecdsa_p256;
pub(crate) mod pem;
#[cfg(feature = "rsa")]
pub(crate) mod rsa_2048;
#[cfg(all(test, feature = "rsa", feature = "p256"))]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use rand_core::TryCryptoRng;
#[cfg(feature = "host")]
use zeroize::Zeroizing;

#[cfg(feature = "p256")]
pub(crate) use self::der::EC;
#[cfg(feature = "rsa")]
pub(crate) use self::der::RSA;
use crate::{Algorithm, Error, Hash, PublicKey};

/// The maximum length of a key, in bytes. The PEM of an RSA-2048 key has 1.7 KB.
const MAX_KEY_BYTES: usize = 16 * 1024;

/// A private key of a type that CloudFront supports: RSA with 2048 bits, or P-256.
///
/// It is wiped from memory when dropped, and cannot be exported: neither `Debug` nor an error shows any part of it.
pub struct PrivateKey(Kind);

enum Kind {
    #[cfg(feature = "rsa")]
    Rsa(alloc::boxed::Box<rsa_2048::Rsa>),
    #[cfg(feature = "p256")]
    P256(p256::SecretKey),
}

impl PrivateKey {
    /// Reads a PEM key: PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE KEY`).
    ///
    /// Lines may end in LF, CRLF or the two characters `\n`, which keys stored in environment variables often have.
    ///
    /// # Errors
    /// A specific error for each kind of unsupported input: an empty or truncated text, a public key, a certificate, an
    /// encrypted key, RSA with another size, another curve or algorithm.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        check_length(pem.len())?;
        pem::parse(pem).map(Self)
    }

    /// Reads a DER key in one of the same three formats, which is detected from its structure.
    ///
    /// # Errors
    /// As [`PrivateKey::from_pem`].
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        check_length(der.len())?;
        if der.is_empty() {
            return Err(Error::EmptyKey);
        }
        der::any(der).map(Self)
    }

    /// The algorithm that the key signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            #[cfg(feature = "rsa")]
            Kind::Rsa(_) => Algorithm::Rsa2048,
            #[cfg(feature = "p256")]
            Kind::P256(_) => Algorithm::EcdsaP256,
        }
    }

    /// The public half in PEM (`PUBLIC KEY`), as CloudFront's `CreatePublicKey` expects it; lines end in LF.
    ///
    /// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_PublicKeyConfig.html>
    #[must_use]
    pub fn public_key_pem(&self) -> String {
        self.public_key().to_pem()
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        match &self.0 {
            #[cfg(feature = "rsa")]
            Kind::Rsa(key) => PublicKey::from_rsa(key.key.to_public_key()),
            #[cfg(feature = "p256")]
            Kind::P256(key) => PublicKey::from_p256(key.public_key()),
        }
    }

    /// The key in DER and the name of its format in `node:crypto`. P-256 keys are without their public half, which the reader
    /// computes faster.
    #[cfg(feature = "host")]
    pub(crate) fn to_der(&self) -> (&'static str, Zeroizing<Vec<u8>>) {
        match &self.0 {
            #[cfg(feature = "rsa")]
            Kind::Rsa(key) => ("pkcs1", key.der.clone()),
            #[cfg(feature = "p256")]
            Kind::P256(key) => ("sec1", ecdsa_p256::to_sec1(key)),
        }
    }

    /// Whether `signature` is this key's for `message`.
    pub(crate) fn verify(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        let digest = hash.digest(message);
        match &self.0 {
            #[cfg(feature = "rsa")]
            Kind::Rsa(key) => rsa_2048::verify(key.key.as_public_key(), hash, &digest, signature),
            #[cfg(feature = "p256")]
            Kind::P256(key) => ecdsa_p256::verify(&key.public_key(), &digest, signature),
        }
    }

    /// Signs `message` in the format CloudFront expects: PKCS#1 v1.5 for RSA, DER for P-256.
    #[cfg_attr(
        not(feature = "rsa"),
        expect(unused_variables, clippy::unnecessary_wraps, reason = "only RSA needs randomness")
    )]
    pub(crate) fn sign(
        &self,
        hash: Hash,
        message: &[u8],
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Vec<u8>, Error> {
        let digest = hash.digest(message);
        match &self.0 {
            #[cfg(feature = "rsa")]
            Kind::Rsa(key) => rsa_2048::sign(&key.key, hash, &digest, rng),
            #[cfg(feature = "p256")]
            Kind::P256(key) => Ok(ecdsa_p256::sign(key, hash, &digest)),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, withheld)", self.algorithm())
    }
}

pub(crate) fn check_length(bytes: usize) -> Result<(), Error> {
    if bytes > MAX_KEY_BYTES {
        return Err(Error::KeyTooLong { bytes, max: MAX_KEY_BYTES });
    }
    Ok(())
}
