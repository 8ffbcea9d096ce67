//! A URL before it is signed.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Parameter, Unsigned, check_format};
use crate::quoted::Quoted;
use crate::url::Url;
use crate::{CustomPolicy, Error, Expires, Hash, KeyPairId, base64};

/// The longest URL that CloudFront accepts, in bytes:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
const MAX_URL_BYTES: usize = 8_192;

/// A URL whose signature is computed elsewhere: sign [`message`](Self::message), or its [`digest`](Self::digest), and
/// [`finish`](Self::finish) the URL with the signature. No private key is needed here.
///
/// ```
/// # use p256::ecdsa::{SigningKey, Signature, signature::Signer as _};
/// # let kms = SigningKey::from_slice(&[7; 32]).unwrap();
/// use vitae_signer::{Expires, Hash, KeyPairId, UnsignedUrl};
///
/// let expires = Expires::from_epoch_seconds(1_767_290_400)?;
/// let url = "https://d111111abcdef8.cloudfront.net/cv/resume.pdf";
/// let unsigned = UnsignedUrl::canned(KeyPairId::new("K2JCJMDEHXQW5F")?, Hash::Sha256, url, expires)?;
/// let signature: Signature = kms.sign(unsigned.message());
/// let url = unsigned.finish(signature.to_der().as_bytes())?;
/// assert!(url.contains("?Expires=1767290400&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=M"));
/// # Ok::<(), vitae_signer::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedUrl {
    url: String,
    separator: char,
    unsigned: Unsigned,
}

impl UnsignedUrl {
    /// A URL with a canned policy. See [`Signer::sign_url_canned`](crate::Signer::sign_url_canned).
    ///
    /// # Errors
    /// The `Url...` errors for what a client would rewrite before sending.
    pub fn canned(key_pair_id: KeyPairId, hash: Hash, url: &str, expires: Expires) -> Result<Self, Error> {
        let url = Url::parse(url)?;
        Ok(Self::new(&url, Unsigned::canned(key_pair_id, hash, &url, expires)))
    }

    /// A URL with a custom policy, which it carries. See [`Signer::sign_url_custom`](crate::Signer::sign_url_custom).
    ///
    /// # Errors
    /// [`Error::UrlOutsideResource`] if the policy does not cover the URL, and those of [`UnsignedUrl::canned`].
    pub fn custom(key_pair_id: KeyPairId, hash: Hash, url: &str, policy: &CustomPolicy) -> Result<Self, Error> {
        let url = Url::parse(url)?;
        if !policy.resource().covers(url.as_str()) {
            return Err(Error::UrlOutsideResource {
                url: Quoted::new(url.as_str()),
                resource: Quoted::new(policy.resource().as_str()),
            });
        }
        Ok(Self::new(&url, Unsigned::custom(key_pair_id, hash, policy)))
    }

    fn new(url: &Url<'_>, unsigned: Unsigned) -> Self {
        Self { url: String::from(url.as_str()), separator: url.separator(), unsigned }
    }

    /// The bytes to sign: the policy.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        self.unsigned.policy.as_bytes()
    }

    /// The hash of the bytes to sign: 20 bytes for SHA-1, 32 for SHA-256.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        self.unsigned.hash.digest(self.message())
    }

    /// The signed URL. It is not checked whether the signature verifies: see
    /// [`PublicKey::verify`](crate::PublicKey::verify).
    ///
    /// # Errors
    /// [`Error::NotASignature`] unless `signature` is in the format that CloudFront expects, and [`Error::UrlTooLong`].
    pub fn finish(&self, signature: &[u8]) -> Result<String, Error> {
        check_format(signature)?;
        let Unsigned { key_pair_id, hash, parameter, .. } = &self.unsigned;
        let name = if *parameter == Parameter::Policy { "Policy" } else { "Expires" };
        let mut signed = format!(
            "{url}{separator}{name}={value}&Key-Pair-Id={key_pair_id}&Signature={signature}",
            url = self.url,
            separator = self.separator,
            value = self.unsigned.value(),
            signature = base64::encode(signature),
        );
        if let Some(hash) = hash.parameter() {
            signed.push_str("&Hash-Algorithm=");
            signed.push_str(hash);
        }
        if signed.len() > MAX_URL_BYTES {
            return Err(Error::UrlTooLong { bytes: signed.len(), max: MAX_URL_BYTES });
        }
        Ok(signed)
    }
}
