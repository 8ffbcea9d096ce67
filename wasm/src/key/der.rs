//! The three structures in which a private key is written.

use alloc::boxed::Box;
use alloc::string::String;

use pkcs8::der::asn1::{AnyRef, SequenceRef};
use pkcs8::der::{Decode, Reader, SliceReader, Tag, Tagged};
use pkcs8::{AssociatedOid, ObjectIdentifier, PrivateKeyInfoRef};
use sec1::{EcParameters, EcPrivateKey};

use super::{Kind, names};
use crate::Error;

/// rsaEncryption, RFC 8017 appendix C.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// id-ecPublicKey, RFC 5480 section 2.1.1.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// CloudFront's one RSA key size:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>
const RSA_BITS: usize = 2048;

/// A key whose format nothing names: its first fields tell.
pub(super) fn any(der: &[u8]) -> Result<Kind, Error> {
    match shape(der) {
        Some(Shape::Pkcs8) => pkcs8(der),
        Some(Shape::Pkcs1) => pkcs1(der),
        Some(Shape::Sec1) => sec1(der),
        Some(Shape::Encrypted) => Err(Error::EncryptedKey),
        Some(Shape::PublicKey) => Err(Error::NotAPrivateKey { what: String::from("public key") }),
        Some(Shape::Certificate) => Err(Error::NotAPrivateKey { what: String::from("certificate") }),
        None => Err(Error::MalformedKey { format: "DER" }),
    }
}

/// RFC 5208.
pub(super) fn pkcs8(der: &[u8]) -> Result<Kind, Error> {
    let malformed = Error::MalformedKey { format: "PKCS#8" };
    let info = PrivateKeyInfoRef::from_der(der).map_err(|_| malformed.clone())?;
    match info.algorithm.oid {
        RSA => pkcs1(info.private_key.as_bytes()),
        EC => {
            let curve = info.algorithm.parameters_oid().map_err(|_| Error::UnnamedCurve)?;
            p256(&EcPrivateKey::from_der(info.private_key.as_bytes()).map_err(|_| malformed)?, curve)
        }
        other => Err(Error::UnsupportedAlgorithm { algorithm: names::of(&other) }),
    }
}

/// RFC 8017 appendix A.1.2.
pub(super) fn pkcs1(der: &[u8]) -> Result<Kind, Error> {
    let malformed = Error::MalformedKey { format: "PKCS#1" };
    let parts = rsa::pkcs1::RsaPrivateKeyRef::from_der(der).map_err(|_| malformed.clone())?;
    // Before any arithmetic, which for a huge modulus would take minutes.
    let bits = bit_length(parts.modulus.as_bytes());
    if bits != RSA_BITS {
        return Err(Error::RsaKeySize { bits });
    }
    let key = rsa::RsaPrivateKey::try_from(parts).map_err(|_| malformed)?;
    Ok(Kind::Rsa(Box::new(key)))
}

/// RFC 5915.
pub(super) fn sec1(der: &[u8]) -> Result<Kind, Error> {
    let key = EcPrivateKey::from_der(der).map_err(|_| Error::MalformedKey { format: "SEC1" })?;
    match key.parameters {
        Some(EcParameters::NamedCurve(curve)) => p256(&key, curve),
        None => Err(Error::UnnamedCurve),
    }
}

fn p256(key: &EcPrivateKey<'_>, curve: ObjectIdentifier) -> Result<Kind, Error> {
    if curve != p256::NistP256::OID {
        return Err(Error::UnsupportedCurve { curve: names::of(&curve) });
    }
    let key = p256::SecretKey::try_from(key.clone()).map_err(|_| Error::MalformedKey { format: "SEC1" })?;
    Ok(Kind::P256(key))
}

fn bit_length(big_endian: &[u8]) -> usize {
    let significant = big_endian.iter().skip_while(|byte| **byte == 0);
    let bytes = significant.clone().count();
    significant.clone().next().map_or(0, |first| bytes * 8 - first.leading_zeros() as usize)
}

enum Shape {
    Pkcs8,
    Pkcs1,
    Sec1,
    Encrypted,
    PublicKey,
    Certificate,
}

/// Every one of these is a SEQUENCE; the tags of its first two fields differ.
fn shape(der: &[u8]) -> Option<Shape> {
    let outer = <&SequenceRef>::from_der(der).ok()?;
    let mut fields = SliceReader::new(outer.as_bytes()).ok()?;
    let first = fields.decode::<AnyRef<'_>>().ok()?.tag();
    let second = fields.decode::<AnyRef<'_>>().ok()?.tag();
    match (first, second) {
        (Tag::Integer, Tag::Sequence) => Some(Shape::Pkcs8),
        (Tag::Integer, Tag::Integer) if fields.is_finished() => Some(Shape::PublicKey),
        (Tag::Integer, Tag::Integer) => Some(Shape::Pkcs1),
        (Tag::Integer, Tag::OctetString) => Some(Shape::Sec1),
        (Tag::Sequence, Tag::OctetString) => Some(Shape::Encrypted),
        (Tag::Sequence, Tag::BitString) => Some(Shape::PublicKey),
        (Tag::Sequence, Tag::Sequence) => Some(Shape::Certificate),
        _ => None,
    }
}
