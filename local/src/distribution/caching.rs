//! How long a behavior's answers are kept, and whether they are compressed.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html>

use std::time::Duration;

use aws_sdk_cloudfront::types::CachePolicyConfig;
use http::Method;

use crate::limits;

/// The times of a cache policy, and what the behavior says besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caching {
    pub(crate) min: Duration,
    pub(crate) default: Duration,
    pub(crate) max: Duration,
    /// OPTIONS is among the cached methods; GET and HEAD always are.
    pub(crate) options: bool,
    pub(crate) compress: bool,
}

impl Caching {
    /// A time that the policy leaves out is CloudFront's own, or the minimum if that is longer.
    pub(crate) fn from_policy(policy: &CachePolicyConfig, cached_methods: &[Method], compress: bool) -> Self {
        let seconds = |given: i64| Duration::from_secs(u64::try_from(given).unwrap_or(0));
        let min = seconds(policy.min_ttl());
        let or = |given: Option<i64>, own: Duration| given.map_or(own, seconds).max(min);
        let default = or(policy.default_ttl(), limits::CACHE_DEFAULT_TTL);
        let max = or(policy.max_ttl(), limits::CACHE_MAX_TTL.max(default));
        Self { min, default, max, options: cached_methods.contains(&Method::OPTIONS), compress }
    }

    /// A policy with a maximum of nothing keeps no answer. Errors are another matter: they have a time of their own.
    pub(crate) fn is_disabled(&self) -> bool {
        self.max.is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::{CachePolicyConfig, Caching};
    use std::time::Duration;

    #[test]
    fn times_that_are_not_given_are_cloudfronts_own() {
        let policy = CachePolicyConfig::builder().name("p").min_ttl(1).build().unwrap();
        let caching = Caching::from_policy(&policy, &[], false);
        assert_eq!((caching.min, caching.default), (Duration::from_secs(1), Duration::from_hours(24)));
        assert_eq!(caching.max, Duration::from_hours(24 * 365));
    }

    #[test]
    fn no_time_is_under_the_minimum() {
        let policy = CachePolicyConfig::builder().name("p").min_ttl(100).default_ttl(5).max_ttl(7).build().unwrap();
        let caching = Caching::from_policy(&policy, &[], false);
        assert_eq!((caching.default, caching.max), (Duration::from_secs(100), Duration::from_secs(100)));
        let disabled = CachePolicyConfig::builder().name("p").min_ttl(0).default_ttl(0).max_ttl(0).build().unwrap();
        assert!(Caching::from_policy(&disabled, &[], false).is_disabled());
    }
}
