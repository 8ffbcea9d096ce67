//! Signs any text as a URL. Signing never panics and leaves the URL unchanged, and encoding is idempotent.
#![no_main]

use std::sync::LazyLock;

use getrandom::SysRng;
use libfuzzer_sys::fuzz_target;
use p256::pkcs8::EncodePrivateKey;
use vitae_signer::{Expires, Hash, KeyPairId, PrivateKey, Signer, encode_url};

static SIGNER: LazyLock<Signer> = LazyLock::new(|| {
    let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().to_pkcs8_der().unwrap();
    Signer::new(KeyPairId::new("K").unwrap(), PrivateKey::from_der(key.as_bytes()).unwrap(), Hash::Sha256)
});

fuzz_target!(|text: &str| {
    let expires = Expires::from_epoch_seconds(1_767_290_400).unwrap();
    if let Ok(signed) = SIGNER.sign_url_canned(text, expires, &mut SysRng) {
        assert!(signed.starts_with(text) && signed.is_ascii() && !signed.contains(['"', ' ', '#', '*']));
    }
    if let Ok(encoded) = encode_url(text) {
        assert_eq!(encode_url(&encoded).as_ref(), Ok(&encoded));
    }
});
