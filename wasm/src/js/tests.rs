use alloc::format;
use alloc::string::String;

use super::requests;
use crate::testing::{Openssl, SysRng, decode, parameter};
use crate::{Error, Signer};

const END: f64 = 1_767_290_400_000.0;
const URL: &str = "https://d.example/cv.pdf";

fn signer() -> Signer {
    requests::signer("K2JCJMDEHXQW5F".into(), Openssl::new().p256().as_bytes(), None).unwrap()
}

fn signed(url: &str, starts: Option<f64>, source: Option<&str>) -> Result<String, Error> {
    requests::url(&signer(), url, END, starts, source, &mut SysRng)
}

fn policy_of(url: &str) -> String {
    String::from_utf8(decode(parameter(url, "Policy").unwrap())).unwrap()
}

#[test]
fn a_url_with_an_end_alone_is_canned() {
    let url = signed(URL, None, None).unwrap();
    assert!(url.starts_with(&format!("{URL}?Expires=1767290400&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=")), "{url}");
    assert!(url.ends_with("&Hash-Algorithm=SHA256"), "{url}");
}

#[test]
fn a_start_or_a_source_makes_the_policy_custom() {
    let url = signed(URL, Some(END - 1.0), Some("192.0.2.1")).unwrap();
    assert_eq!(
        policy_of(&url),
        r#"{"Statement":[{"Resource":"https://d.example/cv.pdf","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400},"DateGreaterThan":{"AWS:EpochTime":1767290399},"IpAddress":{"AWS:SourceIp":"192.0.2.1/32"}}}]}"#
    );
}

#[test]
fn dates_that_are_none_are_refused() {
    for date in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, f64::MAX] {
        let error = requests::url(&signer(), URL, date, None, None, &mut SysRng).unwrap_err();
        assert!(matches!(error, Error::NotADate), "{date}: {error}");
    }
    let seconds = requests::url(&signer(), URL, END / 1000.0, None, None, &mut SysRng).unwrap_err();
    assert!(matches!(seconds, Error::BeforeYear2000 { .. }), "{seconds}");
    let microseconds = requests::url(&signer(), URL, END * 1000.0, None, None, &mut SysRng).unwrap_err();
    assert!(matches!(microseconds, Error::AfterYear2100 { .. }), "{microseconds}");
}

#[test]
fn a_key_may_be_pem_or_der() {
    let openssl = Openssl::new();
    openssl.write("key.pem", openssl.p256());
    let der = openssl.run("pkey -in key.pem -outform DER");
    let of = |key: &[u8]| requests::signer("K".into(), key, Some("SHA256")).unwrap().public_key_pem();
    assert_eq!(of(&der), of(openssl.read("key.pem").as_bytes()));
    assert_eq!(requests::signer("K".into(), &[0xff, 0xfe], None).unwrap_err(), Error::NotPem);
    assert_eq!(requests::signer("K".into(), &[], None).unwrap_err(), Error::EmptyKey);
    assert!(matches!(requests::signer("K".into(), &der, Some("md5")), Err(Error::UnknownHash { .. })));
}

#[test]
fn without_a_url_the_policy_names_it() {
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
        let signed = requests::url_with_policy(&signer(), None, &policy(resource), &mut SysRng).unwrap();
        assert!(signed.starts_with(url), "{signed}");
        assert_eq!(policy_of(&signed), policy(resource));
    }
    let many = requests::url_with_policy(&signer(), None, &policy("https://d.example/*"), &mut SysRng).unwrap_err();
    assert!(matches!(many, Error::WildcardWithoutUrl { .. }), "{many}");
    let other =
        requests::url_with_policy(&signer(), Some("https://e.example/"), &policy("https://d.example/*"), &mut SysRng);
    assert!(matches!(other, Err(Error::UrlOutsideResource { .. })), "{other:?}");
}

#[test]
fn cookies_for_a_wildcard_carry_their_policy() {
    let cookies = requests::cookies(&signer(), "https://d.example/*", END, None, None, &mut SysRng).unwrap();
    assert!(cookies.get("CloudFront-Policy").is_some() && cookies.get("CloudFront-Expires").is_none());
    let cookies = requests::cookies(&signer(), URL, END, None, None, &mut SysRng).unwrap();
    assert_eq!(cookies.get("CloudFront-Expires"), Some("1767290400"));
    assert!(requests::cookies(&signer(), "https://d.example/a b", END, None, None, &mut SysRng).is_err());
}
