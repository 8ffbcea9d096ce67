//! Parses any bytes as a key, in PEM and DER. Parsing never panics, and an accepted key has a public half.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitae_signer::PrivateKey;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(key) = PrivateKey::from_der(bytes) {
        assert!(key.public_key_pem().starts_with("-----BEGIN PUBLIC KEY-----\n"));
    }
    if let Ok(text) = core::str::from_utf8(bytes) {
        let _ = PrivateKey::from_pem(text);
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"] {
            let _ = PrivateKey::from_pem(&format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n"));
        }
    }
});
