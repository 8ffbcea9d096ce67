//! What other signers got wrong, one test each.

use alloc::format;
use alloc::string::{String, ToString};
use core::time::Duration;

use crate::testing::{Openssl, SysRng, decode, parameter};
use crate::{
    CustomPolicy, Error, Expires, Hash, Ipv4Cidr, KeyPairId, PrivateKey, Resource, Signer, Starts, encode_url,
};

/// A signer, and the folder with its public key.
fn signer() -> (Signer, Openssl) {
    let openssl = Openssl::new();
    let key = PrivateKey::from_pem(&openssl.p256()).unwrap();
    openssl.write("public.pem", key.public_key_pem());
    (Signer::new(KeyPairId::new("K2JCJMDEHXQW5F").unwrap(), key, Hash::Sha256), openssl)
}

fn expires() -> Expires {
    Expires::from_epoch_seconds(1_767_290_400).unwrap()
}

/// What CloudFront does: it writes the policy for the URL that was asked for, and verifies the signature of that.
fn opens(openssl: &Openssl, asked: &str, signature: &str) -> bool {
    let condition = r#""Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}"#;
    openssl.write("policy", format!(r#"{{"Statement":[{{"Resource":"{asked}",{condition}}}]}}"#));
    openssl.write("signature", decode(signature));
    openssl.accepts("dgst -sha256 -verify public.pem -signature signature policy")
}

#[test]
fn an_ampersand_is_signed_as_an_ampersand() {
    let (signer, openssl) = signer();
    for url in ["https://d.example/cv?a=1&b=2", "https://d.example/a&b/'c'"] {
        let minted = signer.sign_url_canned(url, expires(), &mut SysRng).unwrap();
        assert!(opens(&openssl, url, parameter(&minted, "Signature").unwrap()), "{url}");
        let resource = Resource::exact(url).unwrap();
        assert!(CustomPolicy::new(resource, expires()).as_json().contains(&format!("\"{url}\"")));
    }
}

#[test]
fn a_path_is_encoded_before_it_is_signed_or_not_at_all() {
    let (signer, openssl) = signer();
    let plain = "https://d.example/My CV (é).pdf";
    assert!(matches!(signer.sign_url_canned(plain, expires(), &mut SysRng), Err(Error::UrlCharacter { .. })));
    let encoded = encode_url(plain).unwrap();
    let minted = signer.sign_url_canned(&encoded, expires(), &mut SysRng).unwrap();
    assert!(minted.starts_with(&format!("{encoded}?")));
    assert!(opens(&openssl, "https://d.example/My%20CV%20(%C3%A9).pdf", parameter(&minted, "Signature").unwrap()));
}

#[test]
fn a_plus_stays_a_plus() {
    let (signer, openssl) = signer();
    let url = "https://d.example/c++.pdf?q=a+b%2Bc";
    let minted = signer.sign_url_canned(url, expires(), &mut SysRng).unwrap();
    assert!(minted.starts_with(url) && opens(&openssl, url, parameter(&minted, "Signature").unwrap()));
    assert_eq!(encode_url("https://d.example/p?q=a+b%2Bc").unwrap(), "https://d.example/p?q=a+b%2Bc");
}

#[test]
fn milliseconds_are_not_taken_for_seconds() {
    let milliseconds = Expires::from_epoch_seconds(1_767_290_400_000);
    assert!(matches!(milliseconds, Err(Error::AfterYear2100 { .. })));
    assert!(Starts::from_epoch_seconds(1_767_290_400_000).is_err());
}

#[test]
fn the_clock_is_read_once_and_by_the_caller() {
    let (signer, _) = signer();
    let now = Duration::from_millis(1_767_290_339_999);
    let ends = Expires::after(now, Duration::from_mins(1)).unwrap();
    let minted = signer.sign_url_canned("https://d.example/cv.pdf", ends, &mut SysRng).unwrap();
    assert_eq!(parameter(&minted, "Expires"), Some("1767290399"));
    let again = signer.sign_url_canned("https://d.example/cv.pdf", ends, &mut SysRng).unwrap();
    assert_eq!(minted, again, "policy and URL say the same end, however late they are signed");
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
fn a_wildcard_always_carries_its_policy() {
    let (signer, _) = signer();
    let pattern = "https://d.example/cv/*";
    let canned = signer.sign_url_canned(pattern, expires(), &mut SysRng);
    assert!(matches!(canned, Err(Error::UrlWildcard { .. })), "a canned policy has no wildcard");
    assert!(signer.sign_cookies_canned(pattern, expires(), &mut SysRng).is_err());

    let policy = CustomPolicy::new(Resource::wildcard(pattern).unwrap(), expires());
    let url = signer.sign_url_custom("https://d.example/cv/resume.pdf", &policy, &mut SysRng).unwrap();
    assert_eq!(decode(parameter(&url, "Policy").unwrap()), policy.as_json().as_bytes());
    assert_eq!(parameter(&url, "Expires"), None);
    let cookies = signer.sign_cookies_custom(&policy, &mut SysRng).unwrap();
    assert_eq!(decode(cookies.get("CloudFront-Policy").unwrap()), policy.as_json().as_bytes());
}

#[test]
fn a_fraction_of_a_second_never_lengthens_a_life() {
    let almost = Duration::from_millis(1_767_290_400_999);
    assert_eq!(Expires::from_duration_since_epoch(almost).unwrap(), expires());
    assert_eq!(Starts::from_duration_since_epoch(almost).unwrap().epoch_seconds(), 1_767_290_400);
}

#[test]
fn no_error_shows_a_key_a_password_or_an_address() {
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
