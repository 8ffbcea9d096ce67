//! Any text as an answer of Parameter Store, and as any one parameter's value: taken or refused, never a panic.
#![no_main]

mod configured;

use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for status in [200, 400] {
        let (mut edge, later_ms) = (configured::configured(), configured::NOW_MS + 61_000);
        assert!(edge.start_refresh(later_ms));
        edge.accept_parameters(status, &text, later_ms);
        assert_ne!(edge.freshness(later_ms), "none", "what was known is known");
    }
    for name in ["config", "origins/dev", "origins/prod", "signer/active"] {
        let mut edge = configured::fresh();
        assert!(edge.start_refresh(configured::NOW_MS));
        let parameter = json!({"Name": format!("/vitae/fuzz/{name}"), "Value": text});
        let taken = edge.accept_parameters(200, &json!({"Parameters": [parameter]}).to_string(), configured::NOW_MS);
        assert!(!taken.accepted, "the others are missing");
    }
});
