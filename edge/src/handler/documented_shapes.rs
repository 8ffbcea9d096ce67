//! Events in every shape that CloudFront's guide documents for a viewer request, and the result of each.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html>
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-include-body-access.html>

use serde_json::Value;

use super::tests::{T0, code, handle_at, handler, header};

/// The result for an event.
enum Expected {
    /// The request is forwarded unchanged, except for these headers.
    Forwarded(&'static [(&'static str, &'static str)]),
    /// The request is forwarded unchanged, except for this query.
    ForwardedWithQuery(&'static str),
    /// A response with this status, and with this code if it is a problem.
    Responded(&'static str, Option<&'static str>),
}

use Expected::{Forwarded, ForwardedWithQuery, Responded};

const OWN: (&str, &str) = ("x-vitae-allow-origin", "https://example.com");
/// Derived from CloudFront's request id, since the page sent no key.
const DERIVED: (&str, &str) = ("idempotency-key", "97575440147627ab6e7b627690dfb745");
const HASH: &str = "x-amz-content-sha256";
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

macro_rules! shapes {
    ($($name:literal => $expected:expr,)*) => {
        [$(($name, include_str!(concat!("events/", $name, ".json")), $expected),)*]
    };
}

#[test]
fn every_documented_shape_is_handled() {
    let shapes = shapes! {
        "read" => Forwarded(&[]),
        "read-from-ipv6" => Forwarded(&[]),
        "read-with-days" => Forwarded(&[]),
        // Only `days` remains of `size=large&name=%C3%A9t%C3%A9&name=2&flag&=&days=7`.
        "read-with-an-encoded-query" => ForwardedWithQuery("days=7"),
        "read-with-days-twice" => Responded("400", Some("bad_days")),
        "read-with-cookies" => Forwarded(&[]),
        "read-with-several-values" => Forwarded(&[]),
        "read-with-cloudfronts-headers" => Forwarded(&[]),
        "read-without-keys" => Forwarded(&[]),
        "head-of-the-count" => Forwarded(&[]),
        "visit" => Forwarded(&[OWN, DERIVED, (HASH, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")]),
        "visit-with-a-text-body" => Forwarded(&[OWN, DERIVED, (HASH, "ab0c149c0756ea1d19a0ad8235cffb7b5c8247cddc279375915cda9298b51468")]),
        "visit-with-an-empty-body" => Forwarded(&[OWN, DERIVED, (HASH, EMPTY)]),
        "visit-without-include-body" => Forwarded(&[OWN, DERIVED, (HASH, EMPTY)]),
        "visit-with-a-key" => Forwarded(&[
            OWN,
            ("idempotency-key", "3b241101-e2bb-4255-8caf-4136c566a962"),
            (HASH, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
        ]),
        "visit-with-a-truncated-body" => Responded("413", Some("body_too_large")),
        "preflight" => Responded("204", None),
        "link-for-a-script" => Responded("200", None),
        "link-for-a-person" => Responded("303", None),
        "head-of-the-link" => Responded("303", None),
        "upload" => Responded("405", Some("method_not_allowed")),
    };
    for (name, text, expected) in shapes {
        let event: Value = serde_json::from_str(text).unwrap();
        let (result, lines) = handle_at(&mut handler(), &event, T0);
        let mut request = event["Records"][0]["cf"]["request"].clone();
        match expected {
            Forwarded(ours) => {
                for (header, value) in ours {
                    request["headers"][*header] = serde_json::json!([{"key": header, "value": value}]);
                }
                assert_eq!((&result, lines), (&request, 0), "{name}");
            }
            ForwardedWithQuery(query) => {
                assert_ne!(request["querystring"], query, "{name}");
                request["querystring"] = query.into();
                assert_eq!((&result, lines), (&request, 0), "{name}");
            }
            Responded(status, code_expected) => {
                assert_eq!(result["status"], status, "{name}");
                assert_eq!(code_expected.map(str::to_owned), code_expected.map(|_| code(&result)), "{name}");
                assert_eq!(lines, usize::from(code_expected.is_some()), "{name}");
                assert_eq!(header(&result, "cache-control"), Some("no-store"), "{name}");
            }
        }
    }
}

#[test]
fn every_fixture_is_used() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/handler/events");
    let source = include_str!("documented_shapes.rs");
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let name = name.strip_suffix(".json").expect("an event");
        assert!(source.contains(&format!("\"{name}\" =>")), "{name}");
    }
}
