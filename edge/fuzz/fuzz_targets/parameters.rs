//! Any text as a response of Parameter Store, and as the value of each parameter: applied or rejected, no panic.
#![no_main]

mod configured;

use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for status in [200, 400] {
        let (mut handler, later_ms) = (configured::configured(), configured::NOW_MS + 61_000);
        assert!(handler.start_refresh(later_ms));
        handler.accept_parameters(status, &text, later_ms);
        assert_ne!(handler.freshness(later_ms), "none", "the values are kept");
    }
    for name in ["config", "origins/dev", "origins/prod", "signer/active"] {
        let mut handler = configured::fresh();
        assert!(handler.start_refresh(configured::NOW_MS));
        let parameter = json!({"Name": format!("/vitae/fuzz/{name}"), "Value": text});
        let result = handler.accept_parameters(200, &json!({"Parameters": [parameter]}).to_string(), configured::NOW_MS);
        assert!(!result.accepted, "the others are missing");
    }
});
