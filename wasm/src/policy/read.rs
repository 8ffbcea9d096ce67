//! What a policy says, as CloudFront reads it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use super::CustomPolicy;
use crate::quoted::Quoted;
use crate::{Error, Rejection, resource_match};

/// The statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReadPolicy {
    pub(crate) resource: String,
    /// In seconds since 1970, as the start.
    pub(crate) expires: u64,
    pub(crate) start_time: Option<u64>,
    pub(crate) source_ip: Option<String>,
    /// Whether the resource is the URL itself, without wildcards.
    is_canned: bool,
}

impl ReadPolicy {
    /// The canned policy that was rebuilt for a URL.
    pub(crate) fn canned(url: &str, expires: u64) -> Self {
        Self { resource: String::from(url), expires, start_time: None, source_ip: None, is_canned: true }
    }

    /// Reads the JSON of a custom policy.
    pub(crate) fn parse(json: &str) -> Result<Self, Error> {
        let policy = CustomPolicy::parse_allowing_everything(json)?;
        Ok(Self {
            resource: policy.resource().as_str().to_string(),
            expires: policy.expires().epoch_seconds(),
            start_time: policy.start_time().map(crate::StartTime::epoch_seconds),
            source_ip: policy.source_ip().map(|range| range.to_string()),
            is_canned: false,
        })
    }

    /// Why the policy does not allow a request for `url` at `now`.
    pub(crate) fn rejections(&self, url: &str, now: Duration) -> Vec<Rejection> {
        let mut rejections = Vec::new();
        if !self.is_canned && !resource_match::matches(&self.resource, url) {
            rejections.push(Rejection::OtherResource { resource: Quoted::new(&self.resource) });
        }
        let (expires, seconds) = (self.expires, now.as_secs());
        if now >= Duration::from_secs(expires) {
            rejections.push(Rejection::Expired { expires, now: seconds });
        }
        if let Some(start) = self.start_time.filter(|start| now <= Duration::from_secs(*start)) {
            rejections.push(Rejection::NotYetValid { start, now: seconds });
        }
        rejections
    }
}
