//! How long a behavior's responses are cached, and whether they are compressed.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html>

use std::time::Duration;

use aws_sdk_cloudfront::types::CachePolicyConfig;
use http::Method;

use crate::limits;

/// The TTLs of a cache policy, and the behavior's own settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caching {
    pub(crate) min: Duration,
    pub(crate) default: Duration,
    pub(crate) max: Duration,
    /// Whether OPTIONS is a cached method. GET and HEAD always are.
    pub(crate) options: bool,
    pub(crate) compress: bool,
}

impl Caching {
    /// A TTL that the policy does not set is CloudFront's default, or the minimum if that is longer.
    pub(crate) fn from_policy(policy: &CachePolicyConfig, cached_methods: &[Method], compress: bool) -> Self {
        let seconds = |value: i64| Duration::from_secs(u64::try_from(value).unwrap_or(0));
        let min = seconds(policy.min_ttl());
        let or = |value: Option<i64>, default: Duration| value.map_or(default, seconds).max(min);
        let default = or(policy.default_ttl(), limits::CACHE_DEFAULT_TTL);
        let max = or(policy.max_ttl(), limits::CACHE_MAX_TTL.max(default));
        Self { min, default, max, options: cached_methods.contains(&Method::OPTIONS), compress }
    }

    /// A policy with a maximum of zero caches nothing except errors, which have their own minimum.
    pub(crate) fn is_disabled(&self) -> bool {
        self.max.is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::{CachePolicyConfig, Caching};
    use std::time::Duration;

    #[test]
    fn missing_ttls_are_cloudfronts_defaults() {
        let policy = CachePolicyConfig::builder().name("p").min_ttl(1).build().unwrap();
        let caching = Caching::from_policy(&policy, &[], false);
        assert_eq!((caching.min, caching.default), (Duration::from_secs(1), Duration::from_hours(24)));
        assert_eq!(caching.max, Duration::from_hours(24 * 365));
    }

    #[test]
    fn no_ttl_is_below_the_minimum() {
        let policy = CachePolicyConfig::builder().name("p").min_ttl(100).default_ttl(5).max_ttl(7).build().unwrap();
        let caching = Caching::from_policy(&policy, &[], false);
        assert_eq!((caching.default, caching.max), (Duration::from_secs(100), Duration::from_secs(100)));
        let disabled = CachePolicyConfig::builder().name("p").min_ttl(0).default_ttl(0).max_ttl(0).build().unwrap();
        assert!(Caching::from_policy(&disabled, &[], false).is_disabled());
    }
}
