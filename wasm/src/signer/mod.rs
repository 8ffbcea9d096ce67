//! The signer: a key, its id and a hash.

#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;

use rand_core::TryCryptoRng;

use crate::url::Url;
use crate::{Error, Expires, Hash, KeyPairId, PrivateKey, encoding, policy};

/// The longest URL that CloudFront accepts, in bytes:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
const MAX_URL_BYTES: usize = 8_192;

/// Signs with one key. Signatures are deterministic: the same URL and end give the same bytes.
#[derive(Debug)]
pub struct Signer {
    key_pair_id: KeyPairId,
    key: PrivateKey,
    hash: Hash,
}

impl Signer {
    /// A signer that names `key` to CloudFront by `key_pair_id`. [`Algorithm::default_hash`](crate::Algorithm::default_hash)
    /// is the hash to give when nobody chose one.
    #[must_use]
    pub fn new(key_pair_id: KeyPairId, key: PrivateKey, hash: Hash) -> Self {
        Self { key_pair_id, key, hash }
    }

    /// The id that the URLs carry.
    #[must_use]
    pub fn key_pair_id(&self) -> &KeyPairId {
        &self.key_pair_id
    }

    /// The URL with a canned policy: whoever has it may fetch exactly this URL until `expires`.
    ///
    /// `rng` blinds the RSA computation and has no part in the result; P-256 does not use it.
    ///
    /// # Errors
    /// The `Url...` errors for what a client would not send as it is written, [`Error::UrlTooLong`],
    /// [`Error::Randomness`] and [`Error::SignatureCheck`].
    pub fn sign_url_canned(
        &self,
        url: &str,
        expires: Expires,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<String, Error> {
        let url = Url::parse(url)?;
        let signature = self.key.sign(self.hash, policy::canned(&url, expires).as_bytes(), rng)?;
        let mut signed = format!("{}{}Expires={expires}", url.as_str(), url.separator());
        self.push_proof(&mut signed, &signature);
        if signed.len() > MAX_URL_BYTES {
            return Err(Error::UrlTooLong { bytes: signed.len(), max: MAX_URL_BYTES });
        }
        Ok(signed)
    }

    fn push_proof(&self, signed: &mut String, signature: &[u8]) {
        signed.push_str("&Key-Pair-Id=");
        signed.push_str(self.key_pair_id.as_str());
        signed.push_str("&Signature=");
        signed.push_str(&encoding::base64(signature));
        if let Some(hash) = self.hash.parameter() {
            signed.push_str("&Hash-Algorithm=");
            signed.push_str(hash);
        }
    }
}
