//! What the unit tests share. Keys are made by OpenSSL when a test runs: none is kept anywhere.

use std::process::Command;

use serde_json::json;

/// A fresh P-256 key, PKCS#8 PEM.
pub(crate) fn p256_pem() -> String {
    genpkey(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
}

/// A fresh RSA key of 2048 bits, PKCS#8 PEM.
pub(crate) fn rsa_pem() -> String {
    genpkey(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
}

fn genpkey(arguments: &[&str]) -> String {
    let output = Command::new("openssl").arg("genpkey").args(arguments).output().expect("openssl runs");
    assert!(output.status.success(), "openssl genpkey: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("PEM is text")
}

/// The JSON of a signer's parameter, whatever its fields are.
pub(crate) fn signer_json(key_pair_id: &str, algorithm: &str, hash: &str, private_key: &str) -> String {
    json!({"key_pair_id": key_pair_id, "algorithm": algorithm, "hash": hash, "private_key": private_key}).to_string()
}
