//! `ForwardedValues` and the TTLs of a behavior without policies, which most templates of the years before 2021 have.
//!
//! Sources: <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ForwardedValues.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html>, "HTTP
//! request headers and CloudFront behavior"

use aws_sdk_cloudfront::types::{
    CachePolicyConfig, CookieNames, ForwardedValues, Headers, ItemSelection, QueryStringCacheKeys,
};
use http::Method;

use super::{Caching, Forwarding, Selection};
use crate::error::Error;

/// Headers that CloudFront does not forward unless they are listed. It forwards every other one. `Authorization` depends on
/// the method, see [`Forwarding::is_legacy`].
const NOT_FORWARDED: [&str; 9] = [
    "accept",
    "accept-charset",
    "accept-language",
    "authorization",
    "host",
    "max-forwards",
    "referer",
    "user-agent",
    "x-http-method-override",
];

/// What the values forward, and what they put into the cache key.
///
/// # Errors
/// A setting that is not modelled.
pub(super) fn forwarding(values: &ForwardedValues) -> Result<Forwarding, Error> {
    let listed = values.headers().map(Headers::items).unwrap_or_default();
    let listed: Vec<String> = listed.iter().map(|name| name.to_ascii_lowercase()).collect();
    let is_all = listed.iter().any(|name| name == "*");
    let keys = values.query_string_cache_keys().map(QueryStringCacheKeys::items).unwrap_or_default();
    let query = match (values.query_string(), keys) {
        (false, _) => [Selection::None, Selection::None],
        (true, []) => [Selection::All, Selection::None],
        // Only these are in the cache key, but all are forwarded.
        (true, keys) => [Selection::Only(keys.to_vec()), Selection::All],
    };
    let cookies = match values.cookies() {
        None => Selection::None,
        Some(cookies) => match cookies.forward() {
            ItemSelection::None => Selection::None,
            ItemSelection::All => Selection::All,
            ItemSelection::Whitelist => {
                Selection::Only(cookies.whitelisted_names().map(CookieNames::items).unwrap_or_default().to_vec())
            }
            other => return Err(Error::NotModelled { what: format!("ForwardedValues cookies {:?}", other.as_str()) }),
        },
    };
    let others = NOT_FORWARDED.iter().map(ToString::to_string).collect();
    let headers = if is_all {
        [Selection::None, Selection::All]
    } else {
        [Selection::Only(listed), Selection::AllExcept(others)]
    };
    Ok(Forwarding { headers, cookies: [cookies, Selection::None], query, gzip: true, brotli: false, is_legacy: true })
}

/// The behavior's own TTLs. If every header is forwarded, nothing is cached.
pub(super) fn caching(
    values: &ForwardedValues,
    [min, default, max]: [Option<i64>; 3],
    cached_methods: &[Method],
    compress: bool,
) -> Result<Caching, Error> {
    let is_all = values.headers().is_some_and(|headers| headers.items().iter().any(|name| name == "*"));
    let (min, default, max) = if is_all { (0, Some(0), Some(0)) } else { (min.unwrap_or(0), default, max) };
    let policy = CachePolicyConfig::builder().name("ForwardedValues").min_ttl(min);
    let policy = policy.set_default_ttl(default).set_max_ttl(max).build();
    let policy = policy.map_err(|error| Error::Refused { what: error.to_string() })?;
    Ok(Caching::from_policy(&policy, cached_methods, compress))
}

#[cfg(test)]
mod tests {
    use super::{caching, forwarding};
    use crate::distribution::Selection;
    use aws_sdk_cloudfront::types as t;

    fn values(headers: &[&str], query: bool, keys: &[&str]) -> t::ForwardedValues {
        let quantity = |list: &[&str]| i32::try_from(list.len()).unwrap();
        let list = |list: &[&str]| Some(list.iter().map(ToString::to_string).collect());
        let headers = t::Headers::builder().quantity(quantity(headers)).set_items(list(headers)).build().unwrap();
        let keys = t::QueryStringCacheKeys::builder().quantity(quantity(keys)).set_items(list(keys)).build().unwrap();
        let cookies = t::CookiePreference::builder()
            .forward(t::ItemSelection::Whitelist)
            .whitelisted_names(t::CookieNames::builder().quantity(1).items("session").build().unwrap());
        let values = t::ForwardedValues::builder().query_string(query).query_string_cache_keys(keys).headers(headers);
        values.cookies(cookies.build().unwrap()).build().unwrap()
    }

    #[test]
    fn listed_headers_are_in_the_key_and_most_others_are_forwarded() {
        let forwarding = forwarding(&values(&["Origin"], false, &[])).unwrap();
        assert_eq!(forwarding.headers[0], Selection::Only(vec!["origin".to_owned()]));
        assert!(
            forwarding.has_header("x-own") && forwarding.has_header("cache-control") && forwarding.has_header("origin")
        );
        for name in ["accept", "accept-language", "referer", "user-agent", "host", "authorization"] {
            assert!(!forwarding.has_header(name), "{name}");
        }
        assert!(forwarding.has_cookie("session") && !forwarding.has_cookie("other"));
        assert!(!forwarding.has_parameter("a"));
    }

    #[test]
    fn all_parameters_are_forwarded_even_if_only_some_are_in_the_key() {
        let some = forwarding(&values(&[], true, &["days"])).unwrap();
        assert!(some.has_parameter("other") && !some.query[0].contains("other") && some.query[0].contains("days"));
        let all = forwarding(&values(&[], true, &[])).unwrap();
        assert_eq!(all.query[0], Selection::All);
    }

    #[test]
    fn a_behavior_that_forwards_every_header_caches_nothing() {
        let all = values(&["*"], true, &[]);
        let caching_all = caching(&all, [Some(1), Some(2), Some(3)], &[], false).unwrap();
        assert!(caching_all.is_disabled() && forwarding(&all).unwrap().has_header("host"));
        let some = caching(&values(&[], true, &[]), [None, Some(60), Some(600)], &[], true).unwrap();
        assert_eq!((some.min.as_secs(), some.default.as_secs(), some.max.as_secs()), (0, 60, 600));
    }
}
