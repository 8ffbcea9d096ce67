//! Cookies before they are signed.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{Parameter, Unsigned, check_format};
use crate::url::Url;
use crate::{CustomPolicy, Error, Expires, Hash, KeyPairId, SignedCookies, base64};

/// Cookies whose signature is computed elsewhere. Used as [`UnsignedUrl`](crate::UnsignedUrl).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedCookies(Unsigned);

impl UnsignedCookies {
    /// Cookies with a canned policy. See [`Signer::sign_cookies_canned`](crate::Signer::sign_cookies_canned).
    ///
    /// # Errors
    /// The `Url...` errors for what a client would rewrite before sending, and for a `*`.
    pub fn canned(key_pair_id: KeyPairId, hash: Hash, url: &str, expires: Expires) -> Result<Self, Error> {
        Ok(Self(Unsigned::canned(key_pair_id, hash, &Url::parse_without_star(url)?, expires)))
    }

    /// Cookies with a custom policy. See [`Signer::sign_cookies_custom`](crate::Signer::sign_cookies_custom).
    #[must_use]
    pub fn custom(key_pair_id: KeyPairId, hash: Hash, policy: &CustomPolicy) -> Self {
        Self(Unsigned::custom(key_pair_id, hash, policy))
    }

    /// The bytes to sign: the policy.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        self.0.policy.as_bytes()
    }

    /// The hash of the bytes to sign: 20 bytes for SHA-1, 32 for SHA-256.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        self.0.hash.digest(self.message())
    }

    /// The signed cookies. It is not checked whether the signature verifies: see
    /// [`PublicKey::verify`](crate::PublicKey::verify).
    ///
    /// # Errors
    /// [`Error::NotASignature`] unless `signature` is in the format that CloudFront expects, and [`Error::CookieTooLong`].
    pub fn finish(&self, signature: &[u8]) -> Result<SignedCookies, Error> {
        check_format(signature)?;
        let Unsigned { key_pair_id, hash, parameter, .. } = &self.0;
        let name = if *parameter == Parameter::Policy { "CloudFront-Policy" } else { "CloudFront-Expires" };
        let mut cookies = vec![
            ("CloudFront-Key-Pair-Id", String::from(key_pair_id.as_str())),
            ("CloudFront-Signature", base64::encode(signature)),
            (name, self.0.value()),
        ];
        if let Some(hash) = hash.parameter() {
            cookies.push(("CloudFront-Hash-Algorithm", String::from(hash)));
        }
        SignedCookies::new(cookies)
    }
}
