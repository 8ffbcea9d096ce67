use alloc::format;
use alloc::string::{String, ToString};

use super::{CustomPolicy, canned};
use crate::url::Url;
use crate::{Error, Expires, Resource, Starts};

const END: u64 = 1_767_290_400;

fn policy() -> CustomPolicy {
    CustomPolicy::new(Resource::wildcard("https://d.example/cv/*").unwrap(), Expires::from_epoch_seconds(END).unwrap())
}

#[test]
fn the_canned_policy_is_cloudfronts_byte_for_byte() {
    let url = Url::parse("https://d.example/cv.pdf?a=1&b=/+").unwrap();
    assert_eq!(
        canned(&url, Expires::from_epoch_seconds(END).unwrap()),
        r#"{"Statement":[{"Resource":"https://d.example/cv.pdf?a=1&b=/+","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}}]}"#
    );
}

#[test]
fn a_custom_policy_says_what_it_was_told() {
    let full = policy()
        .starting(Starts::from_epoch_seconds(END - 60).unwrap())
        .unwrap()
        .from_source("192.0.2.0/24".parse().unwrap());
    assert_eq!(
        full.as_json(),
        r#"{"Statement":[{"Resource":"https://d.example/cv/*","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400},"DateGreaterThan":{"AWS:EpochTime":1767290340},"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}}}]}"#
    );
    assert_eq!(CustomPolicy::parse(full.as_json()).unwrap(), full);
    assert_eq!(CustomPolicy::parse(policy().as_json()).unwrap(), policy());
}

#[test]
fn a_start_must_lie_strictly_before_the_end() {
    for starts in [END, END + 1] {
        let error = policy().starting(Starts::from_epoch_seconds(starts).unwrap()).unwrap_err();
        assert_eq!(error, Error::StartNotBeforeEnd { starts, expires: END });
    }
    assert!(policy().starting(Starts::from_epoch_seconds(END - 1).unwrap()).is_ok());
}

#[test]
fn a_policy_written_by_hand_is_signed_as_it_is_written() {
    let json = format!(
        "{{\n  \"Statement\": [{{ \"Condition\": {{ \"DateLessThan\": {{ \"AWS:EpochTime\": {END} }} }},\r\n \
         \"Resource\": \"http*://d.example/*\" }}]\n}}"
    );
    let policy = CustomPolicy::parse(&json).unwrap();
    assert_eq!(policy.as_json(), json);
    assert_eq!((policy.resource().as_str(), policy.expires().epoch_seconds()), ("http*://d.example/*", END));
}

#[test]
fn a_policy_that_cloudfront_would_refuse_is_refused() {
    let written = policy().as_json().to_string();
    let end = format!(r#""DateLessThan":{{"AWS:EpochTime":{END}}}"#);
    let with = |condition: &str| written.replace(&end, condition);
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
        written.replace(&END.to_string(), "\"1767290400\""),
        written.replace(&END.to_string(), "1767290400.5"),
        written.replace(&END.to_string(), "-1"),
        written.replace(&END.to_string(), "1767290400000"),
        with(""),
        with(&format!("{end},\"DateGreaterThan\":{{\"AWS:EpochTime\":{END}}}")),
        with(&format!("{end},\"IpAddress\":{{\"AWS:SourceIp\":\"2001:db8::/32\"}}")),
        with(&format!("{end},\"IpAddress\":{{\"AWS:SourceIp\":\"192.0.2.1\"}}")),
        with(&format!("{end},\"Bool\":{{}}")),
        with(&format!("{end},{end}")),
        written.replace(&END.to_string(), "01767290400"),
        written.replace(&END.to_string(), "1767290400e0"),
        written.replace(&END.to_string(), "99999999999999999999999"),
        written.replace(&END.to_string(), ""),
        written.replace("}]}", "},]}"),
        written.replace("}]}", "}],}"),
        written.replace("Resource\":", "Resource\""),
        written.replace("cv/*", "cv/*\n"),
        written[..written.len() - 1].into(),
    ] {
        assert!(CustomPolicy::parse(&json).is_err(), "{json}");
    }
    let twice = written.replace("}]}", "},{\"Resource\":\"https://d.example/\",\"Condition\":{") + &end + "}}]}";
    assert_eq!(CustomPolicy::parse(&twice).unwrap_err(), Error::PolicyStatements { count: 2 }, "{twice}");
}

#[test]
fn a_policy_is_refused_by_what_is_wrong_with_it() {
    let error = |json: &str| CustomPolicy::parse(json).unwrap_err();
    let condition = format!(r#""Condition":{{"DateLessThan":{{"AWS:EpochTime":{END}}}}}"#);
    assert_eq!(error(""), Error::PolicyJson { expected: "an object", position: 0 });
    assert_eq!(error("{}"), Error::PolicyLacks { name: "Statement" });
    assert_eq!(error(&format!(r#"{{"Statement":[{{{condition}}}]}}"#)), Error::PolicyLacks { name: "Resource" });
    let version = error(r#"{"Version":"2012-10-17"}"#);
    assert!(matches!(&version, Error::PolicyField { name } if name.to_string() == r#""Version""#), "{version}");
    let twice = error(r#"{"Statement":[],"Statement":[]}"#);
    assert!(matches!(twice, Error::PolicyRepeats { .. }), "{twice}");
    assert_eq!(error(r#"{"Statement":[]}"#), Error::PolicyStatements { count: 0 });
}
