use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::collections::HashMap;

use super::requests;
use super::requests::Request;
use crate::testing::{Openssl, decode, parameter};
use crate::{Error, Signer};

const EXPIRES_MS: f64 = 1_767_290_400_000.0;
const URL: &str = "https://d.example/cv.pdf";

fn signer() -> Signer {
    requests::new_signer("K2JCJMDEHXQW5F".into(), Openssl::new().p256().as_bytes(), None, None).unwrap()
}

fn finish(request: Request<'_>) -> Result<Vec<String>, Error> {
    super::sign(&signer(), request)
}

fn sign_with(request: Request<'_>) -> Result<String, Error> {
    finish(request).map(|mut url| url.remove(0))
}

fn sign(url: &str, start_ms: Option<f64>, source_ip: Option<&str>) -> Result<String, Error> {
    sign_with(Request { url: Some(url), expires_ms: Some(EXPIRES_MS), start_ms, source_ip, ..Request::default() })
}

fn sign_with_policy(url: Option<&str>, policy: &str, allow_everything: bool) -> Result<String, Error> {
    sign_with(Request { url, policy: Some(policy), allow_everything, ..Request::default() })
}

fn sign_cookies(url: &str, allow_everything: bool) -> Result<HashMap<String, String>, Error> {
    let expires_ms = Some(EXPIRES_MS);
    let cookies = Request { is_cookies: true, url: Some(url), expires_ms, allow_everything, ..Request::default() };
    let cookies = finish(cookies)?;
    Ok(cookies.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect())
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
    let error = |expires_ms| {
        sign_with(Request { url: Some(URL), expires_ms: Some(expires_ms), ..Request::default() }).unwrap_err()
    };
    for date in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, f64::MAX] {
        let error = error(date);
        assert!(matches!(error, Error::InvalidDate), "{date}: {error}");
    }
    let seconds = error(EXPIRES_MS / 1000.0);
    assert!(matches!(seconds, Error::BeforeYear2000 { .. }), "{seconds}");
    let microseconds = error(EXPIRES_MS * 1000.0);
    assert!(matches!(microseconds, Error::AfterYear2100 { .. }), "{microseconds}");
}

#[test]
fn a_key_may_be_pem_or_der() {
    let openssl = Openssl::new();
    openssl.write("key.pem", openssl.p256());
    let der = openssl.run("pkey -in key.pem -outform DER");
    let public_key = |key: &[u8]| requests::new_signer("K".into(), key, Some("SHA256"), None).unwrap().public_key_pem();
    assert_eq!(public_key(&der), public_key(openssl.read("key.pem").as_bytes()));
    assert_eq!(requests::new_signer("K".into(), &[0xff, 0xfe], None, None).unwrap_err(), Error::NotPem);
    assert_eq!(requests::new_signer("K".into(), &[], None, None).unwrap_err(), Error::EmptyKey);
    assert!(matches!(requests::new_signer("K".into(), &der, Some("md5"), None), Err(Error::UnknownHash { .. })));
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
        let signed = sign_with_policy(None, &policy(resource), false).unwrap();
        assert!(signed.starts_with(url), "{signed}");
        assert_eq!(sent_policy(&signed), policy(resource));
    }
    let many = sign_with_policy(None, &policy("https://d.example/*"), false).unwrap_err();
    assert!(matches!(many, Error::WildcardWithoutUrl { .. }), "{many}");
    let other = sign_with_policy(Some("https://e.example/"), &policy("https://d.example/*"), false);
    assert!(matches!(other, Err(Error::UrlOutsideResource { .. })), "{other:?}");
}

#[test]
fn cookies_for_a_wildcard_carry_their_policy() {
    let cookies = sign_cookies("https://d.example/*", false).unwrap();
    assert!(cookies.contains_key("CloudFront-Policy") && !cookies.contains_key("CloudFront-Expires"));
    let cookies = sign_cookies(URL, false).unwrap();
    assert_eq!(cookies["CloudFront-Expires"], "1767290400");
    assert!(sign_cookies("https://d.example/a b", false).is_err());
}

#[test]
fn a_resource_that_opens_everything_must_be_allowed_explicitly() {
    let policy = |resource: &str| {
        format!(
            r#"{{"Statement":[{{"Resource":"{resource}","Condition":{{"DateLessThan":{{"AWS:EpochTime":1767290400}}}}}}]}}"#
        )
    };
    for resource in ["*", "https://*", "http*://*", "*://*/*", "http://*.*/*"] {
        let rejected = sign_with_policy(Some(URL), &policy(resource), false);
        assert!(matches!(rejected, Err(Error::ResourceIsEverything { .. })), "{resource}: {rejected:?}");
        assert!(matches!(sign_cookies(resource, false), Err(Error::ResourceIsEverything { .. })));
        let cookies = sign_cookies(resource, true).unwrap();
        assert_eq!(decode(&cookies["CloudFront-Policy"]), policy(resource).as_bytes());
    }
    let url = sign_with_policy(Some(URL), &policy("*"), true).unwrap();
    assert_eq!(sent_policy(&url), policy("*"));
}

#[test]
fn a_file_name_in_the_query_may_have_a_star_and_quotes() {
    let url = "https://d.example/a.pdf?response-content-disposition=attachment%3B%20filename*%3DUTF-8''%E2%82%AC.pdf";
    let signed = sign(url, None, None).unwrap();
    assert!(signed.contains("filename*%3DUTF-8%27%27%E2%82%AC.pdf&Expires="), "{signed}");
    // In a custom policy the star would be a wildcard.
    let custom = sign(url, None, Some("192.0.2.1")).unwrap_err();
    assert!(matches!(custom, Error::UrlWildcard { .. }), "{custom}");
}
