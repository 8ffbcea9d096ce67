use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::{BackendError, SignatureBackend, error_code};
use crate::testing::{Openssl, SysRng, decode, parameter};
use crate::{Algorithm, Error, Expires, Hash, KeyPairId, PrivateKey, PublicKey, Signer};

const URL: &str = "https://d111111abcdef8.cloudfront.net/cv/resume.pdf";
const POLICY: &str = r#"{"Statement":[{"Resource":"https://d111111abcdef8.cloudfront.net/cv/resume.pdf","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}}]}"#;

/// A backend with a function as its behavior.
struct Backend<F>(F);

impl<F> core::fmt::Debug for Backend<F> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Backend")
    }
}

impl<F: Fn(Hash, &[u8]) -> Result<Vec<u8>, BackendError> + Send + Sync> SignatureBackend for Backend<F> {
    fn sign(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>, BackendError> {
        self.0(hash, message)
    }
}

fn signer(pem: &str) -> Signer {
    let key = PrivateKey::from_pem(pem).unwrap();
    Signer::new(KeyPairId::new("K2JCJMDEHXQW5F").unwrap(), key, Hash::Sha256)
}

fn sign(signer: &Signer) -> Result<alloc::string::String, Error> {
    signer.sign_url_canned(URL, Expires::from_epoch_seconds(1_767_290_400).unwrap(), &mut SysRng)
}

/// `openssl` as a backend: another implementation with the same key. Its P-256 signatures are random.
fn openssl_backend(pem: &str) -> impl SignatureBackend + use<> {
    let openssl = Openssl::new();
    openssl.write("key.pem", pem);
    Backend(move |hash, message: &[u8]| {
        openssl.write("message", message);
        Ok(openssl.run(&format!("dgst -{hash} -sign key.pem message")))
    })
}

#[test]
fn signatures_of_a_backend_verify_and_those_of_rsa_are_the_same_bytes() {
    let openssl = Openssl::new();
    for pem in [openssl.p256(), openssl.rsa()] {
        let pure = signer(&pem);
        let public = PublicKey::from_pem(&pure.public_key_pem()).unwrap();
        let backed = signer(&pem).with_backend(openssl_backend(&pem));
        let urls = [sign(&pure).unwrap(), sign(&backed).unwrap(), sign(&backed).unwrap()];
        for url in &urls {
            assert!(public.verify(Hash::Sha256, POLICY.as_bytes(), &decode(parameter(url, "Signature").unwrap())));
        }
        let is_rsa = public.algorithm() == Algorithm::Rsa2048;
        assert_eq!((urls[0] == urls[1], urls[1] == urls[2]), (is_rsa, is_rsa), "OpenSSL's ECDSA is random");
    }
}

#[test]
fn a_backend_that_fails_is_an_error_with_its_reason() {
    let openssl = Openssl::new();
    for pem in [openssl.p256(), openssl.rsa()] {
        let signer = signer(&pem).with_backend(Backend(|_, _: &[u8]| Err(BackendError::new("the token was removed"))));
        let error = sign(&signer).unwrap_err();
        assert!(matches!(error, Error::Backend { .. }), "{error:?}");
        assert_eq!(error.to_string(), r#"the signature backend failed: "the token was removed""#);
    }
}

#[test]
fn a_result_that_is_not_a_signature_is_an_error_and_discarded() {
    let openssl = Openssl::new();
    for (pem, algorithm) in [(openssl.p256(), Algorithm::EcdsaP256), (openssl.rsa(), Algorithm::Rsa2048)] {
        let other_pem = if algorithm == Algorithm::EcdsaP256 { openssl.p256() } else { openssl.rsa() };
        let key = PrivateKey::from_pem(&pem).unwrap();
        let sign_with = |key: &PrivateKey, hash, message: &[u8]| key.sign(hash, message, &mut SysRng).unwrap();
        let valid = sign_with(&key, Hash::Sha256, POLICY.as_bytes());
        let mut damaged = valid.clone();
        *damaged.last_mut().unwrap() ^= 1;
        let other_key = sign_with(&PrivateKey::from_pem(&other_pem).unwrap(), Hash::Sha256, POLICY.as_bytes());
        for (junk, what) in [
            (vec![], "nothing"),
            (vec![0; 256], "zeros"),
            (vec![0xff; 64], "as long as r and s"),
            (POLICY.as_bytes().to_vec(), "the message"),
            (valid[1..].to_vec(), "a part of a signature"),
            (damaged, "one bit changed"),
            (other_key, "another key"),
            (sign_with(&key, Hash::Sha1, POLICY.as_bytes()), "another hash"),
            (sign_with(&key, Hash::Sha256, b"another policy"), "another policy"),
        ] {
            let signer = signer(&pem).with_backend(Backend(move |_, _: &[u8]| Ok(junk.clone())));
            assert_eq!(sign(&signer), Err(Error::BackendSignature { algorithm }), "{what}");
        }
    }
}

/// After the first signature, only the format of a P-256 signature is checked: see [`SignatureBackend`].
#[test]
fn the_format_of_every_signature_is_checked() {
    use core::sync::atomic::{AtomicU32, Ordering};
    let openssl = Openssl::new();
    for pem in [openssl.p256(), openssl.rsa()] {
        let (backend, count) = (openssl_backend(&pem), AtomicU32::new(0));
        let later_junk = Backend(move |hash, message: &[u8]| match count.fetch_add(1, Ordering::Relaxed) {
            0 => backend.sign(hash, message),
            _ => Ok(vec![1; 70]),
        });
        let signer = signer(&pem).with_backend(later_junk);
        assert!(sign(&signer).is_ok());
        assert!(matches!(sign(&signer), Err(Error::BackendSignature { .. })));
    }
}

#[test]
fn every_rsa_signature_is_verified() {
    use core::sync::atomic::{AtomicU32, Ordering};
    let pem = Openssl::new().rsa();
    let (backend, count) = (openssl_backend(&pem), AtomicU32::new(0));
    let signer = signer(&pem).with_backend(Backend(move |hash, message: &[u8]| {
        let mut signature = backend.sign(hash, message)?;
        // A fault in the computation, such as a flipped bit, could reveal the key.
        signature[100] ^= u8::from(count.fetch_add(1, Ordering::Relaxed) > 0);
        Ok(signature)
    }));
    assert!(sign(&signer).is_ok());
    assert_eq!(sign(&signer), Err(Error::BackendSignature { algorithm: Algorithm::Rsa2048 }));
}

#[test]
fn a_code_of_an_exception_is_quoted_only_if_it_is_one() {
    assert_eq!(error_code(Some("ERR_OSSL_UNSUPPORTED".into())), "ERR_OSSL_UNSUPPORTED");
    for other in [None, Some("QUJDRA==".to_string()), Some("A".repeat(65)), Some("the key is ...".into())] {
        assert_eq!(error_code(other), "no code");
    }
}
