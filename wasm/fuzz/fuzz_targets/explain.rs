//! Explains any text as a signed URL. Nothing panics; the URL that is left has none of CloudFront's parameters, and no made-up
//! signature verifies.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use p256::pkcs8::{EncodePublicKey, LineEnding};
use vitae_signer::{PublicKey, SignedUrl};

static KEY: LazyLock<PublicKey> = LazyLock::new(|| {
    let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key();
    PublicKey::from_pem(&key.to_public_key_pem(LineEnding::LF).unwrap()).unwrap()
});

fuzz_target!(|text: &str| {
    for text in [text, &format!("https://d.example/{text}"), &format!("https://d.example/?Key-Pair-Id=K&{text}")] {
        let Ok(url) = SignedUrl::parse(text) else { continue };
        assert!(SignedUrl::parse(url.url()).is_err(), "{} is signed", url.url());
        assert!(url.verify(&KEY).is_err());
        for now in [0, 1_767_290_400, u64::MAX] {
            for rejection in url.rejections(Duration::from_secs(now)) {
                assert!(!rejection.to_string().is_empty() && !rejection.code().is_empty());
            }
        }
    }
});
