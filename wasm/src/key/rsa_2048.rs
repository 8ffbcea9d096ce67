//! RSA keys.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crypto_bigint::modular::BoxedMontyForm;
use pkcs8::der::Decode;
use pkcs8::spki::SubjectPublicKeyInfoRef;
use rand_core::TryCryptoRng;
use rsa::pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::traits::{PublicKeyParts, SignatureScheme};
use rsa::{BoxedUint, RsaPrivateKey, RsaPublicKey};
use sha1::Sha1;
use sha2::Sha256;
#[cfg(feature = "host")]
use zeroize::Zeroizing;

use super::Kind;
use crate::{Error, Hash};

/// The RSA key size that CloudFront supports:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>
const BITS: usize = 2048;

/// A private key.
pub(super) struct Rsa {
    pub(super) key: RsaPrivateKey,
    /// The PKCS#1 that it was read from, for the host.
    #[cfg(feature = "host")]
    pub(super) der: Zeroizing<Vec<u8>>,
}

/// Reads a PKCS#1 key (RFC 8017 appendix A.1.2).
pub(super) fn from_pkcs1(der: &[u8]) -> Result<Kind, Error> {
    let malformed = Error::MalformedKey { format: "PKCS#1" };
    let parts = RsaPrivateKeyRef::from_der(der).map_err(|_| malformed.clone())?;
    // Checked before any arithmetic, which for a huge modulus would take minutes.
    let bits = bit_length(parts.modulus.as_bytes());
    if bits != BITS {
        return Err(Error::RsaKeySize { bits });
    }
    let key = RsaPrivateKey::try_from(parts).map_err(|_| malformed)?;
    Ok(Kind::Rsa(Box::new(Rsa {
        key,
        #[cfg(feature = "host")]
        der: Zeroizing::new(der.to_vec()),
    })))
}

/// Reads the public half (RFC 8017 appendix A.1.1).
pub(crate) fn public_from_spki(info: SubjectPublicKeyInfoRef<'_>) -> Result<RsaPublicKey, Error> {
    let malformed = || Error::NotAPublicKey { found: String::from("damaged") };
    let pkcs1 = info.subject_public_key.as_bytes().ok_or_else(malformed)?;
    let parts = RsaPublicKeyRef::from_der(pkcs1).map_err(|_| malformed())?;
    let bits = bit_length(parts.modulus.as_bytes());
    if bits != BITS {
        return Err(Error::RsaKeySize { bits });
    }
    RsaPublicKey::try_from(info).map_err(|_| malformed())
}

fn bit_length(big_endian: &[u8]) -> usize {
    let significant = big_endian.iter().skip_while(|byte| **byte == 0);
    let bytes = significant.clone().count();
    significant.clone().next().map_or(0, |first| bytes * 8 - first.leading_zeros() as usize)
}

/// Signs with PKCS#1 v1.5 padding.
///
/// The input is always blinded: without that, the time of the computation depends on the key (RUSTSEC-2023-0071). The
/// signature is verified before it is returned, because a faulty one can reveal the key.
pub(crate) fn sign(
    key: &RsaPrivateKey,
    hash: Hash,
    digest: &[u8],
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<Vec<u8>, Error> {
    let padding = match hash {
        Hash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
    };
    let signature = padding.sign(Some(rng), key, digest).map_err(|error| match error {
        rsa::Error::Rng => Error::Randomness,
        _ => Error::SignatureCheck,
    })?;
    if verify(key.as_public_key(), hash, digest, &signature) { Ok(signature) } else { Err(Error::SignatureCheck) }
}

/// Whether a signature with PKCS#1 v1.5 padding verifies (RFC 8017 section 8.2.2).
///
/// Written here, because `rsa` raises to the power of the public exponent in the time of a private one: most exponents are
/// 65537, which takes 17 multiplications instead of a hundred. Nothing here is secret.
pub(crate) fn verify(key: &RsaPublicKey, hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
    let precision = key.n_bits_precision();
    let Ok(signature) = BoxedUint::from_be_slice(signature, precision) else { return false };
    if signature >= **key.n() {
        return false;
    }
    let base = BoxedMontyForm::new(signature, key.n_params());
    let exponent = key.e().to_be_bytes_trimmed_vartime();
    let bits = exponent.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
    // The first bit that is set is the base itself.
    let power = bits.skip_while(|bit| !bit).skip(1).fold(base.clone(), |power, bit| {
        let square = power.square();
        if bit { square.mul(&base) } else { square }
    });
    power.retrieve().to_be_bytes().as_ref() == encode(hash, digest)
}

/// The message that a signature with PKCS#1 v1.5 padding encodes (RFC 8017 section 9.2).
fn encode(hash: Hash, digest: &[u8]) -> Vec<u8> {
    let prefix: &[u8] = match hash {
        Hash::Sha1 => &[0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14],
        Hash::Sha256 => &[
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
            0x20,
        ],
    };
    let mut message = alloc::vec![0xff; BITS / 8];
    let start = message.len() - prefix.len() - digest.len();
    message[..2].copy_from_slice(&[0, 1]);
    message[start - 1] = 0;
    message[start..][..prefix.len()].copy_from_slice(prefix);
    message[start + prefix.len()..].copy_from_slice(digest);
    message
}
