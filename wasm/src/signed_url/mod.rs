//! Reads a signed URL, to find out what it allows and why CloudFront rejects it.

mod parameters;
mod rejection;
#[cfg(all(test, feature = "rsa", feature = "p256"))]
mod tests;
#[cfg(any(feature = "rsa", feature = "p256"))]
mod verification;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use self::parameters::Parameters;
pub use self::rejection::Rejection;
#[cfg(any(feature = "rsa", feature = "p256"))]
pub use self::verification::Hint;
use crate::policy::ReadPolicy;
use crate::{Error, Hash, base64, url};

/// A signed URL as it is, valid or not.
///
/// ```
/// use core::time::Duration;
/// use vitae_signer::{Rejection, SignedUrl};
///
/// let url = "https://d111111abcdef8.cloudfront.net/cv.pdf?Expires=1767290400&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=AA__";
/// let signed = SignedUrl::parse(url)?;
/// assert_eq!(signed.expires(), Some(1_767_290_400));
/// let rejections = signed.rejections(Duration::from_secs(1_767_290_460));
/// assert!(rejections.iter().any(|rejection| matches!(rejection, Rejection::Expired { .. })));
/// assert_eq!(rejections[0].code(), "AccessDenied");
/// # Ok::<(), vitae_signer::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedUrl {
    /// The URL without CloudFront's parameters and without its fragment.
    url: String,
    parameters: Parameters,
    hash: Result<Hash, Rejection>,
    signature: Result<Vec<u8>, Rejection>,
    policy: Result<SignedPolicy, Rejection>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct SignedPolicy {
    is_canned: bool,
    /// What is signed.
    json: String,
    /// What it says.
    read: ReadPolicy,
}

impl SignedUrl {
    /// Reads a URL with at least one of CloudFront's parameters. If it has a canned policy, that is rebuilt as CloudFront
    /// rebuilds it.
    ///
    /// # Errors
    /// [`Error::UrlScheme`], [`Error::UrlHost`] or [`Error::NotSigned`]: it is not a signed URL. Everything else that is wrong
    /// with it is one of its [rejections](Self::rejections).
    pub fn parse(url: &str) -> Result<Self, Error> {
        let (base, query) = url::split_query(url)?;
        let (kept, parameters) = Parameters::read(query.unwrap_or_default());
        if parameters.is_empty() {
            return Err(Error::NotSigned);
        }
        let url = if kept.is_empty() { base.to_owned() } else { alloc::format!("{base}?{kept}") };
        let policy = parameters.policy(&url);
        Ok(Self { hash: parameters.hash(), signature: parameters.signature(), policy, url, parameters })
    }

    /// The URL without CloudFront's parameters.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The value of `Key-Pair-Id`.
    #[must_use]
    pub fn key_pair_id(&self) -> Option<&str> {
        self.parameters.key_pair_id.as_deref()
    }

    /// The hash that `Hash-Algorithm` names; SHA-1 without that parameter, `None` if it is another.
    #[must_use]
    pub fn hash(&self) -> Option<Hash> {
        self.hash.clone().ok()
    }

    /// The bytes of the signature, if it could be decoded.
    #[must_use]
    pub fn signature(&self) -> Option<&[u8]> {
        self.signature.as_deref().ok()
    }

    /// Whether the policy is canned; `None` if there is not exactly one policy that can be read.
    #[must_use]
    pub fn is_canned(&self) -> Option<bool> {
        self.policy().map(|policy| policy.is_canned)
    }

    /// The JSON that is signed.
    #[must_use]
    pub fn policy_json(&self) -> Option<&str> {
        self.policy().map(|policy| policy.json.as_str())
    }

    /// The resource that the policy opens.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.policy().map(|policy| policy.read.resource.as_str())
    }

    /// The expiry of the policy, in seconds since 1970.
    #[must_use]
    pub fn expires(&self) -> Option<u64> {
        self.policy().map(|policy| policy.read.expires)
    }

    /// The start of the policy, in seconds since 1970, if it has one.
    #[must_use]
    pub fn start_time(&self) -> Option<u64> {
        self.policy().and_then(|policy| policy.read.start_time)
    }

    /// The addresses that the policy is limited to, if it is.
    #[must_use]
    pub fn source_ip(&self) -> Option<&str> {
        self.policy().and_then(|policy| policy.read.source_ip.as_deref())
    }

    /// Why CloudFront would reject a request for this URL at `now`, the time since 1970. It reports the first one. The
    /// signature itself is not verified: see `SignedUrl::verify`.
    #[must_use]
    pub fn rejections(&self, now: Duration) -> Vec<Rejection> {
        let mut rejections = self.parameters.rejections();
        rejections.extend(self.hash.as_ref().err().cloned());
        rejections.extend(self.signature.as_ref().err().cloned());
        match &self.policy {
            Err(rejection) => rejections.push(rejection.clone()),
            Ok(policy) => rejections.extend(policy.read.rejections(&self.url, now)),
        }
        rejections
    }

    fn policy(&self) -> Option<&SignedPolicy> {
        self.policy.as_ref().ok()
    }
}

/// Decodes the value of `Signature` or `Policy`.
fn decode(name: &'static str, value: &str) -> Result<Vec<u8>, Rejection> {
    base64::decode(value).map_err(|reason| Rejection::MalformedBase64 { name, reason })
}
