//! The host's backend: `node:crypto`, which signs several times faster than WASM.

use alloc::format;
use alloc::vec::Vec;

use js_sys::{ArrayBuffer, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::backend::error_code;
use crate::quoted::Quoted;
use crate::{BackendError, Error, Hash, PrivateKey, SignatureBackend, Signer};

/// More bytes than a signature of any key has. The result of a broken host may be of any length.
const MAX_SIGNATURE_BYTES: u32 = 1024;

#[wasm_bindgen]
extern "C" {
    /// The module `node:crypto`, from `process.getBuiltinModule("node:crypto")`.
    #[derive(Clone, Debug)]
    pub type NodeCrypto;

    /// <https://nodejs.org/api/crypto.html#cryptocreateprivatekeykey>
    #[wasm_bindgen(method, catch, js_name = createPrivateKey)]
    fn create_private_key(this: &NodeCrypto, options: &Object) -> Result<JsValue, JsValue>;

    /// <https://nodejs.org/api/crypto.html#cryptosignalgorithm-data-key-callback>
    #[wasm_bindgen(method, catch)]
    fn sign(this: &NodeCrypto, hash: &JsValue, message: &[u8], key: &JsValue) -> Result<JsValue, JsValue>;
}

/// `node:crypto` and one of its keys.
#[derive(Debug)]
struct NodeBackend {
    crypto: NodeCrypto,
    /// A `KeyObject`.
    key: JsValue,
    /// The hash's name as a JavaScript string, so that it is not converted for each signature.
    hash: JsValue,
}

impl Signer {
    /// Signs with `node:crypto`. The `KeyObject` is made once, from the key that this crate has read and checked.
    ///
    /// # Errors
    /// [`Error::BackendKey`] if `node:crypto` does not accept the key.
    pub fn with_node_crypto(self, crypto: &NodeCrypto) -> Result<Self, Error> {
        let key = import(crypto, self.private_key())
            .map_err(|error| Error::BackendKey { reason: Quoted::new(&describe(&error)) })?;
        let backend = NodeBackend { crypto: crypto.clone(), key, hash: JsValue::from_str(self.hash().as_str()) };
        Ok(self.with_backend(backend))
    }
}

impl SignatureBackend for NodeBackend {
    /// The hash is the signer's own, whose name was converted before.
    fn sign(&self, _: Hash, message: &[u8]) -> Result<Vec<u8>, BackendError> {
        let result = self.crypto.sign(&self.hash, message, &self.key);
        let result = result.map_err(|error| BackendError::new(&describe(&error)))?;
        if !ArrayBuffer::is_view(&result) {
            return Err(BackendError::new("it returned something other than bytes"));
        }
        // A view of another type has a length too; its content is checked as a signature.
        let bytes = Uint8Array::from(result);
        match bytes.length() {
            length @ 0..=MAX_SIGNATURE_BYTES => {
                let mut signature = alloc::vec![0; length as usize];
                bytes.copy_to(&mut signature);
                Ok(signature)
            }
            length => Err(BackendError::new(&format!("it returned {length} bytes"))),
        }
    }
}

/// Makes a `KeyObject`. The copy of the key that JavaScript reads is overwritten.
fn import(crypto: &NodeCrypto, key: &PrivateKey) -> Result<JsValue, JsValue> {
    let (format, der) = key.to_der();
    let bytes = Uint8Array::from(der.as_slice());
    let options = Object::new();
    for (name, value) in [("key", bytes.as_ref()), ("format", &"der".into()), ("type", &format.into())] {
        Reflect::set(&options, &name.into(), value)?;
    }
    let key = crypto.create_private_key(&options);
    bytes.fill(0, 0, bytes.length());
    key
}

/// The code of an exception. Its message is left out: it may quote a key.
fn describe(error: &JsValue) -> alloc::string::String {
    let code = Reflect::get(error, &"code".into()).ok().and_then(|code| code.as_string());
    format!("it threw an exception with {}", error_code(code))
}
