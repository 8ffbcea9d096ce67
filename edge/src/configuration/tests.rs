use super::*;
use crate::testing::{self, Parameters};

const T0: u64 = 1_767_290_400_000;
const MINUTE_MS: u64 = 60_000;

/// A configuration and its Parameter Store.
struct Store {
    configuration: Configuration,
    parameters: Parameters,
}

impl Store {
    fn new() -> Self {
        Self { configuration: Configuration::new(0.0, SignerSetup::default()), parameters: Parameters::new() }
    }

    /// A refresh with an immediate response.
    fn refresh(&mut self, now_ms: u64) -> Update {
        assert!(self.configuration.start_refresh(now_ms), "a refresh is due");
        self.respond(now_ms)
    }

    fn respond(&mut self, started_at_ms: u64) -> Update {
        self.configuration.accept(&testing::bundle(), 200, &self.parameters.response(), started_at_ms)
    }

    fn key_pair_id(&self, now_ms: u64) -> Option<String> {
        self.configuration.link_settings(now_ms).map(|settings| settings.signer.key_pair_id().to_string())
    }

    fn allows(&self, origin: &str, now_ms: u64) -> bool {
        self.configuration.settings(now_ms).is_some_and(|settings| settings.origins.contains(origin))
    }
}

#[test]
fn a_new_configuration_is_empty() {
    let store = Store::new();
    assert_eq!(store.configuration.freshness(T0), Freshness::None);
    assert!(store.configuration.settings(T0).is_none());
    assert!(store.configuration.link_settings(T0).is_none());
}

#[test]
fn a_valid_response_is_applied_completely() {
    let mut store = Store::new();
    let update = store.refresh(T0);
    assert!(update.accepted, "{update:?}");
    assert_eq!(update.rejected, []);
    assert_eq!(update.new_key_pair_id.as_deref(), Some("K1"));
    assert_eq!(store.configuration.freshness(T0), Freshness::Fresh);
    assert_eq!(store.key_pair_id(T0).as_deref(), Some("K1"));
    assert!(store.allows("https://example.com", T0));
}

#[test]
fn ages_count_from_the_request_and_not_from_the_response() {
    let mut store = Store::new();
    assert!(store.configuration.start_refresh(T0));
    // Frozen with its environment for three hours, then completed with values that are three hours old.
    store.respond(T0);
    let thawed = T0 + 180 * MINUTE_MS;
    assert_eq!(store.configuration.freshness(thawed), Freshness::Expired);
    assert_eq!(store.key_pair_id(thawed), None);
}

#[test]
fn an_abandoned_refresh_changes_nothing() {
    let mut store = Store::new();
    assert!(store.configuration.start_refresh(T0));
    let thawed = T0 + 10 * MINUTE_MS;
    assert!(store.configuration.start_refresh(thawed));
    let late = store.respond(T0);
    assert_eq!(late.failure, Some(Failure::Superseded));
    assert_eq!(store.configuration.freshness(thawed), Freshness::None);
    assert!(store.respond(thawed).accepted);
    assert_eq!(store.configuration.freshness(thawed), Freshness::Fresh);
}

#[test]
fn a_new_key_is_used_at_once_and_an_unchanged_key_is_kept() {
    let mut store = Store::new();
    store.refresh(T0);
    let generation = store.configuration.link_settings(T0).unwrap().generation;
    let later = T0 + 2 * MINUTE_MS;
    assert_eq!(store.refresh(later).new_key_pair_id, None);
    assert_eq!(store.configuration.link_settings(later).unwrap().generation, generation);
    store.parameters.set("signer/active", &testing::signer_json("K2", "ecdsa-p256", "sha256", &testing::p256_pem()));
    let latest = later + 2 * MINUTE_MS;
    assert_eq!(store.refresh(latest).new_key_pair_id.as_deref(), Some("K2"));
    assert_eq!(store.key_pair_id(latest).as_deref(), Some("K2"));
    assert_ne!(store.configuration.link_settings(latest).unwrap().generation, generation);
}

#[test]
fn a_malformed_value_is_rejected_and_the_old_one_is_kept() {
    let good = testing::p256_pem();
    for (name, value, reason) in [
        ("config", "not json".to_owned(), "json"),
        ("config", r#"{"names":["example.com"],"unknown":1}"#.to_owned(), "json"),
        ("config", r#"{"names":["example.com"],"cv":{"lifetime_s":3601}}"#.to_owned(), "lifetime_s"),
        ("config", r#"{"names":["example.com"],"cv":{"window_s":61}}"#.to_owned(), "window_s"),
        ("origins/prod", "https://example.org/path".to_owned(), "origin"),
        ("origins/prod", "http://localhost:8787".to_owned(), "origin_loopback"),
        ("origins/dev", "http://example.org".to_owned(), "origin_not_https"),
        ("signer/active", testing::signer_json("K2", "ecdsa-p256", "sha256", "not a key"), "signer"),
        ("signer/active", testing::signer_json("K2", "rsa-2048", "sha1", &good), "algorithm_mismatch"),
        ("signer/active", good.clone(), "json"),
    ] {
        let mut store = Store::new();
        store.parameters.set("origins/prod", "https://prod.example");
        store.parameters.set("origins/dev", "http://localhost:8787");
        assert!(store.refresh(T0).accepted);
        store.parameters.set(name, &value);
        let later = T0 + 2 * MINUTE_MS;
        let update = store.refresh(later);
        assert_eq!(update.rejected.iter().map(|rejected| rejected.reason).collect::<Vec<_>>(), [reason]);
        assert_eq!(update.rejected[0].parameter.as_str(), name);
        assert_eq!(update.accepted, name.starts_with("origins"));
        assert_eq!(store.key_pair_id(later).as_deref(), Some("K1"), "{name}");
        for origin in ["https://example.com", "https://prod.example", "http://localhost:8787"] {
            assert!(store.allows(origin, later), "{name} {origin}");
        }
    }
}

#[test]
fn an_invalid_origin_stops_no_link_and_the_old_one_lasts_a_day() {
    let mut store = Store::new();
    store.parameters.set("origins/prod", "https://prod.example");
    store.refresh(T0);
    store.parameters.set("origins/prod", "https://prod.example/");
    let day_ms = 24 * 60 * MINUTE_MS;
    for now_ms in [T0 + 10 * MINUTE_MS, T0 + day_ms] {
        assert!(store.refresh(now_ms).accepted);
        assert!(store.key_pair_id(now_ms).is_some());
        assert!(store.allows("https://prod.example", now_ms));
    }
    let now_ms = T0 + day_ms + 1;
    assert!(!store.allows("https://prod.example", now_ms));
    assert!(store.allows("https://example.com", now_ms));
}

#[test]
fn an_invalid_key_stops_links_when_the_old_one_expires() {
    let mut store = Store::new();
    store.refresh(T0);
    store.parameters.set("signer/active", "{}");
    assert!(!store.refresh(T0 + 2 * MINUTE_MS).accepted);
    assert!(store.key_pair_id(T0 + MAX_STALE_MS).is_some());
    assert_eq!(store.key_pair_id(T0 + MAX_STALE_MS + 1), None);
    assert!(store.allows("https://example.com", T0 + MAX_STALE_MS + 1));
}

#[test]
fn a_deleted_required_parameter_is_kept_until_it_expires() {
    for name in ["config", "signer/active"] {
        let mut store = Store::new();
        store.refresh(T0);
        store.parameters.delete(name);
        let update = store.refresh(T0 + 2 * MINUTE_MS);
        assert!(!update.accepted);
        assert_eq!(update.rejected[0].to_string(), format!("{name}: missing"));
        assert!(store.key_pair_id(T0 + MAX_STALE_MS).is_some());
        assert_eq!(store.key_pair_id(T0 + MAX_STALE_MS + 1), None);
    }
}

#[test]
fn a_deleted_optional_parameter_is_removed_at_once() {
    let mut store = Store::new();
    store.parameters.set("origins/prod", "https://prod.example");
    store.refresh(T0);
    store.parameters.delete("origins/prod");
    let later = T0 + 2 * MINUTE_MS;
    assert!(store.refresh(later).accepted);
    assert!(!store.allows("https://prod.example", later));
}

#[test]
fn the_dev_origin_is_allowed_only_while_the_config_enables_it() {
    let mut store = Store::new();
    store.parameters.set("origins/dev", "http://localhost:8787");
    store.refresh(T0);
    assert!(store.allows("http://localhost:8787", T0));
    store.parameters.set("config", r#"{"names":["example.com"]}"#);
    let later = T0 + 2 * MINUTE_MS;
    store.refresh(later);
    assert!(!store.allows("http://localhost:8787", later));
}

#[test]
fn origin_checks_fail_after_a_day_without_a_response() {
    let mut store = Store::new();
    store.refresh(T0);
    assert!(store.allows("https://example.com", T0 + ORIGINS_MAX_STALE_MS));
    assert!(store.configuration.settings(T0 + ORIGINS_MAX_STALE_MS + 1).is_none());
}

#[test]
fn a_failure_only_delays_the_next_refresh() {
    let mut store = Store::new();
    store.refresh(T0);
    let later = T0 + 2 * MINUTE_MS;
    let throttled = r#"{"__type":"ThrottlingException"}"#;
    for (status, body) in [(400, throttled), (500, ""), (200, "garbage"), (200, "{}")] {
        let mut now_ms = later;
        while !store.configuration.start_refresh(now_ms) {
            now_ms += 1_000;
        }
        let update = store.configuration.accept(&testing::bundle(), status, body, now_ms);
        assert!(!update.accepted && update.failure.is_some());
        assert!(!store.configuration.start_refresh(now_ms), "not again at once");
        assert!(store.key_pair_id(later).is_some());
    }
}
