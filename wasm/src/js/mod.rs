//! What `npm/signer.js` calls. The names and meanings of the arguments are its, and the SDK's before it.

mod dates;
mod requests;
#[cfg(test)]
mod tests;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use getrandom::SysRng;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::{Error, Signer};

/// A signer behind a number, as JavaScript holds it. `free` wipes the key.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmSigner(Signer);

#[wasm_bindgen]
impl WasmSigner {
    /// Reads the key, PEM or DER, once.
    ///
    /// # Errors
    /// Those of the key, the key pair id and the hash, as a JavaScript `Error`.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    pub fn new(key_pair_id: String, private_key: Vec<u8>, hash: Option<String>) -> Result<Self, JsError> {
        let private_key = Zeroizing::new(private_key);
        requests::signer(key_pair_id, &private_key, hash.as_deref()).map(Self).map_err(thrown)
    }

    /// The algorithm's name.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn algorithm(&self) -> String {
        self.0.algorithm().to_string()
    }

    /// `getSignedUrl` with dates, in milliseconds since 1970.
    ///
    /// # Errors
    /// Whatever [`Error`] names, as a JavaScript `Error`.
    #[wasm_bindgen(js_name = signUrl)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    pub fn sign_url(
        &self,
        url: &str,
        expires: f64,
        starts: Option<f64>,
        source: Option<String>,
    ) -> Result<String, JsError> {
        requests::url(&self.0, url, expires, starts, source.as_deref(), &mut SysRng).map_err(thrown)
    }

    /// `getSignedUrl` with a policy, whose resource is the URL if there is none beside it.
    ///
    /// # Errors
    /// Whatever [`Error`] names, as a JavaScript `Error`.
    #[wasm_bindgen(js_name = signUrlWithPolicy)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    pub fn sign_url_with_policy(&self, url: Option<String>, policy: &str) -> Result<String, JsError> {
        requests::url_with_policy(&self.0, url.as_deref(), policy, &mut SysRng).map_err(thrown)
    }

    /// `getSignedCookies` with dates, in milliseconds since 1970: name, value, name, value.
    ///
    /// # Errors
    /// Whatever [`Error`] names, as a JavaScript `Error`.
    #[wasm_bindgen(js_name = signCookies)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    pub fn sign_cookies(
        &self,
        url: &str,
        expires: f64,
        starts: Option<f64>,
        source: Option<String>,
    ) -> Result<Vec<String>, JsError> {
        requests::cookies(&self.0, url, expires, starts, source.as_deref(), &mut SysRng).map(flat).map_err(thrown)
    }

    /// `getSignedCookies` with a policy: name, value, name, value.
    ///
    /// # Errors
    /// Whatever [`Error`] names, as a JavaScript `Error`.
    #[wasm_bindgen(js_name = signCookiesWithPolicy)]
    pub fn sign_cookies_with_policy(&self, policy: &str) -> Result<Vec<String>, JsError> {
        requests::cookies_with_policy(&self.0, policy, &mut SysRng).map(flat).map_err(thrown)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn thrown(error: Error) -> JsError {
    JsError::new(&error.to_string())
}

fn flat(cookies: crate::SignedCookies) -> Vec<String> {
    cookies.into_iter().flat_map(|(name, value)| [String::from(name), value]).collect()
}
