//! The signer: a key, its ID and a hash.

#[cfg(all(test, feature = "rsa", feature = "p256"))]
mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec;

use rand_core::TryCryptoRng;

use crate::quoted::Quoted;
use crate::url::Url;
use crate::{Algorithm, CustomPolicy, Error, Expires, Hash, KeyPairId, PrivateKey, SignedCookies, base64, policy};

/// The longest URL that CloudFront accepts, in bytes:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
const MAX_URL_BYTES: usize = 8_192;

/// Signs URLs and cookies with one key.
///
/// Signatures are deterministic: the same URL and expiry always give the same bytes.
#[derive(Debug)]
pub struct Signer {
    key_pair_id: KeyPairId,
    key: PrivateKey,
    hash: Hash,
}

impl Signer {
    /// Creates a signer from a key and its ID in CloudFront. Unless a hash is configured, use
    /// [`Algorithm::default_hash`].
    #[must_use]
    pub fn new(key_pair_id: KeyPairId, key: PrivateKey, hash: Hash) -> Self {
        Self { key_pair_id, key, hash }
    }

    /// The ID of the key in CloudFront.
    #[must_use]
    pub fn key_pair_id(&self) -> &KeyPairId {
        &self.key_pair_id
    }

    /// The algorithm of the key.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// The hash of the policy that is signed.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The public half of the key: see [`PrivateKey::public_key_pem`].
    #[must_use]
    pub fn public_key_pem(&self) -> String {
        self.key.public_key_pem()
    }

    /// Signs `url` with a canned policy. Anyone who has the signed URL can fetch exactly this URL until `expires`.
    ///
    /// `rng` blinds the RSA computation and does not affect the result; P-256 does not use it.
    ///
    /// # Errors
    /// The `Url...` errors for what a client would rewrite before sending, [`Error::UrlTooLong`],
    /// [`Error::Randomness`] and [`Error::SignatureCheck`].
    pub fn sign_url_canned(
        &self,
        url: &str,
        expires: Expires,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<String, Error> {
        let url = Url::parse(url)?;
        let signature = self.signature(&policy::canned(&url, expires), rng)?;
        self.append_signature(&url, &format!("Expires={expires}"), &signature)
    }

    /// Signs `url` with a custom policy, which the signed URL carries. Anyone who has it can fetch everything that the
    /// policy's resource covers: policy and signature are valid for each such URL.
    ///
    /// ```
    /// # use pkcs8::EncodePrivateKey;
    /// # use vitae_signer::{CustomPolicy, Expires, Hash, KeyPairId, PrivateKey, Resource, Signer};
    /// # let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().to_pkcs8_der().unwrap();
    /// # let key = PrivateKey::from_der(key.as_bytes())?;
    /// # let signer = Signer::new(KeyPairId::new("K2JCJMDEHXQW5F")?, key, Hash::Sha256);
    /// # let (expires, mut rng) = (Expires::from_epoch_seconds(1_767_290_400)?, getrandom::SysRng);
    /// let policy = CustomPolicy::new(Resource::wildcard("https://d111111abcdef8.cloudfront.net/cv/*")?, expires);
    /// let url = signer.sign_url_custom("https://d111111abcdef8.cloudfront.net/cv/en.pdf", &policy, &mut rng)?;
    /// assert!(url.starts_with("https://d111111abcdef8.cloudfront.net/cv/en.pdf?Policy=eyJTdGF0ZW1lbnQi"));
    /// # Ok::<(), vitae_signer::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UrlOutsideResource`] if the policy does not cover the URL, and those of [`Signer::sign_url_canned`].
    pub fn sign_url_custom(
        &self,
        url: &str,
        policy: &CustomPolicy,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<String, Error> {
        let url = Url::parse(url)?;
        if !policy.resource().covers(url.as_str()) {
            return Err(Error::UrlOutsideResource {
                url: Quoted::new(url.as_str()),
                resource: Quoted::new(policy.resource().as_str()),
            });
        }
        let signature = self.signature(policy.as_json(), rng)?;
        self.append_signature(&url, &format!("Policy={}", base64::encode(policy.as_json().as_bytes())), &signature)
    }

    /// Creates cookies with a canned policy, which grant access to exactly this URL until `expires`.
    ///
    /// # Errors
    /// Those of [`Signer::sign_url_canned`].
    pub fn sign_cookies_canned(
        &self,
        url: &str,
        expires: Expires,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<SignedCookies, Error> {
        let signature = self.signature(&policy::canned(&Url::parse(url)?, expires), rng)?;
        self.cookies(("CloudFront-Expires", format!("{expires}")), signature)
    }

    /// Creates cookies with a custom policy, which grant access to everything that its resource covers.
    ///
    /// ```
    /// # use pkcs8::EncodePrivateKey;
    /// # use vitae_signer::{CustomPolicy, Expires, Hash, KeyPairId, PrivateKey, Resource, Signer};
    /// # let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().to_pkcs8_der().unwrap();
    /// # let key = PrivateKey::from_der(key.as_bytes())?;
    /// # let signer = Signer::new(KeyPairId::new("K2JCJMDEHXQW5F")?, key, Hash::Sha256);
    /// # let (expires, mut rng) = (Expires::from_epoch_seconds(1_767_290_400)?, getrandom::SysRng);
    /// let policy = CustomPolicy::new(Resource::wildcard("https://d111111abcdef8.cloudfront.net/cv/*")?, expires);
    /// for (name, value) in signer.sign_cookies_custom(&policy, &mut rng)? {
    ///     println!("Set-Cookie: {name}={value}; Path=/cv; Secure; HttpOnly");
    /// }
    /// # Ok::<(), vitae_signer::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::CookieTooLong`], [`Error::Randomness`] and [`Error::SignatureCheck`].
    pub fn sign_cookies_custom(
        &self,
        policy: &CustomPolicy,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<SignedCookies, Error> {
        let signature = self.signature(policy.as_json(), rng)?;
        self.cookies(("CloudFront-Policy", base64::encode(policy.as_json().as_bytes())), signature)
    }

    fn signature(&self, policy: &str, rng: &mut (impl TryCryptoRng + ?Sized)) -> Result<String, Error> {
        let signature = self.key.sign(self.hash, policy.as_bytes(), rng)?;
        Ok(base64::encode(&signature))
    }

    fn append_signature(&self, url: &Url<'_>, policy: &str, signature: &str) -> Result<String, Error> {
        let mut signed = format!(
            "{url}{separator}{policy}&Key-Pair-Id={id}&Signature={signature}",
            url = url.as_str(),
            separator = url.separator(),
            id = self.key_pair_id
        );
        if let Some(hash) = self.hash.parameter() {
            signed.push_str("&Hash-Algorithm=");
            signed.push_str(hash);
        }
        if signed.len() > MAX_URL_BYTES {
            return Err(Error::UrlTooLong { bytes: signed.len(), max: MAX_URL_BYTES });
        }
        Ok(signed)
    }

    fn cookies(&self, policy: (&'static str, String), signature: String) -> Result<SignedCookies, Error> {
        let mut cookies = vec![
            ("CloudFront-Key-Pair-Id", String::from(self.key_pair_id.as_str())),
            ("CloudFront-Signature", signature),
            policy,
        ];
        if let Some(hash) = self.hash.parameter() {
            cookies.push(("CloudFront-Hash-Algorithm", String::from(hash)));
        }
        SignedCookies::new(cookies)
    }
}
