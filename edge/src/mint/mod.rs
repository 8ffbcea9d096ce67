//! The CV's link.

mod minted;
mod window;

use vitae_signer::rand_core::TryCryptoRng;
use vitae_signer::{Error, Expires};

pub(crate) use minted::Minted;

use crate::configuration::Minting;
use vitae_parameters::{Cv, Scheme};

/// A link and its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) url: String,
    /// Seconds since 1970.
    pub(crate) expires: u64,
}

impl Link {
    /// The last moment at which this is the link, in milliseconds since 1970.
    pub(crate) fn same_until_ms(&self, cv: &Cv) -> u64 {
        window::last_ms(self.expires, cv)
    }
}

/// What a link is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order<'a> {
    pub(crate) scheme: Scheme,
    pub(crate) host: &'a str,
    pub(crate) minting: Minting<'a>,
}

impl Order<'_> {
    /// The link for now: remembered if its window has been signed already.
    pub(crate) fn fill(
        &self,
        now_ms: u64,
        minted: &mut Minted,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Link, Error> {
        let Minting { cv, signer, .. } = self.minting;
        let expires = window::expires(now_ms, cv);
        if let Some(link) = minted.recall(self, expires) {
            return Ok(link.clone());
        }
        let url = format!("{}://{}{}", self.scheme.as_str(), self.host, cv.path);
        let url = signer.sign_url_canned(&url, Expires::from_epoch_seconds(expires)?, rng)?;
        let link = Link { url, expires };
        minted.remember(self, link.clone());
        Ok(link)
    }
}
