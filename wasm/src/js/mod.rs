//! The interface that `npm/signer.js` calls. Arguments have the names and meanings of `@aws-sdk/cloudfront-signer`.

mod requests;
#[cfg(all(test, feature = "rsa", feature = "p256"))]
mod tests;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use getrandom::SysRng;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::{Error, SignedCookies, Signer};

/// A [`Signer`] that JavaScript refers to by a number. `free` wipes the key.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmSigner(Signer);

#[wasm_bindgen]
impl WasmSigner {
    /// Reads the key, in PEM or DER.
    ///
    /// # Errors
    /// An [`Error`] about the key, the key pair ID or the hash, as a JavaScript `Error`.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    pub fn new(key_pair_id: String, private_key: Vec<u8>, hash: Option<String>) -> Result<Self, JsError> {
        let private_key = Zeroizing::new(private_key);
        requests::new_signer(key_pair_id, &private_key, hash.as_deref()).map(Self).map_err(to_js_error)
    }

    /// The name of the key's algorithm.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn algorithm(&self) -> String {
        self.0.algorithm().to_string()
    }

    /// `getSignedUrl` with dates, in milliseconds since 1970.
    ///
    /// # Errors
    /// Any [`Error`], as a JavaScript `Error`.
    #[wasm_bindgen(js_name = signUrl)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    pub fn sign_url(
        &self,
        url: &str,
        expires_ms: f64,
        start_ms: Option<f64>,
        source_ip: Option<String>,
    ) -> Result<String, JsError> {
        requests::sign_url(&self.0, url, expires_ms, start_ms, source_ip.as_deref(), &mut SysRng).map_err(to_js_error)
    }

    /// `getSignedUrl` with a policy. The URL defaults to the policy's resource.
    ///
    /// # Errors
    /// Any [`Error`], as a JavaScript `Error`.
    #[wasm_bindgen(js_name = signUrlWithPolicy)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    pub fn sign_url_with_policy(&self, url: Option<String>, policy: &str) -> Result<String, JsError> {
        requests::sign_url_with_policy(&self.0, url.as_deref(), policy, &mut SysRng).map_err(to_js_error)
    }

    /// `getSignedCookies` with dates, in milliseconds since 1970. Returns name, value, name, value.
    ///
    /// # Errors
    /// Any [`Error`], as a JavaScript `Error`.
    #[wasm_bindgen(js_name = signCookies)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    pub fn sign_cookies(
        &self,
        url: &str,
        expires_ms: f64,
        start_ms: Option<f64>,
        source_ip: Option<String>,
    ) -> Result<Vec<String>, JsError> {
        requests::sign_cookies(&self.0, url, expires_ms, start_ms, source_ip.as_deref(), &mut SysRng)
            .map(flatten)
            .map_err(to_js_error)
    }

    /// `getSignedCookies` with a policy. Returns name, value, name, value.
    ///
    /// # Errors
    /// Any [`Error`], as a JavaScript `Error`.
    #[wasm_bindgen(js_name = signCookiesWithPolicy)]
    pub fn sign_cookies_with_policy(&self, policy: &str) -> Result<Vec<String>, JsError> {
        requests::sign_cookies_with_policy(&self.0, policy, &mut SysRng).map(flatten).map_err(to_js_error)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "an argument of map_err")]
fn to_js_error(error: Error) -> JsError {
    JsError::new(&error.to_string())
}

fn flatten(cookies: SignedCookies) -> Vec<String> {
    cookies.into_iter().flat_map(|(name, value)| [String::from(name), value]).collect()
}
