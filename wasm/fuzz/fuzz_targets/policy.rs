//! Parses any text as a policy. Parsing never panics, and an accepted policy is kept unchanged and is consistent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitae_signer::{CustomPolicy, Ipv4Cidr, Resource};

fuzz_target!(|text: &str| {
    if let Ok(policy) = CustomPolicy::parse(text) {
        assert_eq!(policy.as_json(), text);
        assert!(policy.resource().covers(policy.resource().as_str()) || policy.resource().is_wildcard());
        assert!(policy.start_time().is_none_or(|start| start.epoch_seconds() < policy.expires().epoch_seconds()));
    }
    let _ = Resource::wildcard(text);
    if let Ok(cidr) = text.parse::<Ipv4Cidr>() {
        assert_eq!(cidr.to_string().parse(), Ok(cidr));
    }
});
