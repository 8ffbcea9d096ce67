use alloc::format;

use super::{UnsignedCookies, UnsignedUrl};
use crate::testing::{Openssl, SysRng};
use crate::{CustomPolicy, Error, Expires, Hash, KeyPairId, PrivateKey, PublicKey, Resource, Signer};

const URL: &str = "https://d111111abcdef8.cloudfront.net/cv/resume.pdf?a=1";

fn id() -> KeyPairId {
    KeyPairId::new("K2JCJMDEHXQW5F").unwrap()
}

fn expires() -> Expires {
    Expires::from_epoch_seconds(1_767_290_400).unwrap()
}

fn policy() -> CustomPolicy {
    CustomPolicy::new(Resource::wildcard("https://d111111abcdef8.cloudfront.net/*").unwrap(), expires())
}

/// Signs with `openssl`, which stands in for a key that cannot be exported.
fn openssl_signature(openssl: &Openssl, hash: Hash, message: &[u8]) -> alloc::vec::Vec<u8> {
    openssl.write("message", message);
    openssl.run(&format!("dgst -{hash} -sign key.pem message"))
}

#[test]
fn a_url_finished_with_a_signature_from_elsewhere_is_the_url_that_the_signer_signs() {
    let openssl = Openssl::new();
    openssl.write("key.pem", openssl.rsa());
    for hash in Hash::ALL {
        let key = PrivateKey::from_pem(&openssl.read("key.pem")).unwrap();
        let signer = Signer::new(id(), key, hash);
        let canned = UnsignedUrl::canned(id(), hash, URL, expires()).unwrap();
        let custom = UnsignedUrl::custom(id(), hash, URL, &policy()).unwrap();
        for (unsigned, signed) in [
            (canned, signer.sign_url_canned(URL, expires(), &mut SysRng).unwrap()),
            (custom, signer.sign_url_custom(URL, &policy(), &mut SysRng).unwrap()),
        ] {
            let signature = openssl_signature(&openssl, hash, unsigned.message());
            assert_eq!(unsigned.finish(&signature).unwrap(), signed);
        }
        let canned = UnsignedCookies::canned(id(), hash, URL, expires()).unwrap();
        let custom = UnsignedCookies::custom(id(), hash, &policy());
        for (unsigned, signed) in [
            (canned, signer.sign_cookies_canned(URL, expires(), &mut SysRng).unwrap()),
            (custom, signer.sign_cookies_custom(&policy(), &mut SysRng).unwrap()),
        ] {
            let signature = openssl_signature(&openssl, hash, unsigned.message());
            assert_eq!(unsigned.finish(&signature).unwrap(), signed);
        }
    }
}

#[test]
fn the_digest_is_the_hash_of_the_message() {
    let openssl = Openssl::new();
    for hash in Hash::ALL {
        let unsigned = UnsignedUrl::canned(id(), hash, URL, expires()).unwrap();
        openssl.write("message", unsigned.message());
        assert_eq!(unsigned.digest(), openssl.run(&format!("dgst -{hash} -binary message")));
        let unsigned = UnsignedCookies::custom(id(), hash, &policy());
        openssl.write("message", unsigned.message());
        assert_eq!(unsigned.digest(), openssl.run(&format!("dgst -{hash} -binary message")));
    }
}

#[test]
fn a_signature_in_another_format_is_rejected() {
    let openssl = Openssl::new();
    openssl.write("key.pem", openssl.p256());
    let unsigned = UnsignedUrl::canned(id(), Hash::Sha256, URL, expires()).unwrap();
    let signature = openssl_signature(&openssl, Hash::Sha256, unsigned.message());
    assert!(unsigned.finish(&signature).is_ok());
    let raw = p256::ecdsa::Signature::from_der(&signature).unwrap().to_bytes();
    for junk in [&[][..], b"c2lnbmF0dXJl", raw.as_slice(), &signature[1..], &[0; 384]] {
        assert_eq!(unsigned.finish(junk).unwrap_err(), Error::NotASignature { bytes: junk.len() });
        let cookies = UnsignedCookies::custom(id(), Hash::Sha256, &policy());
        assert_eq!(cookies.finish(junk).unwrap_err(), Error::NotASignature { bytes: junk.len() });
    }
}

#[test]
fn a_public_key_verifies_a_signature_of_its_private_key_only() {
    let openssl = Openssl::new();
    for (pem, other) in [(openssl.p256(), openssl.rsa()), (openssl.rsa(), openssl.p256())] {
        openssl.write("key.pem", pem);
        let public = PublicKey::from_pem(&openssl.text("pkey -in key.pem -pubout")).unwrap();
        let other = PrivateKey::from_pem(&other).unwrap();
        let unsigned = UnsignedUrl::canned(id(), Hash::Sha256, URL, expires()).unwrap();
        let signature = openssl_signature(&openssl, Hash::Sha256, unsigned.message());
        assert!(public.verify(Hash::Sha256, unsigned.message(), &signature));
        assert!(!public.verify(Hash::Sha1, unsigned.message(), &signature));
        assert!(!public.verify(Hash::Sha256, b"another message", &signature));
        let other = other.sign(Hash::Sha256, unsigned.message(), &mut SysRng).unwrap();
        assert!(!public.verify(Hash::Sha256, unsigned.message(), &other));
        assert!(!public.verify(Hash::Sha256, unsigned.message(), b""));
    }
}
