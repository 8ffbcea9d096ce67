//! Events in every shape that CloudFront's guide documents for a viewer request, and what becomes of each.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html>
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-include-body-access.html>

use serde_json::Value;

use super::tests::{T0, code, edge, handle_at, header};

/// What becomes of an event.
enum Becomes {
    /// It goes on as it came, but for these headers, which are ours.
    PassedOn(&'static [(&'static str, &'static str)]),
    /// It is answered so; with this code, if it is refused.
    Answered(&'static str, Option<&'static str>),
}

use Becomes::{Answered, PassedOn};

const OWN: (&str, &str) = ("x-vitae-allow-origin", "https://example.com");
/// Of CloudFront's request id, since the page sent no key.
const DERIVED: (&str, &str) = ("idempotency-key", "97575440147627ab6e7b627690dfb745");
const HASH: &str = "x-amz-content-sha256";
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

macro_rules! shapes {
    ($($name:literal => $becomes:expr,)*) => {
        [$(($name, include_str!(concat!("events/", $name, ".json")), $becomes),)*]
    };
}

#[test]
fn every_documented_shape_is_understood() {
    let shapes = shapes! {
        "read" => PassedOn(&[]),
        "read-from-ipv6" => PassedOn(&[]),
        "read-with-days" => PassedOn(&[]),
        "read-with-an-encoded-query" => PassedOn(&[]),
        "read-with-days-twice" => Answered("400", Some("bad_days")),
        "read-with-cookies" => PassedOn(&[]),
        "read-with-several-values" => PassedOn(&[]),
        "read-with-cloudfronts-headers" => PassedOn(&[]),
        "read-without-keys" => PassedOn(&[]),
        "head-of-the-count" => PassedOn(&[]),
        "visit" => PassedOn(&[OWN, DERIVED, (HASH, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")]),
        "visit-with-a-text-body" => PassedOn(&[OWN, DERIVED, (HASH, "ab0c149c0756ea1d19a0ad8235cffb7b5c8247cddc279375915cda9298b51468")]),
        "visit-with-an-empty-body" => PassedOn(&[OWN, DERIVED, (HASH, NOTHING)]),
        "visit-without-include-body" => PassedOn(&[OWN, DERIVED, (HASH, NOTHING)]),
        "visit-with-a-key" => PassedOn(&[
            OWN,
            ("idempotency-key", "3b241101-e2bb-4255-8caf-4136c566a962"),
            (HASH, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
        ]),
        "visit-with-a-truncated-body" => Answered("413", Some("body_too_large")),
        "preflight" => Answered("204", None),
        "link-for-a-script" => Answered("200", None),
        "link-for-a-person" => Answered("303", None),
        "head-of-the-link" => Answered("303", None),
        "upload" => Answered("405", Some("method_not_allowed")),
    };
    for (name, text, becomes) in shapes {
        let event: Value = serde_json::from_str(text).unwrap();
        let (result, lines) = handle_at(&mut edge(), &event, T0);
        match becomes {
            PassedOn(ours) => {
                let mut expected = event["Records"][0]["cf"]["request"].clone();
                for (header, value) in ours {
                    expected["headers"][*header] = serde_json::json!([{"key": header, "value": value}]);
                }
                assert_eq!((&result, lines), (&expected, 0), "{name}");
            }
            Answered(status, refused) => {
                assert_eq!(result["status"], status, "{name}");
                assert_eq!(refused.map(str::to_owned), refused.map(|_| code(&result)), "{name}");
                assert_eq!(lines, usize::from(refused.is_some()), "{name}");
                assert_eq!(header(&result, "cache-control"), Some("no-store"), "{name}");
            }
        }
    }
}

#[test]
fn every_fixture_is_used() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/edge/events");
    let source = include_str!("documented_shapes.rs");
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let name = name.strip_suffix(".json").expect("an event");
        assert!(source.contains(&format!("\"{name}\" =>")), "{name}");
    }
}
