//! `signer/active` and `signer/pending`: key and id in one value, so that no reader pairs a new key with an old id.

use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use vitae_signer::{Algorithm, Hash, KeyPairId, PrivateKey, Signer};
use zeroize::Zeroizing;

use crate::Error;

/// The value of `signer/active` and of `signer/pending`. It is wiped from memory when dropped, and `Debug` does not show
/// the key.
pub struct SignerParameter {
    key_pair_id: KeyPairId,
    hash: Hash,
    pem: Zeroizing<String>,
    key: PrivateKey,
}

/// The JSON. Every field is required: a default for any of them would hide a half-written value.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    key_pair_id: String,
    algorithm: String,
    hash: String,
    private_key: Zeroized,
}

/// Wiped even if a later field of the JSON is refused.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Zeroized(String);

impl Drop for Zeroized {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

impl SignerParameter {
    /// A key under its id. The algorithm follows from the key.
    ///
    /// # Errors
    /// [`Error::Signer`] if CloudFront takes no such key.
    pub fn new(key_pair_id: KeyPairId, hash: Hash, private_key_pem: &str) -> Result<Self, Error> {
        let key = PrivateKey::from_pem(private_key_pem).map_err(|error| Error::Signer { reason: error.to_string() })?;
        Ok(Self { key_pair_id, hash, pem: Zeroizing::new(private_key_pem.to_owned()), key })
    }

    /// Reads and checks the JSON.
    ///
    /// # Errors
    /// [`Error::SignerJson`] if it is not JSON of this shape, [`Error::Signer`] if the key is none that CloudFront
    /// takes, [`Error::AlgorithmMismatch`] if it is of another algorithm than the value says.
    pub fn parse(json: &str) -> Result<Self, Error> {
        let json: Json = serde_json::from_str(json).map_err(|error| shape(&error))?;
        // The signer's own messages quote what they refuse, and here a misplaced key might be what is quoted.
        let refused = |reason| Error::SignerJson { reason };
        let key_pair_id = KeyPairId::new(json.key_pair_id.as_str())
            .map_err(|_| refused("key_pair_id is not the id of a public key in CloudFront"))?;
        let stated: Algorithm =
            json.algorithm.parse().map_err(|_| refused("algorithm is neither rsa-2048 nor ecdsa-p256"))?;
        let hash: Hash = json.hash.parse().map_err(|_| refused("hash is neither sha1 nor sha256"))?;
        let parameter = Self::new(key_pair_id, hash, &json.private_key.0)?;
        if stated == parameter.algorithm() {
            Ok(parameter)
        } else {
            let found = parameter.algorithm().to_string();
            Err(Error::AlgorithmMismatch { stated: stated.to_string(), found })
        }
    }

    /// The JSON, to be stored as a `SecureString` and nowhere else.
    #[must_use]
    pub fn to_json(&self) -> Zeroizing<String> {
        let json = Json {
            key_pair_id: self.key_pair_id.to_string(),
            algorithm: self.algorithm().to_string(),
            hash: self.hash.to_string(),
            private_key: Zeroized(self.pem.as_str().to_owned()),
        };
        // Four strings under string keys: serde_json has no failure for them.
        Zeroizing::new(serde_json::to_string(&json).unwrap_or_default())
    }

    /// The id under which CloudFront knows the public key.
    #[must_use]
    pub const fn key_pair_id(&self) -> &KeyPairId {
        &self.key_pair_id
    }

    /// The key's algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// The hash that is signed.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// The private key.
    #[must_use]
    pub const fn private_key(&self) -> &PrivateKey {
        &self.key
    }

    /// The signer that this value describes.
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

/// Serde's messages quote what they stumble over, which here may be the key; only the kind of the error is passed on.
fn shape(error: &serde_json::Error) -> Error {
    Error::SignerJson {
        reason: match error.classify() {
            Category::Data => "a field is missing, unknown, doubled or no string",
            Category::Syntax | Category::Eof | Category::Io => "it is not JSON",
        },
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use serde_json::json;

    use super::*;

    /// A key that OpenSSL generates, PKCS#8 PEM: no key is kept in the repository.
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
    fn what_is_written_is_read_back() {
        let pem = p256_pem();
        let written = SignerParameter::new(KeyPairId::new("K2JCJMDEHXQW5F").unwrap(), Hash::Sha256, &pem).unwrap();
        let read = SignerParameter::parse(&written.to_json()).unwrap();
        assert_eq!(read.key_pair_id().as_str(), "K2JCJMDEHXQW5F");
        assert_eq!((read.algorithm(), read.hash()), (Algorithm::EcdsaP256, Hash::Sha256));
        assert_eq!(read.to_json(), written.to_json());
        assert_eq!(read.into_signer().key_pair_id().as_str(), "K2JCJMDEHXQW5F");
    }

    #[test]
    fn both_algorithms_are_read() {
        for (algorithm, pem) in [("rsa-2048", rsa_pem()), ("ecdsa-p256", p256_pem())] {
            let json = signer_json("K1", algorithm, "sha1", &pem);
            assert_eq!(SignerParameter::parse(&json).unwrap().algorithm().as_str(), algorithm);
        }
    }

    #[test]
    fn a_key_of_another_algorithm_is_refused() {
        let json = signer_json("K1", "rsa-2048", "sha1", &p256_pem());
        let expected = Error::AlgorithmMismatch { stated: "rsa-2048".into(), found: "ecdsa-p256".into() };
        assert_eq!(SignerParameter::parse(&json).unwrap_err(), expected);
    }

    #[test]
    fn a_pem_that_is_not_a_key_is_refused() {
        for pem in ["", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            let json = signer_json("K1", "ecdsa-p256", "sha256", pem);
            assert!(matches!(SignerParameter::parse(&json), Err(Error::Signer { .. })), "{pem:?}");
        }
    }

    #[test]
    fn no_message_shows_a_key_wherever_it_was_put() {
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
