//! Public keys of a key group, and verification with them.
//!
//! CloudFront accepts RSA keys of 2,048 bits and ECDSA keys on P-256, as PEM. RSA signatures are PKCS#1 v1.5, ECDSA
//! signatures DER. The hash is SHA-1 unless the grant specifies SHA-256.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>

use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA1_ASN1, ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use aws_smithy_types::base64;

/// The modulus of the only RSA key size that CloudFront accepts, 2,048 bits.
const RSA_MODULUS_BYTES: usize = 256;
/// The `SubjectPublicKeyInfo` of a P-256 key before its uncompressed point: RFC 5480, section 2.
const P256_SPKI_PREFIX: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];

/// The hash of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
}

/// A public key that CloudFront would accept.
#[derive(Clone, Debug)]
pub(crate) struct PublicKey {
    kind: Kind,
    spki: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Rsa2048,
    EcdsaP256,
}

impl PublicKey {
    /// Parses the PEM that `GetPublicKey` returns.
    ///
    /// # Errors
    /// CloudFront would reject the key. (A local cloud accepts anything.)
    pub(crate) fn from_pem(pem: &str) -> Result<Self, &'static str> {
        let lines: Vec<&str> = pem.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let [first, body @ .., last] = lines.as_slice() else { return Err("it is not PEM") };
        if *first != "-----BEGIN PUBLIC KEY-----" || *last != "-----END PUBLIC KEY-----" {
            return Err("it is not a PEM \"PUBLIC KEY\", as `openssl rsa -pubout` writes it");
        }
        let spki = base64::decode(body.concat()).map_err(|_| "its base64 is not valid")?;
        if spki.starts_with(&P256_SPKI_PREFIX) {
            return Ok(Self { kind: Kind::EcdsaP256, spki });
        }
        match rsa::PublicKey::from_der(&spki) {
            Ok(key) if key.modulus_len() == RSA_MODULUS_BYTES => Ok(Self { kind: Kind::Rsa2048, spki }),
            Ok(_) => Err("an RSA key must have 2,048 bits"),
            Err(_) => Err("it is neither RSA nor ECDSA on P-256"),
        }
    }

    /// `Some` if `signature` is a valid signature of `message` by this key.
    pub(crate) fn verify(&self, hash: Hash, message: &[u8], signature: &[u8]) -> Option<()> {
        let algorithm: &'static dyn VerificationAlgorithm = match (self.kind, hash) {
            (Kind::Rsa2048, Hash::Sha1) => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            (Kind::Rsa2048, Hash::Sha256) => &RSA_PKCS1_2048_8192_SHA256,
            (Kind::EcdsaP256, Hash::Sha1) => &ECDSA_P256_SHA1_ASN1,
            (Kind::EcdsaP256, Hash::Sha256) => &ECDSA_P256_SHA256_ASN1,
        };
        UnparsedPublicKey::new(algorithm, &self.spki).verify(message, signature).ok()
    }
}
