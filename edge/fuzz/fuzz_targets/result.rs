//! What holds for every result. The header list is written again here, because the rules' own list is under test.

use serde_json::Value;
use vitae_edge::GENERATED_RESPONSE_BYTES;

/// The origins that the configuration of these targets allows.
pub const ALLOWED: [&str; 3] = ["https://example.com", "https://prod.example", "http://localhost:8787"];

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html>
const NEVER_EMITTED: [&str; 14] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-cache",
    "x-forwarded-proto",
];

/// Panics if CloudFront would reject the response, or if a foreign page could read it.
pub fn check(result: &Value) {
    let Some(status) = result.get("status") else {
        let headers = result["headers"].as_object();
        for (_, value) in
            headers.into_iter().flatten().filter(|(name, _)| name.eq_ignore_ascii_case("x-vitae-allow-origin"))
        {
            assert!(ALLOWED.contains(&value[0]["value"].as_str().unwrap()), "{value}");
        }
        return;
    };
    assert!(status.as_str().unwrap().len() == 3 && result.to_string().len() <= GENERATED_RESPONSE_BYTES);
    for (name, values) in result["headers"].as_object().unwrap() {
        assert!(
            !NEVER_EMITTED.contains(&name.as_str()) && !name.starts_with("x-amz-cf-") && !name.starts_with("x-edge-")
        );
        let value = values[0]["value"].as_str().unwrap();
        assert!(value.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{name}: {value:?}");
        assert!(name != "access-control-allow-origin" || ALLOWED.contains(&value), "{value}");
    }
}
