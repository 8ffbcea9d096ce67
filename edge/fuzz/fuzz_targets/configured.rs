//! Handlers with and without parameters.

use p256::pkcs8::{EncodePrivateKey, LineEnding};
use serde_json::json;
use vitae_edge::{BundleConfig, Handler};

/// The time of the refresh and of all requests.
pub const NOW_MS: u64 = 1_767_290_400_000;

/// A handler without a configuration.
pub fn fresh() -> Handler {
    Handler::new(BundleConfig::parse(r#"{"prefix":"/vitae/fuzz/","region":"us-east-1"}"#).unwrap(), 0.0)
}

/// A handler with a name, both kinds of origins and a key.
pub fn configured() -> Handler {
    let pem = p256::SecretKey::from_slice(&[7; 32]).unwrap().to_pkcs8_pem(LineEnding::LF).unwrap();
    let signer = json!({"key_pair_id": "K1", "algorithm": "ecdsa-p256", "hash": "sha256", "private_key": pem.as_str()});
    let values = [
        ("config", json!({"names": ["example.com"], "dev_origin": true}).to_string()),
        ("origins/prod", "https://prod.example".to_owned()),
        ("origins/dev", "http://localhost:8787".to_owned()),
        ("signer/active", signer.to_string()),
    ];
    let parameters = values.map(|(name, value)| json!({"Name": format!("/vitae/fuzz/{name}"), "Value": value}));
    let mut handler = fresh();
    assert!(handler.start_refresh(NOW_MS));
    assert!(handler.accept_parameters(200, &json!({"Parameters": parameters}).to_string(), NOW_MS).accepted);
    handler
}
