//! The keys of recent one-shot calls, so that `getSignedUrl` does not read the same key each time.
//!
//! A key is found by the SHA-256 of its text, so that the text is not kept. It is dropped, and so wiped, after ten minutes.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use super::{WasmSigner, requests, to_js_error};
use crate::{NodeCrypto, Signer};

/// How many keys are kept: those of a rotation, in both hashes.
const CAPACITY: usize = 4;

/// How long a key is kept after it was read, in milliseconds.
const LIFETIME_MS: f64 = 600_000.0;

/// The hash of a key's text.
type Fingerprint = [u8; 32];

/// What a signer was made from.
#[derive(Clone, Copy)]
struct Credentials<'a> {
    key_pair_id: &'a str,
    fingerprint: &'a Fingerprint,
    hash: Option<&'a str>,
    is_host: bool,
}

struct Entry<T> {
    key_pair_id: String,
    fingerprint: Fingerprint,
    hash: Option<String>,
    is_host: bool,
    read_at_ms: f64,
    signer: T,
}

impl<T> Entry<T> {
    /// The fingerprint is compared in constant time: the time must not show how much of another key's is the same.
    fn is_for(&self, credentials: Credentials<'_>) -> bool {
        bool::from(self.fingerprint.ct_eq(credentials.fingerprint))
            && self.key_pair_id == credentials.key_pair_id
            && self.hash.as_deref() == credentials.hash
            && self.is_host == credentials.is_host
    }
}

/// The entries, oldest first.
struct KeyCache<T>(Vec<Entry<T>>);

impl<T: Clone> KeyCache<T> {
    /// Drops the entries that are too old, and those from the future: the clock was set back.
    fn remove_expired(&mut self, now_ms: f64) {
        self.0.retain(|entry| (entry.read_at_ms..entry.read_at_ms + LIFETIME_MS).contains(&now_ms));
    }

    fn find(&mut self, credentials: Credentials<'_>, now_ms: f64) -> Option<T> {
        self.remove_expired(now_ms);
        self.0.iter().find(|entry| entry.is_for(credentials)).map(|entry| entry.signer.clone())
    }

    fn insert(&mut self, credentials: Credentials<'_>, signer: T, now_ms: f64) {
        if self.0.len() == CAPACITY {
            self.0.remove(0);
        }
        self.0.push(Entry {
            key_pair_id: String::from(credentials.key_pair_id),
            fingerprint: *credentials.fingerprint,
            hash: credentials.hash.map(String::from),
            is_host: credentials.is_host,
            read_at_ms: now_ms,
            signer,
        });
    }
}

/// The key cache of the package.
#[wasm_bindgen]
pub struct WasmKeyCache(KeyCache<Rc<Signer>>);

impl core::fmt::Debug for WasmKeyCache {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "WasmKeyCache({} keys, withheld)", self.0.0.len())
    }
}

#[wasm_bindgen]
impl WasmKeyCache {
    /// An empty cache.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self(KeyCache(Vec::new()))
    }

    /// The signer with a key: from the cache, or new and then in the cache.
    ///
    /// # Errors
    /// Those of the constructor of [`WasmSigner`].
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    pub fn signer(
        &mut self,
        key_pair_id: String,
        private_key: Vec<u8>,
        hash: Option<String>,
        crypto: Option<NodeCrypto>,
        now_ms: f64,
    ) -> Result<WasmSigner, JsError> {
        let private_key = Zeroizing::new(private_key);
        let fingerprint = Sha256::digest(&private_key).into();
        let credentials = Credentials {
            key_pair_id: &key_pair_id,
            fingerprint: &fingerprint,
            hash: hash.as_deref(),
            is_host: crypto.is_some(),
        };
        if let Some(signer) = self.0.find(credentials, now_ms) {
            return Ok(WasmSigner(signer));
        }
        let signer = requests::new_signer(key_pair_id.clone(), &private_key, hash.as_deref(), crypto.as_ref());
        let signer = Rc::new(signer.map_err(to_js_error)?);
        self.0.insert(credentials, Rc::clone(&signer), now_ms);
        Ok(WasmSigner(signer))
    }

    /// The signer with a key of this fingerprint, if it is in the cache.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    pub fn find(
        &mut self,
        key_pair_id: &str,
        fingerprint: &[u8],
        hash: Option<String>,
        is_host: bool,
        now_ms: f64,
    ) -> Option<WasmSigner> {
        let fingerprint = fingerprint.try_into().ok()?;
        self.0.find(Credentials { key_pair_id, fingerprint, hash: hash.as_deref(), is_host }, now_ms).map(WasmSigner)
    }

    /// The fingerprint of a key.
    #[must_use]
    pub fn fingerprint(private_key: Vec<u8>) -> Vec<u8> {
        Sha256::digest(Zeroizing::new(private_key)).to_vec()
    }

    /// Drops the keys that are too old, and returns how many are left.
    #[wasm_bindgen(js_name = removeExpired)]
    pub fn remove_expired(&mut self, now_ms: f64) -> usize {
        self.0.remove_expired(now_ms);
        self.0.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: f64 = 1_767_290_400_000.0;

    fn credentials(fingerprint: &Fingerprint) -> Credentials<'_> {
        Credentials { key_pair_id: "K1", fingerprint, hash: None, is_host: false }
    }

    #[test]
    fn a_key_is_found_by_everything_it_was_made_from() {
        let (one, other) = ([1; 32], [2; 32]);
        let mut cache = KeyCache(Vec::new());
        cache.insert(credentials(&one), "one", NOW_MS);
        assert_eq!(cache.find(credentials(&one), NOW_MS), Some("one"));
        for different in [
            credentials(&other),
            Credentials { key_pair_id: "K2", ..credentials(&one) },
            Credentials { hash: Some("SHA1"), ..credentials(&one) },
            Credentials { is_host: true, ..credentials(&one) },
        ] {
            assert_eq!(cache.find(different, NOW_MS), None);
        }
    }

    #[test]
    fn a_key_is_dropped_after_ten_minutes_and_if_the_clock_was_set_back() {
        let mut cache = KeyCache(Vec::new());
        cache.insert(credentials(&[1; 32]), Rc::new(()), NOW_MS);
        let held = Rc::downgrade(&cache.find(credentials(&[1; 32]), NOW_MS + LIFETIME_MS - 1.0).unwrap());
        cache.remove_expired(NOW_MS + LIFETIME_MS);
        assert!(cache.0.is_empty() && held.upgrade().is_none(), "using a key does not extend its time");
        cache.insert(credentials(&[1; 32]), Rc::new(()), NOW_MS);
        assert!(cache.find(credentials(&[1; 32]), NOW_MS - 1.0).is_none());
        assert!(cache.find(credentials(&[1; 32]), f64::NAN).is_none());
        assert!(cache.0.is_empty());
    }

    #[test]
    fn few_keys_are_kept() {
        let mut cache = KeyCache(Vec::new());
        for number in 0..20 {
            cache.insert(credentials(&[number; 32]), number, NOW_MS);
        }
        assert_eq!(cache.0.len(), CAPACITY);
        assert_eq!(cache.find(credentials(&[19; 32]), NOW_MS), Some(19));
        assert_eq!(cache.find(credentials(&[0; 32]), NOW_MS), None);
    }
}
