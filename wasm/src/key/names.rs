//! What people call the object identifiers of keys that CloudFront does not take.

use alloc::string::{String, ToString};

use pkcs8::ObjectIdentifier;

const NAMES: [(&str, &str); 12] = [
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.132.0.33", "P-224 (secp224r1)"),
    ("1.3.132.0.34", "P-384 (secp384r1)"),
    ("1.3.132.0.35", "P-521 (secp521r1)"),
    ("1.2.840.10045.3.1.1", "P-192 (prime192v1)"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.2.840.113549.1.1.10", "RSASSA-PSS"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.3.101.110", "X25519"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("1.2.840.113549.1.3.1", "Diffie-Hellman"),
];

/// The name of `oid`, or its number.
pub(super) fn of(oid: &ObjectIdentifier) -> String {
    let number = oid.to_string();
    match NAMES.iter().find(|(known, _)| *known == number) {
        Some((_, name)) => String::from(*name),
        None => number,
    }
}
