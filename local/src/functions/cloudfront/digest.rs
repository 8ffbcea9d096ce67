//! The hashes of the module `crypto`: MD5, SHA-1 and SHA-256, and their HMACs (RFC 2104).

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use md5::{Digest as _, Md5};

/// The block size of all three algorithms, in bytes.
const BLOCK_BYTES: usize = 64;

/// The digest of `data`, or its HMAC if there is a key, all in hexadecimal. Empty if the algorithm is unknown.
#[expect(clippy::needless_pass_by_value, reason = "called from JavaScript, which passes owned strings")]
pub(super) fn hexadecimal(algorithm: String, key: Option<String>, data: String) -> String {
    let data = hex::decode(data).unwrap_or_default();
    let key = key.map(|key| hex::decode(key).unwrap_or_default());
    hex::encode(match key {
        None => hash(&algorithm, &data),
        Some(key) => hmac(&algorithm, key, &data),
    })
}

fn hash(algorithm: &str, data: &[u8]) -> Vec<u8> {
    match algorithm {
        "md5" => Md5::digest(data).to_vec(),
        "sha1" => digest(&SHA1_FOR_LEGACY_USE_ONLY, data).as_ref().to_vec(),
        "sha256" => digest(&SHA256, data).as_ref().to_vec(),
        _ => Vec::new(),
    }
}

fn hmac(algorithm: &str, mut key: Vec<u8>, data: &[u8]) -> Vec<u8> {
    if key.len() > BLOCK_BYTES {
        key = hash(algorithm, &key);
    }
    key.resize(BLOCK_BYTES, 0);
    let padded = |pad: u8| key.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
    let inner = hash(algorithm, &[padded(0x36).as_slice(), data].concat());
    hash(algorithm, &[padded(0x5c), inner].concat())
}

#[cfg(test)]
mod tests {
    use super::hexadecimal;

    /// RFC 1321, section A.5; FIPS 180-4; RFC 2202 and RFC 4231, test case 2.
    #[test]
    fn digests_are_those_of_the_standards() {
        let of = |algorithm: &str, key: Option<&str>, data: &str| {
            hexadecimal(algorithm.to_owned(), key.map(hex::encode), hex::encode(data))
        };
        assert_eq!(of("md5", None, "abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(of("sha1", None, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(of("sha256", None, "abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let question = "what do ya want for nothing?";
        assert_eq!(of("md5", Some("Jefe"), question), "750c783e6ab0b503eaa86e310a5db738");
        assert_eq!(of("sha1", Some("Jefe"), question), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(of("sha256", Some("Jefe"), question), expected);
    }
}
