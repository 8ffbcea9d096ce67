use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::{Hint, Rejection, SignedUrl};
use crate::testing::{Openssl, SysRng};
use crate::{CustomPolicy, Error, Expires, Hash, KeyPairId, PrivateKey, PublicKey, Resource, Signer, StartTime};

const URL: &str = "https://d.example/cv/resume.pdf?a=1";
const NOW: u64 = 1_767_290_400;
/// A P-256 signature of the right format.
const SIGNATURE: &str = "MAYCAQECAQE_";

fn signer(pem: &str, hash: Hash) -> (Signer, PublicKey) {
    let signer = Signer::new(KeyPairId::new("K1").unwrap(), PrivateKey::from_pem(pem).unwrap(), hash);
    let public = PublicKey::from_pem(&signer.public_key_pem()).unwrap();
    (signer, public)
}

fn at(seconds: u64) -> Expires {
    Expires::from_epoch_seconds(seconds).unwrap()
}

fn parse(url: &str) -> SignedUrl {
    SignedUrl::parse(url).expect(url)
}

fn rejections(url: &str) -> Vec<Rejection> {
    parse(url).rejections(Duration::from_secs(NOW))
}

fn codes(url: &str) -> Vec<&'static str> {
    rejections(url).iter().map(Rejection::code).collect()
}

#[test]
fn a_url_that_the_signer_signed_has_no_rejection_and_verifies() {
    let openssl = Openssl::new();
    let policy = CustomPolicy::new(Resource::wildcard("https://d.example/cv/*").unwrap(), at(NOW + 60))
        .with_start_time(StartTime::from_epoch_seconds(NOW - 1).unwrap())
        .unwrap()
        .with_source_ip("192.0.2.0/24".parse().unwrap());
    for pem in [openssl.p256(), openssl.rsa()] {
        for hash in Hash::ALL {
            let (signer, public) = signer(&pem, hash);
            let canned = parse(&signer.sign_url_canned(URL, at(NOW + 60), &mut SysRng).unwrap());
            assert_eq!((canned.url(), canned.resource(), canned.is_canned()), (URL, Some(URL), Some(true)));
            assert_eq!((canned.start_time(), canned.source_ip()), (None, None));
            let custom = parse(&signer.sign_url_custom(URL, &policy, &mut SysRng).unwrap());
            assert_eq!((custom.resource(), custom.is_canned()), (Some("https://d.example/cv/*"), Some(false)));
            assert_eq!((custom.start_time(), custom.source_ip()), (Some(NOW - 1), Some("192.0.2.0/24")));
            for signed in [canned, custom] {
                assert_eq!(signed.rejections(Duration::from_secs(NOW)), []);
                assert_eq!(
                    (signed.expires(), signed.hash(), signed.key_pair_id()),
                    (Some(NOW + 60), Some(hash), Some("K1"))
                );
                assert_eq!(signed.verify(&public), Ok(()));
            }
        }
    }
}

#[test]
fn a_text_that_is_not_a_signed_url_is_an_error() {
    for url in [URL, "https://d.example/", "https://d.example/?expires=1"] {
        assert_eq!(SignedUrl::parse(url), Err(Error::NotSigned), "{url}");
    }
    for url in ["", "d.example/?Expires=1", "ftp://d.example/?Expires=1", "https://?Expires=1"] {
        assert!(SignedUrl::parse(url).is_err(), "{url}");
    }
}

#[test]
fn each_missing_or_malformed_parameter_has_cloudfronts_code() {
    let expires = NOW + 60;
    let complete = format!("https://d.example/a?Expires={expires}&Key-Pair-Id=K1&Signature={SIGNATURE}");
    assert_eq!(codes(&complete), [""; 0]);
    assert_eq!(codes(&complete.replace("&Key-Pair-Id=K1", "")), ["MissingKey"]);
    assert_eq!(codes(&complete.replace("=K1", "=")), ["MissingKey"]);
    assert_eq!(codes(&complete.replace(SIGNATURE, "")), ["MalformedSignature"]);
    for signature in ["MAYCAQECAQE=", "MAYCAQECAQE", "MAYCAQEC!QE_", "%2B%2B%2B%2B"] {
        assert_eq!(codes(&complete.replace(SIGNATURE, signature)), ["MalformedSignature"], "{signature}");
    }
    assert_eq!(codes(&complete.replace(SIGNATURE, "AAAA")), ["AccessDenied"]);
    assert_eq!(codes(&format!("{complete}&Hash-Algorithm=MD5")), ["AccessDenied"]);
    assert_eq!(codes(&format!("{complete}&Expires={expires}")), ["AccessDenied"]);
    assert_eq!(codes(&complete.replace("Expires=", "expires=")), ["MalformedPolicy"]);
    let valid = format!("{expires}");
    for expires in ["1767290460000", "soon", "-1", "01767290460", "1.5", "99999999999999999999999"] {
        let url = complete.replace(&valid, expires);
        assert_eq!(codes(&url), ["MalformedPolicy"], "{url}");
    }
    assert_eq!(codes(&complete.replace("/a?", "/\"?")), ["AccessDenied"]);
    let html = rejections(&complete.replace('&', "&amp;"));
    assert_eq!(html[0], Rejection::HtmlEscape);
    assert_eq!(parse(&complete.replace('_', "%5F")).signature(), parse(&complete).signature(), "escapes are decoded");
    assert_eq!(parse(&format!("{complete}#page=2")), parse(&complete), "clients do not send a fragment");
}

#[test]
fn a_policy_that_does_not_allow_the_request_says_why() {
    let (signer, _) = signer(&Openssl::new().p256(), Hash::Sha256);
    let policy = CustomPolicy::new(Resource::wildcard("https://d.example/cv/*").unwrap(), at(NOW));
    let policy = policy.with_start_time(StartTime::from_epoch_seconds(NOW - 1).unwrap()).unwrap();
    let url = signer.sign_url_custom(URL, &policy, &mut SysRng).unwrap();
    assert_eq!(rejections(&url), [Rejection::Expired { expires: NOW, now: NOW }]);
    assert_eq!(parse(&url).rejections(Duration::from_millis(NOW * 1_000 - 1)), []);
    let early = parse(&url).rejections(Duration::from_secs(NOW - 1));
    assert_eq!(early, [Rejection::NotYetValid { start: NOW - 1, now: NOW - 1 }]);
    let elsewhere = parse(&url.replace("/cv/", "/private/")).rejections(Duration::from_millis(NOW * 1_000 - 1));
    assert!(matches!(elsewhere[..], [Rejection::OtherResource { .. }]), "{elsewhere:?}");
    let (start, end) = url.split_once("Policy=").unwrap();
    let (_, end) = end.split_once('&').unwrap();
    for (policy, code) in [("aGk_", "MalformedPolicy"), ("!", "MalformedPolicy"), ("~~79", "MalformedPolicy")] {
        assert_eq!(codes(&format!("{start}Policy={policy}&{end}")), [code], "{policy}");
    }
}

#[test]
fn the_hint_for_a_signature_that_does_not_verify_is_what_it_was_signed_for() {
    let openssl = Openssl::new();
    let pem = openssl.p256();
    let (signer, public) = signer(&pem, Hash::Sha256);
    let hint = |url: &str| parse(url).verify(&public).unwrap_err();
    let url = "https://d.example/it's/a%20b?q=1";
    let complete = signer.sign_url_canned(url, at(NOW), &mut SysRng).unwrap();
    assert_eq!(hint(&complete.replace("&Hash-Algorithm=SHA256", "")), Hint::OtherHash { hash: Hash::Sha256 });
    for changed in [complete.replace("https:", "http:"), complete.replace('\'', "%27"), complete.replace("%20", "+")] {
        assert_eq!(hint(&changed), Hint::OtherUrl { url: String::from(url) }, "{changed}");
    }
    let without = signer.sign_url_canned("https://d.example/a", at(NOW), &mut SysRng).unwrap();
    let with_query = without.replace("/a?", "/a?utm_source=mail&");
    assert_eq!(hint(&with_query), Hint::OtherUrl { url: "https://d.example/a".into() });
    assert_eq!(hint(&complete.replace("q=1", "q=2")), Hint::Unknown);
    assert_eq!(hint(&complete.replace(&format!("Expires={NOW}"), "Expires=2000000000")), Hint::Unknown);
    let (_, other) = super::tests::signer(&openssl.rsa(), Hash::Sha256);
    assert!(matches!(parse(&complete).verify(&other), Err(Hint::OtherAlgorithm { .. })));
    let (_, other) = super::tests::signer(&openssl.p256(), Hash::Sha256);
    assert_eq!(parse(&complete).verify(&other), Err(Hint::Unknown));
}
