//! RSA keys.

use alloc::boxed::Box;
use alloc::vec::Vec;

use pkcs8::der::Decode;
use rand_core::TryCryptoRng;
use rsa::RsaPrivateKey;
use rsa::pkcs1::RsaPrivateKeyRef;
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::traits::SignatureScheme;
use sha1::Sha1;
use sha2::Sha256;

use super::Kind;
use crate::{Error, Hash};

/// The RSA key size that CloudFront supports:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>
const BITS: usize = 2048;

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
    Ok(Kind::Rsa(Box::new(key)))
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
pub(super) fn sign(
    key: &RsaPrivateKey,
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
