//! The formats of a private key: PKCS#8, PKCS#1 and SEC1, in DER.

use alloc::string::{String, ToString};

use pkcs8::der::asn1::{AnyRef, SequenceRef};
use pkcs8::der::{Decode, Reader, SliceReader, Tag, Tagged};
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use sec1::{EcParameters, EcPrivateKey};

use super::Kind;
#[cfg(feature = "p256")]
use super::ecdsa_p256::from_sec1;
#[cfg(feature = "rsa")]
pub(super) use super::rsa_2048::from_pkcs1 as pkcs1;
use crate::Error;

/// rsaEncryption, RFC 8017 appendix C.
pub(crate) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// id-ecPublicKey, RFC 5480 section 2.1.1.
pub(crate) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// secp256r1, RFC 5480 section 2.1.1.1.
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// The algorithms and curves that CloudFront does not support.
const UNSUPPORTED: [(&str, &str); 12] = [
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.132.0.33", "P-224 (secp224r1)"),
    ("1.3.132.0.34", "P-384 (secp384r1)"),
    ("1.3.132.0.35", "P-521 (secp521r1)"),
    ("1.2.840.10045.3.1.1", "P-192 (prime192v1)"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.2.840.113549.1.1.10", "RSASSA-PSS"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.3.101.110", "X25519"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("1.2.840.113549.1.3.1", "Diffie-Hellman"),
];

/// Reads a key whose format is not known, and is detected from its first two fields.
pub(super) fn any(der: &[u8]) -> Result<Kind, Error> {
    let not_private = |found| Err(Error::NotAPrivateKey { found: String::from(found) });
    match first_tags(der) {
        Some((Tag::Integer, Tag::Sequence, _)) => pkcs8(der),
        Some((Tag::Integer, Tag::Integer, false)) => pkcs1(der),
        Some((Tag::Integer, Tag::OctetString, _)) => sec1(der),
        Some((Tag::Sequence, Tag::OctetString, _)) => Err(Error::EncryptedKey),
        Some((Tag::Integer, Tag::Integer, true) | (Tag::Sequence, Tag::BitString, _)) => not_private("public key"),
        Some((Tag::Sequence, Tag::Sequence, _)) => not_private("certificate"),
        _ => Err(Error::MalformedKey { format: "DER" }),
    }
}

/// The tags of the first two fields, and whether there are no others. Every format is a SEQUENCE.
fn first_tags(der: &[u8]) -> Option<(Tag, Tag, bool)> {
    let outer = <&SequenceRef>::from_der(der).ok()?;
    let mut fields = SliceReader::new(outer.as_bytes()).ok()?;
    let first = fields.decode::<AnyRef<'_>>().ok()?.tag();
    let second = fields.decode::<AnyRef<'_>>().ok()?.tag();
    Some((first, second, fields.is_finished()))
}

/// Reads a PKCS#8 key (RFC 5208).
pub(super) fn pkcs8(der: &[u8]) -> Result<Kind, Error> {
    let malformed = Error::MalformedKey { format: "PKCS#8" };
    let info = PrivateKeyInfoRef::from_der(der).map_err(|_| malformed.clone())?;
    match info.algorithm.oid {
        RSA => pkcs1(info.private_key.as_bytes()),
        EC => {
            let curve = info.algorithm.parameters_oid().map_err(|_| Error::UnnamedCurve)?;
            ec(&EcPrivateKey::from_der(info.private_key.as_bytes()).map_err(|_| malformed)?, curve)
        }
        other => Err(Error::UnsupportedAlgorithm { algorithm: name(&other) }),
    }
}

/// Reads a SEC1 key (RFC 5915).
pub(super) fn sec1(der: &[u8]) -> Result<Kind, Error> {
    let key = EcPrivateKey::from_der(der).map_err(|_| Error::MalformedKey { format: "SEC1" })?;
    match key.parameters {
        Some(EcParameters::NamedCurve(curve)) => ec(&key, curve),
        None => Err(Error::UnnamedCurve),
    }
}

fn ec(key: &EcPrivateKey<'_>, curve: ObjectIdentifier) -> Result<Kind, Error> {
    if curve != P256 {
        return Err(Error::UnsupportedCurve { curve: name(&curve) });
    }
    from_sec1(key)
}

/// The name of an unsupported algorithm or curve, or its object identifier.
fn name(oid: &ObjectIdentifier) -> String {
    let number = oid.to_string();
    match UNSUPPORTED.iter().find(|(known, _)| *known == number) {
        Some((_, name)) => String::from(*name),
        None => number,
    }
}

#[cfg(not(feature = "rsa"))]
pub(super) fn pkcs1(_: &[u8]) -> Result<Kind, Error> {
    Err(Error::DisabledAlgorithm { algorithm: crate::Algorithm::Rsa2048, feature: "rsa" })
}

#[cfg(not(feature = "p256"))]
fn from_sec1(_: &EcPrivateKey<'_>) -> Result<Kind, Error> {
    Err(Error::DisabledAlgorithm { algorithm: crate::Algorithm::EcdsaP256, feature: "p256" })
}
