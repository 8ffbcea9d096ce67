//! Any text as a policy: read or refused, never a panic; and what is read is signed as it is, and opens what it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitae_signer::{CustomPolicy, Ipv4Cidr, Resource};

fuzz_target!(|text: &str| {
    if let Ok(policy) = CustomPolicy::parse(text) {
        assert_eq!(policy.as_json(), text);
        assert!(policy.resource().covers(policy.resource().as_str()) || policy.resource().is_wildcard());
        assert!(policy.starts().is_none_or(|starts| starts.epoch_seconds() < policy.expires().epoch_seconds()));
    }
    let _ = Resource::wildcard(text);
    if let Ok(cidr) = text.parse::<Ipv4Cidr>() {
        assert_eq!(cidr.to_string().parse(), Ok(cidr));
    }
});
