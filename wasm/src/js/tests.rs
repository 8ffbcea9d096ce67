use alloc::format;
use alloc::string::String;

use super::requests;
use crate::testing::{Openssl, SysRng, decode, parameter};
use crate::{Error, Signer};

const EXPIRES_MS: f64 = 1_767_290_400_000.0;
const URL: &str = "https://d.example/cv.pdf";

fn signer() -> Signer {
    requests::new_signer("K2JCJMDEHXQW5F".into(), Openssl::new().p256().as_bytes(), None).unwrap()
}

fn sign(url: &str, start_ms: Option<f64>, source_ip: Option<&str>) -> Result<String, Error> {
    requests::sign_url(&signer(), url, EXPIRES_MS, start_ms, source_ip, &mut SysRng)
}

fn sent_policy(url: &str) -> String {
    String::from_utf8(decode(parameter(url, "Policy").unwrap())).unwrap()
}

#[test]
fn a_url_with_only_an_expiry_has_a_canned_policy() {
    let url = sign(URL, None, None).unwrap();
    assert!(url.starts_with(&format!("{URL}?Expires=1767290400&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=")), "{url}");
    assert!(url.ends_with("&Hash-Algorithm=SHA256"), "{url}");
}

#[test]
fn a_url_with_a_start_or_a_source_has_a_custom_policy() {
    let url = sign(URL, Some(EXPIRES_MS - 1.0), Some("192.0.2.1")).unwrap();
    assert_eq!(
        sent_policy(&url),
        r#"{"Statement":[{"Resource":"https://d.example/cv.pdf","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400},"DateGreaterThan":{"AWS:EpochTime":1767290399},"IpAddress":{"AWS:SourceIp":"192.0.2.1/32"}}}]}"#
    );
}

#[test]
fn invalid_dates_are_rejected() {
    for date in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, f64::MAX] {
        let error = requests::sign_url(&signer(), URL, date, None, None, &mut SysRng).unwrap_err();
        assert!(matches!(error, Error::InvalidDate), "{date}: {error}");
    }
    let seconds = requests::sign_url(&signer(), URL, EXPIRES_MS / 1000.0, None, None, &mut SysRng).unwrap_err();
    assert!(matches!(seconds, Error::BeforeYear2000 { .. }), "{seconds}");
    let microseconds = requests::sign_url(&signer(), URL, EXPIRES_MS * 1000.0, None, None, &mut SysRng).unwrap_err();
    assert!(matches!(microseconds, Error::AfterYear2100 { .. }), "{microseconds}");
}

#[test]
fn a_key_may_be_pem_or_der() {
    let openssl = Openssl::new();
    openssl.write("key.pem", openssl.p256());
    let der = openssl.run("pkey -in key.pem -outform DER");
    let public_key = |key: &[u8]| requests::new_signer("K".into(), key, Some("SHA256")).unwrap().public_key_pem();
    assert_eq!(public_key(&der), public_key(openssl.read("key.pem").as_bytes()));
    assert_eq!(requests::new_signer("K".into(), &[0xff, 0xfe], None).unwrap_err(), Error::NotPem);
    assert_eq!(requests::new_signer("K".into(), &[], None).unwrap_err(), Error::EmptyKey);
    assert!(matches!(requests::new_signer("K".into(), &der, Some("md5")), Err(Error::UnknownHash { .. })));
}

#[test]
fn without_a_url_the_resource_of_the_policy_is_signed() {
    let policy = |resource: &str| {
        format!(
            r#"{{"Statement":[{{"Resource":"{resource}","Condition":{{"DateLessThan":{{"AWS:EpochTime":1767290400}}}}}}]}}"#
        )
    };
    for (resource, url) in [
        ("https://d.example/cv.pdf", "https://d.example/cv.pdf?Policy="),
        ("*://d.example/cv.pdf?a=1", "https://d.example/cv.pdf?a=1&Policy="),
        ("http*://d.example/cv.pdf", "https://d.example/cv.pdf?Policy="),
    ] {
        let signed = requests::sign_url_with_policy(&signer(), None, &policy(resource), &mut SysRng).unwrap();
        assert!(signed.starts_with(url), "{signed}");
        assert_eq!(sent_policy(&signed), policy(resource));
    }
    let many =
        requests::sign_url_with_policy(&signer(), None, &policy("https://d.example/*"), &mut SysRng).unwrap_err();
    assert!(matches!(many, Error::WildcardWithoutUrl { .. }), "{many}");
    let other = requests::sign_url_with_policy(
        &signer(),
        Some("https://e.example/"),
        &policy("https://d.example/*"),
        &mut SysRng,
    );
    assert!(matches!(other, Err(Error::UrlOutsideResource { .. })), "{other:?}");
}

#[test]
fn cookies_for_a_wildcard_carry_their_policy() {
    let cookies =
        requests::sign_cookies(&signer(), "https://d.example/*", EXPIRES_MS, None, None, &mut SysRng).unwrap();
    assert!(cookies.get("CloudFront-Policy").is_some() && cookies.get("CloudFront-Expires").is_none());
    let cookies = requests::sign_cookies(&signer(), URL, EXPIRES_MS, None, None, &mut SysRng).unwrap();
    assert_eq!(cookies.get("CloudFront-Expires"), Some("1767290400"));
    assert!(requests::sign_cookies(&signer(), "https://d.example/a b", EXPIRES_MS, None, None, &mut SysRng).is_err());
}
