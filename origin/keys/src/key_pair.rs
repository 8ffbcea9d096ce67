//! Generation and parsing of key pairs.

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use p256::elliptic_curve::Generate;
use pkcs8::{EncodePrivateKey, LineEnding};
use serde::Deserialize;
use vitae_parameters::{STANDARD_TIER_BYTES, SignerParameter};
use vitae_signer::{Algorithm, KeyPairId, PrivateKey};
use zeroize::Zeroizing;

use crate::error::Error;

/// The `key_pair_id` before the public key is registered. CloudFront's ids are in upper case, so it is never one of them.
const UNREGISTERED: &str = "unregistered";

/// The modulus that CloudFront requires, in bits.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>
const RSA_BITS: usize = 2048;

/// Generates a key pair for `signer/pending`, with the operating system's random number generator.
///
/// # Errors
/// [`Error::Randomness`] if that generator fails, [`Error::KeyGeneration`] if no valid key pair results.
pub fn generate(algorithm: Algorithm) -> Result<SignerParameter, Error> {
    // `rsa` panics if the generator fails, so it is tested first.
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

/// Parses a PEM that the owner supplied.
///
/// # Errors
/// The signer's message why CloudFront does not accept the key. It quotes nothing of the key.
pub fn parse_supplied(pem: &str) -> Result<SignerParameter, String> {
    let key = PrivateKey::from_pem(pem).map_err(|error| error.to_string())?;
    let id = KeyPairId::new(UNREGISTERED).map_err(|error| error.to_string())?;
    let pair = SignerParameter::new(id, key.algorithm().default_hash(), pem).map_err(|error| error.to_string())?;
    // A long PEM may exceed the parameter's limit, because its line ends are escaped.
    let bytes = pair.to_json().len();
    if bytes > STANDARD_TIER_BYTES {
        return Err(format!("with its id it has {bytes} bytes, and a parameter holds at most {STANDARD_TIER_BYTES}"));
    }
    Ok(pair)
}

/// Like [`parse_supplied`], for a PEM that was checked before.
///
/// # Errors
/// [`Error::KeyGeneration`] if CloudFront does not accept the key.
pub fn from_supplied(pem: &str) -> Result<SignerParameter, Error> {
    parse_supplied(pem).map_err(|_| Error::KeyGeneration)
}

/// The same key pair with another id: the one that CloudFront assigned to its public key.
///
/// # Errors
/// [`Error::KeyGeneration`] if the id is malformed.
pub fn with_id(pair: &SignerParameter, id: &str) -> Result<SignerParameter, Error> {
    /// The field that `SignerParameter` does not expose.
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
    fn a_generated_key_pair_has_its_algorithm_and_is_unique() {
        for algorithm in [Algorithm::EcdsaP256, Algorithm::Rsa2048] {
            let (one, other) = (generate(algorithm).unwrap(), generate(algorithm).unwrap());
            assert_eq!((one.algorithm(), one.hash()), (algorithm, algorithm.default_hash()));
            assert_eq!(one.key_pair_id().as_str(), UNREGISTERED);
            assert_ne!(one.private_key().public_key_pem(), other.private_key().public_key_pem());
            assert!(one.to_json().len() <= STANDARD_TIER_BYTES);
        }
    }

    #[test]
    fn a_key_pair_keeps_its_key_with_another_id() {
        let pair = generate(Algorithm::EcdsaP256).unwrap();
        let renamed = with_id(&pair, "K2JCJMDEHXQW5F").unwrap();
        assert_eq!(renamed.key_pair_id().as_str(), "K2JCJMDEHXQW5F");
        assert_eq!(renamed.to_json().replace("K2JCJMDEHXQW5F", UNREGISTERED), *pair.to_json());
        assert!(matches!(with_id(&pair, "not an id"), Err(Error::KeyGeneration)));
    }
}
