//! Signed URLs and signed cookies: who may see a private file, and until when.
//!
//! A behavior with trusted key groups answers only a request that carries a policy signed with one of the groups' keys.
//! The signature covers the policy; the policy names the URL. So the URL asked for is always compared with the policy's
//! resource: with a canned policy by rebuilding the policy from the request, with a custom one by matching.
//!
//! The verifier is `aws-lc-rs`, on purpose another library than the one that signs in this project.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html>

mod encoding;
mod ip_range;
mod parameters;
mod policy;
mod public_key;
mod refusal;
mod resource;

use std::net::Ipv4Addr;
use std::time::Duration;

pub(crate) use parameters::{Grant, GrantPolicy, strip_reserved};
use policy::Policy;
pub(crate) use public_key::PublicKey;
pub(crate) use refusal::Refusal;

/// What the viewer asked for, as the policy's resource must name it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// Scheme, host and path, byte for byte as the viewer wrote them: `https://d111.cloudfront.net/cv/resume.pdf`.
    pub(crate) base: &'a str,
    /// The query without CloudFront's own parameters; empty if there is none.
    pub(crate) query: &'a str,
    /// Where the request came from.
    pub(crate) viewer: Ipv4Addr,
    /// The viewer's time since the epoch.
    pub(crate) now: Duration,
}

/// Judges a grant with the public key that its key pair id names.
///
/// # Errors
/// The [`Refusal`] that CloudFront would answer with.
pub(crate) fn verify(asked: Asked<'_>, grant: &Grant, key: &PublicKey) -> Result<(), Refusal> {
    let signature = encoding::decode(&grant.signature).ok_or(Refusal::MalformedSignature)?;
    match &grant.policy {
        GrantPolicy::Canned { expires } => {
            let expires = policy::epoch(expires).ok_or(Refusal::MalformedPolicy)?;
            let rebuilt = policy::canned(asked, expires).ok_or(Refusal::AccessDenied)?;
            key.verify(grant.hash, rebuilt.as_bytes(), &signature).ok_or(Refusal::AccessDenied)?;
            policy::in_time(asked.now, None, expires).ok_or(Refusal::AccessDenied)
        }
        GrantPolicy::Custom { policy } => {
            let signed = encoding::decode(policy).ok_or(Refusal::MalformedPolicy)?;
            let policy = Policy::parse(&signed).ok_or(Refusal::MalformedPolicy)?;
            key.verify(grant.hash, &signed, &signature).ok_or(Refusal::AccessDenied)?;
            policy.admits(asked).then_some(()).ok_or(Refusal::AccessDenied)
        }
    }
}

#[cfg(test)]
mod tests;
