use alloc::format;
use alloc::string::{String, ToString};

use super::{CustomPolicy, canned};
use crate::url::Url;
use crate::{Error, Expires, Resource, StartTime};

const EXPIRES: u64 = 1_767_290_400;

fn policy() -> CustomPolicy {
    CustomPolicy::new(
        Resource::wildcard("https://d.example/cv/*").unwrap(),
        Expires::from_epoch_seconds(EXPIRES).unwrap(),
    )
}

#[test]
fn the_canned_policy_is_cloudfronts_byte_for_byte() {
    let url = Url::parse("https://d.example/cv.pdf?a=1&b=/+").unwrap();
    assert_eq!(
        canned(&url, Expires::from_epoch_seconds(EXPIRES).unwrap()),
        r#"{"Statement":[{"Resource":"https://d.example/cv.pdf?a=1&b=/+","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}}]}"#
    );
}

#[test]
fn a_custom_policy_has_the_fields_it_was_given() {
    let full = policy()
        .with_start_time(StartTime::from_epoch_seconds(EXPIRES - 60).unwrap())
        .unwrap()
        .with_source_ip("192.0.2.0/24".parse().unwrap());
    assert_eq!(
        full.as_json(),
        r#"{"Statement":[{"Resource":"https://d.example/cv/*","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400},"DateGreaterThan":{"AWS:EpochTime":1767290340},"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}}}]}"#
    );
    assert_eq!(CustomPolicy::parse(full.as_json()).unwrap(), full);
    assert_eq!(CustomPolicy::parse(policy().as_json()).unwrap(), policy());
}

#[test]
fn a_policy_must_start_before_it_expires() {
    for start in [EXPIRES, EXPIRES + 1] {
        let error = policy().with_start_time(StartTime::from_epoch_seconds(start).unwrap()).unwrap_err();
        assert_eq!(error, Error::StartNotBeforeExpiry { start, expires: EXPIRES });
    }
    assert!(policy().with_start_time(StartTime::from_epoch_seconds(EXPIRES - 1).unwrap()).is_ok());
}

#[test]
fn a_handwritten_policy_is_signed_as_it_is() {
    let json = format!(
        "{{\n  \"Statement\": [{{ \"Condition\": {{ \"DateLessThan\": {{ \"AWS:EpochTime\": {EXPIRES} }} }},\r\n \
         \"Resource\": \"http*://d.example/*\" }}]\n}}"
    );
    let policy = CustomPolicy::parse(&json).unwrap();
    assert_eq!(policy.as_json(), json);
    assert_eq!((policy.resource().as_str(), policy.expires().epoch_seconds()), ("http*://d.example/*", EXPIRES));
}

#[test]
fn a_policy_that_cloudfront_would_reject_is_rejected() {
    let written = policy().as_json().to_string();
    let expiry = format!(r#""DateLessThan":{{"AWS:EpochTime":{EXPIRES}}}"#);
    let with = |condition: &str| written.replace(&expiry, condition);
    for json in [
        String::new(),
        "null".into(),
        "{}".into(),
        "\"a policy\"".into(),
        written.clone() + "x",
        r#"{"Statement":[]}"#.into(),
        written.replace("\"Resource\":\"https://d.example/cv/*\",", ""),
        written.replace("https://d.example/cv/*", ""),
        written.replace("https://d.example/cv/*", "*"),
        written.replace("https://d.example/cv/*", "https://d.example/ü"),
        written.replace("https://d.example/cv/*", "https://d.example/\\u002a"),
        written.replace("\"Resource\"", "\"Effect\":\"Allow\",\"Resource\""),
        written.replace("\"Resource\"", "\"Resource\":\"https://d.example/\",\"Resource\""),
        written.replace(&EXPIRES.to_string(), "\"1767290400\""),
        written.replace(&EXPIRES.to_string(), "1767290400.5"),
        written.replace(&EXPIRES.to_string(), "-1"),
        written.replace(&EXPIRES.to_string(), "1767290400000"),
        with(""),
        with(&format!("{expiry},\"DateGreaterThan\":{{\"AWS:EpochTime\":{EXPIRES}}}")),
        with(&format!("{expiry},\"IpAddress\":{{\"AWS:SourceIp\":\"2001:db8::/32\"}}")),
        with(&format!("{expiry},\"IpAddress\":{{\"AWS:SourceIp\":\"192.0.2.1\"}}")),
        with(&format!("{expiry},\"Bool\":{{}}")),
        with(&format!("{expiry},{expiry}")),
        written.replace(&EXPIRES.to_string(), "01767290400"),
        written.replace(&EXPIRES.to_string(), "1767290400e0"),
        written.replace(&EXPIRES.to_string(), "99999999999999999999999"),
        written.replace(&EXPIRES.to_string(), ""),
        written.replace("}]}", "},]}"),
        written.replace("}]}", "}],}"),
        written.replace("Resource\":", "Resource\""),
        written.replace("cv/*", "cv/*\n"),
        written[..written.len() - 1].into(),
    ] {
        assert!(CustomPolicy::parse(&json).is_err(), "{json}");
    }
    let twice = written.replace("}]}", "},{\"Resource\":\"https://d.example/\",\"Condition\":{") + &expiry + "}}]}";
    assert_eq!(CustomPolicy::parse(&twice).unwrap_err(), Error::PolicyStatements { count: 2 }, "{twice}");
}

#[test]
fn the_error_for_a_policy_says_what_is_wrong_with_it() {
    let error = |json: &str| CustomPolicy::parse(json).unwrap_err();
    let condition = format!(r#""Condition":{{"DateLessThan":{{"AWS:EpochTime":{EXPIRES}}}}}"#);
    assert_eq!(error(""), Error::PolicySyntax { expected: "an object", position: 0 });
    assert_eq!(error("{}"), Error::MissingPolicyField { name: "Statement" });
    assert_eq!(error(&format!(r#"{{"Statement":[{{{condition}}}]}}"#)), Error::MissingPolicyField { name: "Resource" });
    let version = error(r#"{"Version":"2012-10-17"}"#);
    assert!(matches!(&version, Error::UnknownPolicyField { name } if name.to_string() == r#""Version""#), "{version}");
    let twice = error(r#"{"Statement":[],"Statement":[]}"#);
    assert!(matches!(twice, Error::DuplicatePolicyField { .. }), "{twice}");
    assert_eq!(error(r#"{"Statement":[]}"#), Error::PolicyStatements { count: 0 });
}
