//! The public key.

use alloc::string::String;
use core::fmt;

use pkcs8::der::Decode;
use pkcs8::spki::SubjectPublicKeyInfoRef;
use pkcs8::{EncodePublicKey, LineEnding};

use crate::key::{self, pem};
use crate::{Algorithm, Error, Hash};

/// The public half of a key, which CloudFront has.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    #[cfg(feature = "rsa")]
    Rsa(rsa::RsaPublicKey),
    #[cfg(feature = "p256")]
    P256(p256::PublicKey),
}

impl PublicKey {
    /// Reads a PEM key (`PUBLIC KEY`), as CloudFront's `GetPublicKey` returns it. Line endings do not matter.
    ///
    /// # Errors
    /// [`Error::NotAPublicKey`], [`Error::RsaKeySize`], and the errors of a text that is not PEM.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        key::check_length(pem.len())?;
        let der = pem::public_key_der(pem)?;
        let malformed = || Error::NotAPublicKey { found: String::from("damaged or of another type") };
        let info = SubjectPublicKeyInfoRef::from_der(&der).map_err(|_| malformed())?;
        match info.algorithm.oid {
            #[cfg(feature = "rsa")]
            key::RSA => key::rsa_2048::public_from_spki(info).map(Kind::Rsa),
            #[cfg(feature = "p256")]
            key::EC => p256::PublicKey::try_from(info).map(Kind::P256).map_err(|_| malformed()),
            _ => Err(malformed()),
        }
        .map(Self)
    }

    /// The algorithm of the key's signatures.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            #[cfg(feature = "rsa")]
            Kind::Rsa(_) => Algorithm::Rsa2048,
            #[cfg(feature = "p256")]
            Kind::P256(_) => Algorithm::EcdsaP256,
        }
    }

    /// The key in PEM (`PUBLIC KEY`), as CloudFront's `CreatePublicKey` expects it; lines end in LF.
    ///
    /// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_PublicKeyConfig.html>
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "a public key of fixed size always has an encoding")]
    pub fn to_pem(&self) -> String {
        match &self.0 {
            #[cfg(feature = "rsa")]
            Kind::Rsa(key) => key.to_public_key_pem(LineEnding::LF),
            #[cfg(feature = "p256")]
            Kind::P256(key) => key.to_public_key_pem(LineEnding::LF),
        }
        .expect("a key that was read can be written")
    }

    /// Whether `signature` is a signature of `message` by the private half: PKCS#1 v1.5 for RSA, DER for P-256.
    #[must_use]
    pub fn verify(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        let digest = hash.digest(message);
        match &self.0 {
            #[cfg(feature = "rsa")]
            Kind::Rsa(key) => key::rsa_2048::verify(key, hash, &digest, signature),
            #[cfg(feature = "p256")]
            Kind::P256(key) => key::ecdsa_p256::verify(key, &digest, signature),
        }
    }

    #[cfg(feature = "rsa")]
    pub(crate) fn from_rsa(key: rsa::RsaPublicKey) -> Self {
        Self(Kind::Rsa(key))
    }

    #[cfg(feature = "p256")]
    pub(crate) fn from_p256(key: p256::PublicKey) -> Self {
        Self(Kind::P256(key))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.algorithm())
    }
}

#[cfg(all(test, feature = "rsa", feature = "p256"))]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::PrivateKey;
    use crate::testing::Openssl;

    #[test]
    fn a_public_key_is_read_as_openssl_and_cloudfront_write_it() {
        let openssl = Openssl::new();
        for (key, algorithm) in [(openssl.p256(), Algorithm::EcdsaP256), (openssl.rsa(), Algorithm::Rsa2048)] {
            openssl.write("key.pem", &key);
            let pem = openssl.text("pkey -in key.pem -pubout");
            for text in [pem.clone(), pem.replace('\n', "\r\n"), pem.replace('\n', "\\n")] {
                let public = PublicKey::from_pem(&text).expect(&text);
                assert_eq!((public.algorithm(), public.to_pem()), (algorithm, pem.clone()));
                assert_eq!(PrivateKey::from_pem(&key).unwrap().public_key(), public);
            }
        }
    }

    #[test]
    fn anything_but_a_public_key_is_rejected_by_name() {
        let openssl = Openssl::new();
        openssl.write("key.pem", openssl.p256());
        let error = |text: &str| PublicKey::from_pem(text).unwrap_err().to_string();
        for (text, part) in [
            (openssl.read("key.pem"), "private key"),
            (String::new(), "empty"),
            ("K2JCJMDEHXQW5F".into(), "not PEM"),
            (openssl.text("req -x509 -key key.pem -subj /CN=x -days 1"), "certificate"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----".into(), "damaged"),
        ] {
            assert!(error(&text).contains(part), "{}", error(&text));
        }
        for (command, part) in [
            ("genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out other.pem", "4096 bits"),
            ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out other.pem", "another type"),
            ("genpkey -algorithm ED25519 -out other.pem", "another type"),
        ] {
            openssl.run(command);
            let text = openssl.text("pkey -in other.pem -pubout");
            assert!(error(&text).contains(part), "{command}: {}", error(&text));
        }
    }
}
