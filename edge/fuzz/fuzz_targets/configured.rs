//! An edge that has parameters.

use p256::pkcs8::{EncodePrivateKey, LineEnding};
use serde_json::json;
use vitae_edge::{Bundle, Edge};

/// When it was asked, and is.
pub const NOW_MS: u64 = 1_767_290_400_000;

/// Knows nothing yet.
pub fn fresh() -> Edge {
    Edge::new(Bundle::parse(r#"{"prefix":"/vitae/fuzz/","region":"us-east-1"}"#).unwrap(), 0.0)
}

/// Knows a name, both kinds of origins and a key.
pub fn configured() -> Edge {
    let pem = p256::SecretKey::from_slice(&[7; 32]).unwrap().to_pkcs8_pem(LineEnding::LF).unwrap();
    let signer = json!({"key_pair_id": "K1", "algorithm": "ecdsa-p256", "hash": "sha256", "private_key": pem.as_str()});
    let values = [
        ("config", json!({"names": ["example.com"], "dev_origin": true}).to_string()),
        ("origins/prod", "https://prod.example".to_owned()),
        ("origins/dev", "http://localhost:8787".to_owned()),
        ("signer/active", signer.to_string()),
    ];
    let parameters = values.map(|(name, value)| json!({"Name": format!("/vitae/fuzz/{name}"), "Value": value}));
    let mut edge = fresh();
    assert!(edge.start_refresh(NOW_MS));
    assert!(edge.accept_parameters(200, &json!({"Parameters": parameters}).to_string(), NOW_MS).accepted);
    edge
}
