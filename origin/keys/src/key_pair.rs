//! A new pair, and a pair under its id.

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use p256::elliptic_curve::Generate;
use pkcs8::{EncodePrivateKey, LineEnding};
use serde::Deserialize;
use vitae_parameters::{STANDARD_TIER_BYTES, SignerParameter};
use vitae_signer::{Algorithm, KeyPairId, PrivateKey};
use zeroize::Zeroizing;

use crate::error::Error;

/// The `key_pair_id` of a pair whose public half has no id yet. CloudFront's ids are in capitals, so it is none of them.
const UNREGISTERED: &str = "unregistered";

/// The modulus that CloudFront takes, in bits.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>
const RSA_BITS: usize = 2048;

/// A new pair of this algorithm, for `signer/pending`. Its randomness is the operating system's.
///
/// # Errors
/// [`Error::Randomness`] if the operating system gives none, [`Error::KeyGeneration`] if no pair could be made of it.
pub fn generate(algorithm: Algorithm) -> Result<SignerParameter, Error> {
    // The RSA crate's generator cannot hear of a failure, so the source is tried first.
    let mut probe = Zeroizing::new([0_u8; 32]);
    getrandom::fill(probe.as_mut()).map_err(|_| Error::Randomness)?;
    let pem = match algorithm {
        Algorithm::EcdsaP256 => {
            let key = p256::SecretKey::try_generate_from_rng(&mut SysRng).map_err(|_| Error::Randomness)?;
            key.to_pkcs8_pem(LineEnding::LF)
        }
        Algorithm::Rsa2048 => {
            let key = rsa::RsaPrivateKey::new(&mut UnwrapErr(SysRng), RSA_BITS).map_err(|_| Error::KeyGeneration)?;
            key.to_pkcs8_pem(LineEnding::LF)
        }
    };
    let pem = pem.map_err(|_| Error::KeyGeneration)?;
    let id = KeyPairId::new(UNREGISTERED).map_err(|_| Error::KeyGeneration)?;
    SignerParameter::new(id, algorithm.default_hash(), &pem).map_err(|_| Error::KeyGeneration)
}

/// The pair that the owner brought as a bare PEM.
///
/// # Errors
/// In the signer's words, which quote nothing of it, why CloudFront takes no such key.
pub fn parse_supplied(pem: &str) -> Result<SignerParameter, String> {
    let key = PrivateKey::from_pem(pem).map_err(|error| error.to_string())?;
    let id = KeyPairId::new(UNREGISTERED).map_err(|error| error.to_string())?;
    let pair = SignerParameter::new(id, key.algorithm().default_hash(), pem).map_err(|error| error.to_string())?;
    // The escaped line ends of a long PEM may take it over what the parameter holds.
    let bytes = pair.to_json().len();
    if bytes > STANDARD_TIER_BYTES {
        return Err(format!("with its id it takes {bytes} bytes, and a parameter holds {STANDARD_TIER_BYTES}"));
    }
    Ok(pair)
}

/// As [`parse_supplied`], where it was judged before.
///
/// # Errors
/// [`Error::KeyGeneration`] if CloudFront takes no such key.
pub fn from_supplied(pem: &str) -> Result<SignerParameter, Error> {
    parse_supplied(pem).map_err(|_| Error::KeyGeneration)
}

/// The same pair under another id: the one that CloudFront gave its public half.
///
/// # Errors
/// [`Error::KeyGeneration`] if CloudFront gave what is no id.
pub fn with_id(pair: &SignerParameter, id: &str) -> Result<SignerParameter, Error> {
    /// The one field that a signer's parameter does not give out.
    #[derive(Deserialize)]
    struct OnlyKey {
        private_key: String,
    }
    let id = KeyPairId::new(id).map_err(|_| Error::KeyGeneration)?;
    let key: OnlyKey = serde_json::from_str(&pair.to_json()).map_err(|_| Error::KeyGeneration)?;
    let pem = Zeroizing::new(key.private_key);
    SignerParameter::new(id, pair.hash(), &pem).map_err(|_| Error::KeyGeneration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_pair_is_of_its_algorithm_and_new() {
        for algorithm in [Algorithm::EcdsaP256, Algorithm::Rsa2048] {
            let (one, other) = (generate(algorithm).unwrap(), generate(algorithm).unwrap());
            assert_eq!((one.algorithm(), one.hash()), (algorithm, algorithm.default_hash()));
            assert_eq!(one.key_pair_id().as_str(), UNREGISTERED);
            assert_ne!(one.private_key().public_key_pem(), other.private_key().public_key_pem());
            assert!(one.to_json().len() <= STANDARD_TIER_BYTES);
        }
    }

    #[test]
    fn a_pair_keeps_its_key_under_another_id() {
        let pair = generate(Algorithm::EcdsaP256).unwrap();
        let renamed = with_id(&pair, "K2JCJMDEHXQW5F").unwrap();
        assert_eq!(renamed.key_pair_id().as_str(), "K2JCJMDEHXQW5F");
        assert_eq!(renamed.to_json().replace("K2JCJMDEHXQW5F", UNREGISTERED), *pair.to_json());
        assert!(matches!(with_id(&pair, "not an id"), Err(Error::KeyGeneration)));
    }
}
