//! The interface that `npm/signer.js` calls. Arguments have the names and meanings of `@aws-sdk/cloudfront-signer`.

mod key_cache;
mod requests;
#[cfg(all(test, feature = "rsa", feature = "p256"))]
mod tests;
mod unsigned;

use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use getrandom::SysRng;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use self::requests::Request;
use crate::{Error, NodeCrypto, Signer};

/// A [`Signer`] that JavaScript refers to by a number. `free` wipes the key, unless the key cache has it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmSigner(Rc<Signer>);

#[wasm_bindgen]
impl WasmSigner {
    /// Reads the key, in PEM or DER. With `crypto`, `node:crypto` signs.
    ///
    /// # Errors
    /// An [`Error`] about the key, the key pair ID or the hash, as a JavaScript `Error`.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    pub fn new(
        key_pair_id: String,
        private_key: Vec<u8>,
        hash: Option<String>,
        crypto: Option<NodeCrypto>,
    ) -> Result<Self, JsError> {
        let private_key = Zeroizing::new(private_key);
        let signer = requests::new_signer(key_pair_id, &private_key, hash.as_deref(), crypto.as_ref());
        signer.map(|signer| Self(Rc::new(signer))).map_err(to_js_error)
    }

    /// The name of the key's algorithm.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn algorithm(&self) -> String {
        self.0.algorithm().to_string()
    }

    /// `getSignedUrl` and `getSignedCookies`: with a policy, or with dates in milliseconds since 1970. Returns the URL; or the
    /// cookies as name, value, name, value.
    ///
    /// # Errors
    /// Any [`Error`], as a JavaScript `Error`.
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional &str")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of getSignedUrl")]
    pub fn sign(
        &self,
        is_cookies: bool,
        url: Option<String>,
        policy: Option<String>,
        expires_ms: Option<f64>,
        start_ms: Option<f64>,
        source_ip: Option<String>,
        allow_everything: bool,
    ) -> Result<Vec<String>, JsError> {
        let request = Request {
            is_cookies,
            url: url.as_deref(),
            policy: policy.as_deref(),
            expires_ms,
            start_ms,
            source_ip: source_ip.as_deref(),
            allow_everything,
        };
        sign(&self.0, request).map_err(to_js_error)
    }
}

fn sign(signer: &Signer, request: Request<'_>) -> Result<Vec<String>, Error> {
    let unsigned = request.prepare(signer.key_pair_id().clone(), signer.hash())?;
    unsigned.finish(&signer.signature(unsigned.message(), &mut SysRng)?)
}

#[expect(clippy::needless_pass_by_value, reason = "an argument of map_err")]
fn to_js_error(error: Error) -> JsError {
    JsError::new(&error.to_string())
}
