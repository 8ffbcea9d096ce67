//! Mistakes of other signers, with one test for each.

use alloc::format;
use alloc::string::{String, ToString};
use core::time::Duration;

use crate::testing::{Openssl, SysRng, decode, parameter};
use crate::{
    CustomPolicy, Error, Expires, Hash, Ipv4Cidr, KeyPairId, PrivateKey, Resource, Signer, StartTime, encode_url,
};

/// A signer, and the folder that contains its public key.
fn signer() -> (Signer, Openssl) {
    let openssl = Openssl::new();
    let key = PrivateKey::from_pem(&openssl.p256()).unwrap();
    openssl.write("public.pem", key.public_key_pem());
    (Signer::new(KeyPairId::new("K2JCJMDEHXQW5F").unwrap(), key, Hash::Sha256), openssl)
}

fn expires() -> Expires {
    Expires::from_epoch_seconds(1_767_290_400).unwrap()
}

/// Verifies a signature like CloudFront: against the canned policy for the URL that was requested.
fn verifies(openssl: &Openssl, requested: &str, signature: &str) -> bool {
    let condition = r#""Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}"#;
    openssl.write("policy", format!(r#"{{"Statement":[{{"Resource":"{requested}",{condition}}}]}}"#));
    openssl.write("signature", decode(signature));
    openssl.accepts("dgst -sha256 -verify public.pem -signature signature policy")
}

#[test]
fn an_ampersand_is_signed_unescaped() {
    let (signer, openssl) = signer();
    for url in ["https://d.example/cv?a=1&b=2", "https://d.example/a&b/'c'"] {
        let signed_url = signer.sign_url_canned(url, expires(), &mut SysRng).unwrap();
        assert!(verifies(&openssl, url, parameter(&signed_url, "Signature").unwrap()), "{url}");
        let resource = Resource::exact(url).unwrap();
        assert!(CustomPolicy::new(resource, expires()).as_json().contains(&format!("\"{url}\"")));
    }
}

#[test]
fn a_path_is_never_encoded_after_signing() {
    let (signer, openssl) = signer();
    let plain = "https://d.example/My CV (é).pdf";
    assert!(matches!(signer.sign_url_canned(plain, expires(), &mut SysRng), Err(Error::UrlCharacter { .. })));
    let encoded = encode_url(plain).unwrap();
    let signed_url = signer.sign_url_canned(&encoded, expires(), &mut SysRng).unwrap();
    assert!(signed_url.starts_with(&format!("{encoded}?")));
    assert!(verifies(
        &openssl,
        "https://d.example/My%20CV%20(%C3%A9).pdf",
        parameter(&signed_url, "Signature").unwrap()
    ));
}

#[test]
fn a_plus_stays_a_plus() {
    let (signer, openssl) = signer();
    let url = "https://d.example/c++.pdf?q=a+b%2Bc";
    let signed_url = signer.sign_url_canned(url, expires(), &mut SysRng).unwrap();
    assert!(signed_url.starts_with(url) && verifies(&openssl, url, parameter(&signed_url, "Signature").unwrap()));
    assert_eq!(encode_url("https://d.example/p?q=a+b%2Bc").unwrap(), "https://d.example/p?q=a+b%2Bc");
}

#[test]
fn milliseconds_are_not_accepted_as_seconds() {
    let milliseconds = Expires::from_epoch_seconds(1_767_290_400_000);
    assert!(matches!(milliseconds, Err(Error::AfterYear2100 { .. })));
    assert!(StartTime::from_epoch_seconds(1_767_290_400_000).is_err());
}

#[test]
fn the_caller_reads_the_clock_once() {
    let (signer, _) = signer();
    let now = Duration::from_millis(1_767_290_339_999);
    let expires = Expires::after(now, Duration::from_mins(1)).unwrap();
    let signed_url = signer.sign_url_canned("https://d.example/cv.pdf", expires, &mut SysRng).unwrap();
    assert_eq!(parameter(&signed_url, "Expires"), Some("1767290399"));
    let again = signer.sign_url_canned("https://d.example/cv.pdf", expires, &mut SysRng).unwrap();
    assert_eq!(signed_url, again, "policy and URL have the same expiry, however late they are signed");
}

#[test]
fn carriage_returns_and_literal_newlines_in_a_pem_do_not_matter() {
    let pem = Openssl::new().p256();
    let public = PrivateKey::from_pem(&pem).unwrap().public_key_pem();
    for ending in ["\r\n", "\\n", "\\r\\n"] {
        assert_eq!(PrivateKey::from_pem(&pem.replace('\n', ending)).unwrap().public_key_pem(), public, "{ending:?}");
    }
}

#[test]
fn a_quote_in_the_url_cannot_rewrite_the_policy() {
    let (signer, _) = signer();
    let url = r#"https://d.example/x","Condition":{"DateLessThan":{"AWS:EpochTime":4102444800}}}],"y":["#;
    let quote = Error::UrlCharacter { character: '"', position: 19 };
    assert_eq!(signer.sign_url_canned(url, expires(), &mut SysRng).unwrap_err(), quote);
    assert_eq!(Resource::exact(url).unwrap_err(), quote);
    assert_eq!(Resource::wildcard(&format!("{url}*")).unwrap_err(), quote);
    assert!(encode_url(url).unwrap().starts_with("https://d.example/x%22%2C%22Condition%22"));
}

#[test]
fn a_signature_for_a_wildcard_always_carries_its_policy() {
    let (signer, _) = signer();
    let pattern = "https://d.example/cv/*";
    let canned = signer.sign_url_canned(pattern, expires(), &mut SysRng);
    assert!(matches!(canned, Err(Error::UrlWildcard { .. })), "a canned policy cannot have a wildcard");
    assert!(signer.sign_cookies_canned(pattern, expires(), &mut SysRng).is_err());

    let policy = CustomPolicy::new(Resource::wildcard(pattern).unwrap(), expires());
    let url = signer.sign_url_custom("https://d.example/cv/resume.pdf", &policy, &mut SysRng).unwrap();
    assert_eq!(decode(parameter(&url, "Policy").unwrap()), policy.as_json().as_bytes());
    assert_eq!(parameter(&url, "Expires"), None);
    let cookies = signer.sign_cookies_custom(&policy, &mut SysRng).unwrap();
    assert_eq!(decode(cookies.get("CloudFront-Policy").unwrap()), policy.as_json().as_bytes());
}

#[test]
fn a_fraction_of_a_second_never_extends_a_lifetime() {
    let almost = Duration::from_millis(1_767_290_400_999);
    assert_eq!(Expires::from_duration_since_epoch(almost).unwrap(), expires());
    assert_eq!(StartTime::from_duration_since_epoch(almost).unwrap().epoch_seconds(), 1_767_290_400);
}

#[test]
fn no_error_quotes_a_key_a_password_or_an_address() {
    let (signer, _) = signer();
    let body: String = Openssl::new().p256().lines().filter(|line| !line.starts_with('-')).collect();
    let half = &body[..40];
    for error in [
        PrivateKey::from_pem(half).unwrap_err(),
        PrivateKey::from_pem(&format!("-----BEGIN {half}-----")).unwrap_err(),
        PrivateKey::from_pem(&format!("-----BEGIN PRIVATE KEY-----\n{half}")).unwrap_err(),
        PrivateKey::from_pem(&format!("-----BEGIN PRIVATE KEY-----\n{half}\n-----END PRIVATE KEY-----")).unwrap_err(),
        signer.sign_url_canned(&format!("https://u:{half}@d.example/"), expires(), &mut SysRng).unwrap_err(),
        format!("192.0.2.77/{half}").parse::<Ipv4Cidr>().unwrap_err(),
    ] {
        let shown = error.to_string() + &format!("{error:?}");
        assert!(!shown.contains(&half[..12]) && !shown.contains("192.0.2.77"), "{shown}");
    }
}
