//! What computes the signatures of a new key.

use core::fmt;

use vitae_signer::{Error, Signer};

type Apply = dyn Fn(Signer) -> Result<Signer, Error>;

/// Gives each new signer its signature backend. By default the signer has none and signs by itself.
#[derive(Default)]
pub struct SignerSetup(Option<Box<Apply>>);

impl SignerSetup {
    /// Calls `apply` once for each new key, which is valid for CloudFront. If it fails, the key is rejected, and the old one
    /// stays active until it expires.
    pub fn new(apply: impl Fn(Signer) -> Result<Signer, Error> + 'static) -> Self {
        Self(Some(Box::new(apply)))
    }

    pub(super) fn apply(&self, signer: Signer) -> Result<Signer, Error> {
        match &self.0 {
            Some(apply) => apply(signer),
            None => Ok(signer),
        }
    }
}

impl fmt::Debug for SignerSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "SignerSetup(backend)" } else { "SignerSetup(none)" })
    }
}
