//! Signature backends: what computes a signature, if not the crate's own arithmetic.

#[cfg(all(test, feature = "rsa", feature = "p256"))]
mod tests;

use alloc::boxed::Box;
#[cfg(any(test, feature = "host"))]
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::quoted::Quoted;
use crate::{Algorithm, Error, Hash, PrivateKey, signature_format};

/// Computes signatures in place of the crate's own arithmetic: a faster library, the host of a WASM module, a security
/// module.
///
/// Give one to [`Signer::with_backend`](crate::Signer::with_backend). The signer still parses and checks the key, the URL and
/// the policy itself, and checks each result:
///
/// - An RSA signature is verified before it is returned.
/// - A P-256 signature must be two positive numbers of at most 256 bits in DER. The first one of each signer is also
///   verified, which detects a backend with another key or another hash. To verify each one would take longer than to sign.
///
/// P-256 signatures of a backend may be random: the same URL need not get the same bytes as from the crate itself (RFC 6979).
/// RSA signatures are the same everywhere.
pub trait SignatureBackend: fmt::Debug + Send + Sync {
    /// Hashes `message` with `hash` and signs the result: with PKCS#1 v1.5 padding for an RSA key; in DER for a P-256 key.
    ///
    /// # Errors
    /// [`BackendError`], if the signature could not be computed.
    fn sign(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>, BackendError>;
}

/// Why a backend did not sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendError {
    pub(crate) reason: Quoted,
}

impl BackendError {
    /// Keeps the beginning of `reason`, which [`Error::Backend`] quotes: it must not contain any part of a key.
    #[must_use]
    pub fn new(reason: &str) -> Self {
        Self { reason: Quoted::new(reason) }
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl core::error::Error for BackendError {}

/// A backend whose results are checked.
pub(crate) struct CheckedBackend {
    backend: Box<dyn SignatureBackend>,
    /// Whether a P-256 signature of this backend was verified. A race verifies twice.
    is_proven: AtomicBool,
}

impl CheckedBackend {
    pub(crate) fn new(backend: impl SignatureBackend + 'static) -> Self {
        Self { backend: Box::new(backend), is_proven: AtomicBool::new(false) }
    }

    /// Signs, and checks the result with the public half of `key`.
    pub(crate) fn sign(&self, key: &PrivateKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = |error: BackendError| Error::Backend { reason: error.reason };
        let signature = self.backend.sign(hash, message).map_err(failed)?;
        let rejected = Err(Error::BackendSignature { algorithm: key.algorithm() });
        if signature_format::detect(&signature) != Some(key.algorithm()) {
            return rejected;
        }
        let is_proven = key.algorithm() == Algorithm::EcdsaP256 && self.is_proven.load(Ordering::Relaxed);
        if !is_proven {
            if !key.verify(hash, message, &signature) {
                return rejected;
            }
            self.is_proven.store(true, Ordering::Relaxed);
        }
        Ok(signature)
    }
}

impl fmt::Debug for CheckedBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.backend.fmt(f)
    }
}

/// A code such as `ERR_OSSL_UNSUPPORTED`, for a message. Anything else a host says is left out: it may quote a key.
#[cfg(any(test, feature = "host"))]
pub(crate) fn error_code(code: Option<String>) -> String {
    let is_code = |code: &String| {
        code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    code.filter(is_code).unwrap_or_else(|| String::from("no code"))
}
