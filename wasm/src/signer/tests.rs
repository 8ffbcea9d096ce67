use alloc::format;

use crate::testing::{Openssl, SysRng, decode, parameter};
use crate::{Error, Expires, Hash, KeyPairId, PrivateKey, Signer};

const URL: &str = "https://d111111abcdef8.cloudfront.net/cv/resume.pdf";
const POLICY: &str = r#"{"Statement":[{"Resource":"https://d111111abcdef8.cloudfront.net/cv/resume.pdf","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}}]}"#;

fn signer(pem: &str, hash: Hash) -> Signer {
    Signer::new(KeyPairId::new("K2JCJMDEHXQW5F").unwrap(), PrivateKey::from_pem(pem).unwrap(), hash)
}

fn expires() -> Expires {
    Expires::from_epoch_seconds(1_767_290_400).unwrap()
}

#[test]
fn rsa_signatures_are_openssls_byte_for_byte() {
    let openssl = Openssl::new();
    openssl.write("key.pem", openssl.rsa());
    openssl.write("policy", POLICY);
    for hash in [Hash::Sha1, Hash::Sha256] {
        let url = signer(&openssl.read("key.pem"), hash).sign_url_canned(URL, expires(), &mut SysRng).unwrap();
        let theirs = openssl.run(&format!("dgst -{hash} -sign key.pem policy"));
        assert_eq!(decode(parameter(&url, "Signature").unwrap()), theirs);
    }
}

#[test]
fn p256_signatures_verify_in_openssl() {
    let openssl = Openssl::new();
    let key = openssl.p256();
    openssl.write("policy", POLICY);
    openssl.write("other", POLICY.replace("resume", "Resume"));
    openssl.write("public.pem", PrivateKey::from_pem(&key).unwrap().public_key_pem());
    for hash in [Hash::Sha1, Hash::Sha256] {
        let url = signer(&key, hash).sign_url_canned(URL, expires(), &mut SysRng).unwrap();
        openssl.write("signature", decode(parameter(&url, "Signature").unwrap()));
        let verify = format!("dgst -{hash} -verify public.pem -signature signature");
        assert!(openssl.accepts(&format!("{verify} policy")));
        assert!(!openssl.accepts(&format!("{verify} other")));
    }
}

#[test]
fn the_url_has_the_parameters_that_cloudfront_requires_and_no_others() {
    let openssl = Openssl::new();
    let key = openssl.p256();
    let sha1 = signer(&key, Hash::Sha1).sign_url_canned(URL, expires(), &mut SysRng).unwrap();
    let signature = parameter(&sha1, "Signature").unwrap();
    assert_eq!(sha1, format!("{URL}?Expires=1767290400&Key-Pair-Id=K2JCJMDEHXQW5F&Signature={signature}"));

    let with_query = format!("{URL}?b=2&a=1");
    let sha256 = signer(&key, Hash::Sha256).sign_url_canned(&with_query, expires(), &mut SysRng).unwrap();
    let signature = parameter(&sha256, "Signature").unwrap();
    assert_eq!(
        sha256,
        format!(
            "{with_query}&Expires=1767290400&Key-Pair-Id=K2JCJMDEHXQW5F&Signature={signature}&Hash-Algorithm=SHA256"
        )
    );
}

#[test]
fn the_signature_of_a_url_does_not_depend_on_the_randomness() {
    let openssl = Openssl::new();
    for key in [openssl.rsa(), openssl.p256()] {
        let signer = signer(&key, Hash::Sha256);
        let first = signer.sign_url_canned(URL, expires(), &mut SysRng).unwrap();
        assert_eq!(signer.sign_url_canned(URL, expires(), &mut SysRng).unwrap(), first);
    }
}

#[test]
fn a_url_that_is_too_long_for_cloudfront_is_rejected() {
    let openssl = Openssl::new();
    let signer = signer(&openssl.p256(), Hash::Sha256);
    let long = format!("https://d.example/{}", "a".repeat(8_192 - 18));
    let error = signer.sign_url_canned(&long, expires(), &mut SysRng).unwrap_err();
    assert!(matches!(error, Error::UrlTooLong { bytes, max: 8_192 } if bytes > 8_192), "{error}");
}
