//! Verifies signed URLs and signed cookies.
//!
//! A behavior with trusted key groups accepts only requests with a policy that is signed with a key of these
//! groups. The signature covers the policy, and the policy names the URL. So the requested URL is always
//! compared with the policy's resource: a canned policy is rebuilt from the request, a custom one is matched.
//!
//! Verification uses `aws-lc-rs`, deliberately not the library that this project signs with.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html>

mod parameters;
mod policy;
mod public_key;
mod rejection;
mod resource;

use std::net::Ipv4Addr;
use std::time::Duration;

use aws_smithy_types::base64;

pub(crate) use parameters::{Grant, strip_reserved};
pub(crate) use public_key::PublicKey;
pub(crate) use rejection::SignatureRejection;

use parameters::GrantPolicy;
use policy::Policy;

/// The parts of a request that a policy is checked against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedRequest<'a> {
    /// Scheme, host and path, byte for byte as the viewer sent them: `https://d111.cloudfront.net/cv/resume.pdf`.
    pub(crate) base: &'a str,
    /// The query without the parameters of a signed URL; may be empty.
    pub(crate) query: &'a str,
    /// The viewer's address.
    pub(crate) viewer: Ipv4Addr,
    /// The current time since the Unix epoch.
    pub(crate) now: Duration,
}

/// Verifies a grant with the public key of its key pair id.
///
/// # Errors
/// CloudFront would reject the request.
pub(crate) fn verify(request: SignedRequest<'_>, grant: &Grant, key: &PublicKey) -> Result<(), SignatureRejection> {
    let signature = decode(&grant.signature).ok_or(SignatureRejection::MalformedSignature)?;
    match &grant.policy {
        GrantPolicy::Canned { expires } => {
            let expires = policy::parse_epoch(expires).ok_or(SignatureRejection::MalformedPolicy)?;
            let rebuilt = policy::canned_policy(request, expires).ok_or(SignatureRejection::AccessDenied)?;
            key.verify(grant.hash, rebuilt.as_bytes(), &signature).ok_or(SignatureRejection::AccessDenied)?;
            policy::in_time(request.now, None, expires).ok_or(SignatureRejection::AccessDenied)
        }
        GrantPolicy::Custom { policy } => {
            let signed = decode(policy).ok_or(SignatureRejection::MalformedPolicy)?;
            let policy = Policy::parse(&signed).ok_or(SignatureRejection::MalformedPolicy)?;
            key.verify(grant.hash, &signed, &signature).ok_or(SignatureRejection::AccessDenied)?;
            policy.allows(request).then_some(()).ok_or(SignatureRejection::AccessDenied)
        }
    }
}

/// Decodes a `Policy` or `Signature` parameter: base64 with `-`, `_` and `~` in place of `+`, `=` and `/`.
/// This is not RFC 4648's base64url, which has `_` in place of `/`.
///
/// `None` if it is not valid. The three characters of ordinary base64 are not valid, so that bytes have only
/// one encoding and no one can rewrite a signature.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html>
fn decode(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(4) || text.contains(['+', '=', '/']) {
        return None;
    }
    base64::decode(text.replace('-', "+").replace('_', "=").replace('~', "/")).ok()
}

#[cfg(test)]
mod tests;
