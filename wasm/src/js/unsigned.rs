//! URLs and cookies whose signature is computed elsewhere.

use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use super::requests::{Request, Unsigned};
use super::to_js_error;
use crate::KeyPairId;

/// A URL or cookies to sign.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmUnsigned(Unsigned);

#[wasm_bindgen]
impl WasmUnsigned {
    /// The arguments of [`WasmSigner::sign`](super::WasmSigner::sign), after those about the key.
    ///
    /// # Errors
    /// Any [`Error`](crate::Error) about the arguments, as a JavaScript `Error`.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of getSignedUrl")]
    pub fn new(
        key_pair_id: String,
        hash: &str,
        is_cookies: bool,
        url: Option<String>,
        policy: Option<String>,
        expires_ms: Option<f64>,
        start_ms: Option<f64>,
        source_ip: Option<String>,
        allow_everything: bool,
    ) -> Result<Self, JsError> {
        let request = Request {
            is_cookies,
            url: url.as_deref(),
            policy: policy.as_deref(),
            expires_ms,
            start_ms,
            source_ip: source_ip.as_deref(),
            allow_everything,
        };
        KeyPairId::new(key_pair_id).and_then(|id| request.prepare(id, hash.parse()?)).map(Self).map_err(to_js_error)
    }

    /// The bytes to sign.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        self.0.message().to_vec()
    }

    /// Their hash.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        self.0.digest()
    }

    /// The signed URL; or the signed cookies as name, value, name, value.
    ///
    /// # Errors
    /// [`Error::NotASignature`](crate::Error::NotASignature) and the errors about lengths, as a JavaScript `Error`.
    pub fn finish(&self, signature: &[u8]) -> Result<Vec<String>, JsError> {
        self.0.finish(signature).map_err(to_js_error)
    }
}
