//! The signer: a key, its ID and a hash.

#[cfg(all(test, feature = "rsa", feature = "p256"))]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;

use rand_core::TryCryptoRng;

use crate::backend::CheckedBackend;
use crate::{
    Algorithm, CustomPolicy, Error, Expires, Hash, KeyPairId, PrivateKey, SignatureBackend, SignedCookies,
    UnsignedCookies, UnsignedUrl,
};

/// Signs URLs and cookies with one key.
///
/// Signatures of the crate itself are deterministic: the same URL and expiry always give the same bytes. Those of a
/// [`SignatureBackend`] need not be.
#[derive(Debug)]
pub struct Signer {
    key_pair_id: KeyPairId,
    key: PrivateKey,
    hash: Hash,
    /// `None` for the crate's own arithmetic.
    backend: Option<CheckedBackend>,
}

impl Signer {
    /// Creates a signer from a key and its ID in CloudFront. Unless a hash is configured, use
    /// [`Algorithm::default_hash`].
    #[must_use]
    pub fn new(key_pair_id: KeyPairId, key: PrivateKey, hash: Hash) -> Self {
        Self { key_pair_id, key, hash, backend: None }
    }

    /// Computes signatures with `backend`, which must have the same private key. [`SignatureBackend`] has an example.
    #[must_use]
    pub fn with_backend(self, backend: impl SignatureBackend + 'static) -> Self {
        Self { backend: Some(CheckedBackend::new(backend)), ..self }
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

    #[cfg(feature = "host")]
    pub(crate) fn private_key(&self) -> &PrivateKey {
        &self.key
    }

    /// The public half of the key: see [`PrivateKey::public_key_pem`].
    #[must_use]
    pub fn public_key_pem(&self) -> String {
        self.key.public_key_pem()
    }

    /// Signs `url` with a canned policy. Anyone who has the signed URL can fetch exactly this URL until `expires`.
    ///
    /// `rng` blinds the RSA computation and does not affect the result; P-256 and other backends do not use it.
    ///
    /// A `*` may be in the query, but not in the path: anyone with the URL can send its policy as a custom policy, in which `*`
    /// is a wildcard. Write `%2A` in a path.
    ///
    /// # Errors
    /// The `Url...` errors for what a client would rewrite before sending, [`Error::UrlTooLong`],
    /// [`Error::Randomness`], [`Error::SignatureCheck`], and the `Backend...` errors.
    pub fn sign_url_canned(
        &self,
        url: &str,
        expires: Expires,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<String, Error> {
        self.sign_url(&UnsignedUrl::canned(self.key_pair_id.clone(), self.hash, url, expires)?, rng)
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
        self.sign_url(&UnsignedUrl::custom(self.key_pair_id.clone(), self.hash, url, policy)?, rng)
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
        self.sign_cookies(&UnsignedCookies::canned(self.key_pair_id.clone(), self.hash, url, expires)?, rng)
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
        self.sign_cookies(&UnsignedCookies::custom(self.key_pair_id.clone(), self.hash, policy), rng)
    }

    /// Signs a URL that was made with this signer's key pair ID and hash.
    pub(crate) fn sign_url(
        &self,
        unsigned: &UnsignedUrl,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<String, Error> {
        unsigned.finish(&self.signature(unsigned.message(), rng)?)
    }

    /// Signs cookies that were made with this signer's key pair ID and hash.
    pub(crate) fn sign_cookies(
        &self,
        unsigned: &UnsignedCookies,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<SignedCookies, Error> {
        unsigned.finish(&self.signature(unsigned.message(), rng)?)
    }

    /// A signature of `message`.
    pub(crate) fn signature(&self, message: &[u8], rng: &mut (impl TryCryptoRng + ?Sized)) -> Result<Vec<u8>, Error> {
        match &self.backend {
            Some(backend) => backend.sign(&self.key, self.hash, message),
            None => self.key.sign(self.hash, message, rng),
        }
    }
}
