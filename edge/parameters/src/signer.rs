//! `signer/active` and `signer/pending`. Key and key pair id are one value, so that no reader combines a new key with an
//! old id.

use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use vitae_signer::{Algorithm, Hash, KeyPairId, PrivateKey, Signer};
use zeroize::Zeroizing;

use crate::Error;

/// The value of `signer/active` and of `signer/pending`. It is wiped from memory when dropped, and `Debug` omits the key. The
/// text that it was parsed from is not wiped: the edge's Node entry keeps Parameter Store's response in memory, to configure the
/// instance that replaces a trapped one.
pub struct SignerParameter {
    key_pair_id: KeyPairId,
    hash: Hash,
    pem: Zeroizing<String>,
    key: PrivateKey,
}

/// The JSON. Every field is required: a default would hide an incomplete value.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    key_pair_id: String,
    algorithm: String,
    hash: String,
    private_key: Zeroized,
}

/// Wiped even if a later field of the JSON is rejected.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Zeroized(String);

impl Drop for Zeroized {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

impl SignerParameter {
    /// A private key and the id of its public key in CloudFront.
    ///
    /// # Errors
    /// [`Error::Signer`] if CloudFront does not accept such a key.
    pub fn new(key_pair_id: KeyPairId, hash: Hash, private_key_pem: &str) -> Result<Self, Error> {
        let key = PrivateKey::from_pem(private_key_pem).map_err(|error| Error::Signer { reason: error.to_string() })?;
        Ok(Self { key_pair_id, hash, pem: Zeroizing::new(private_key_pem.to_owned()), key })
    }

    /// Parses and validates the JSON.
    ///
    /// # Errors
    /// [`Error::SignerJson`] if the text is not JSON of this shape, [`Error::Signer`] if CloudFront does not accept the
    /// key, [`Error::AlgorithmMismatch`] if `algorithm` is not the key's.
    pub fn parse(json: &str) -> Result<Self, Error> {
        let json: Json = serde_json::from_str(json).map_err(|error| json_error(&error))?;
        // The signer's messages quote the rejected value, which could be a misplaced key.
        let invalid = |reason| Error::SignerJson { reason };
        let key_pair_id = KeyPairId::new(json.key_pair_id.as_str())
            .map_err(|_| invalid("key_pair_id is not the id of a public key in CloudFront"))?;
        let stated: Algorithm =
            json.algorithm.parse().map_err(|_| invalid("algorithm is neither rsa-2048 nor ecdsa-p256"))?;
        let hash: Hash = json.hash.parse().map_err(|_| invalid("hash is neither sha1 nor sha256"))?;
        let parameter = Self::new(key_pair_id, hash, &json.private_key.0)?;
        if stated == parameter.algorithm() {
            Ok(parameter)
        } else {
            let found = parameter.algorithm().to_string();
            Err(Error::AlgorithmMismatch { stated: stated.to_string(), found })
        }
    }

    /// The JSON. Store it only as a `SecureString`.
    #[must_use]
    pub fn to_json(&self) -> Zeroizing<String> {
        let json = Json {
            key_pair_id: self.key_pair_id.to_string(),
            algorithm: self.algorithm().to_string(),
            hash: self.hash.to_string(),
            private_key: Zeroized(self.pem.as_str().to_owned()),
        };
        // serde_json cannot fail on strings under string keys.
        Zeroizing::new(serde_json::to_string(&json).unwrap_or_default())
    }

    /// The id of the public key in CloudFront.
    #[must_use]
    pub const fn key_pair_id(&self) -> &KeyPairId {
        &self.key_pair_id
    }

    /// The key's algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// The hash algorithm.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// The private key.
    #[must_use]
    pub const fn private_key(&self) -> &PrivateKey {
        &self.key
    }

    /// Converts the value to a signer.
    #[must_use]
    pub fn into_signer(self) -> Signer {
        Signer::new(self.key_pair_id, self.key, self.hash)
    }
}

impl fmt::Debug for SignerParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerParameter")
            .field("key_pair_id", &self.key_pair_id)
            .field("hash", &self.hash)
            .field("private_key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Serde's messages quote the input, which may be the key; so only the kind of the error is kept.
fn json_error(error: &serde_json::Error) -> Error {
    Error::SignerJson {
        reason: match error.classify() {
            Category::Data => "a field is missing, unknown, duplicate or not a string",
            Category::Syntax | Category::Eof | Category::Io => "it is not JSON",
        },
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use serde_json::json;

    use super::*;

    /// A new key from OpenSSL, PKCS#8 PEM: the repository contains no keys.
    fn genpkey(arguments: &[&str]) -> String {
        let output = Command::new("openssl").arg("genpkey").args(arguments).output().expect("openssl runs");
        assert!(output.status.success(), "openssl genpkey: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("PEM is text")
    }

    fn p256_pem() -> String {
        genpkey(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
    }

    fn rsa_pem() -> String {
        genpkey(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
    }

    fn signer_json(key_pair_id: &str, algorithm: &str, hash: &str, private_key: &str) -> String {
        json!({"key_pair_id": key_pair_id, "algorithm": algorithm, "hash": hash, "private_key": private_key})
            .to_string()
    }

    #[test]
    fn a_signer_round_trips() {
        let pem = p256_pem();
        let written = SignerParameter::new(KeyPairId::new("K2JCJMDEHXQW5F").unwrap(), Hash::Sha256, &pem).unwrap();
        let read = SignerParameter::parse(&written.to_json()).unwrap();
        assert_eq!(read.key_pair_id().as_str(), "K2JCJMDEHXQW5F");
        assert_eq!((read.algorithm(), read.hash()), (Algorithm::EcdsaP256, Hash::Sha256));
        assert_eq!(read.to_json(), written.to_json());
        assert_eq!(read.into_signer().key_pair_id().as_str(), "K2JCJMDEHXQW5F");
    }

    #[test]
    fn both_algorithms_are_parsed() {
        for (algorithm, pem) in [("rsa-2048", rsa_pem()), ("ecdsa-p256", p256_pem())] {
            let json = signer_json("K1", algorithm, "sha1", &pem);
            assert_eq!(SignerParameter::parse(&json).unwrap().algorithm().as_str(), algorithm);
        }
    }

    #[test]
    fn a_key_of_another_algorithm_is_rejected() {
        let json = signer_json("K1", "rsa-2048", "sha1", &p256_pem());
        let expected = Error::AlgorithmMismatch { stated: "rsa-2048".into(), found: "ecdsa-p256".into() };
        assert_eq!(SignerParameter::parse(&json).unwrap_err(), expected);
    }

    #[test]
    fn a_pem_that_is_not_a_key_is_rejected() {
        for pem in ["", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            let json = signer_json("K1", "ecdsa-p256", "sha256", pem);
            assert!(matches!(SignerParameter::parse(&json), Err(Error::Signer { .. })), "{pem:?}");
        }
    }

    #[test]
    fn no_message_contains_a_misplaced_key() {
        let pem = p256_pem();
        let body = pem.lines().nth(1).unwrap();
        let escaped = format!("{pem:?}");
        let misplaced = [
            pem.clone(),
            escaped.clone(),
            format!("{{{escaped}: 1}}"),
            signer_json(&pem, "ecdsa-p256", "sha256", &pem),
            signer_json("K1", &pem, "sha256", &pem),
            signer_json("K1", "ecdsa-p256", &pem, &pem),
            signer_json("K1", "rsa-2048", "sha256", &pem),
            signer_json("K1", "rsa-2048", "sha256", &pem[..pem.len() - 9]),
            json!({"key_pair_id": "K1", "algorithm": "rsa-2048", "hash": "sha1", "private_key": [pem]}).to_string(),
            json!({"key_pair_id": "K1", "algorithm": "rsa-2048", "hash": "sha1", "key": pem}).to_string(),
        ];
        for json in misplaced {
            let error = SignerParameter::parse(&json).unwrap_err();
            let shown = format!("{error} {error:?} {}", error.code());
            assert!(!shown.contains(&body[..8]), "{shown}");
        }
        let parameter = SignerParameter::new(KeyPairId::new("K1").unwrap(), Hash::Sha1, &pem).unwrap();
        assert!(!format!("{parameter:?}").contains(&body[..8]));
    }
}
