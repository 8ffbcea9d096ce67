//! How long a response is fresh: the cache policy's TTLs and the origin's `Cache-Control` and `Expires`.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-3xx-status-codes.html>

use std::time::{Duration, UNIX_EPOCH};

use http::header::{CACHE_CONTROL, EXPIRES, HeaderMap};
use http::{HeaderValue, StatusCode};

use crate::distribution::Caching;

/// Errors that are always cached.
const CACHED_ERRORS: [u16; 8] = [404, 405, 414, 500, 501, 502, 503, 504];
/// Errors that are cached only if the origin sets a max-age.
const CACHED_ERRORS_WITH_MAX_AGE: [u16; 4] = [400, 403, 412, 415];

/// How long a response is fresh. `None` if it is not stored; zero if it is stored but always revalidated.
///
/// `error_min` is the distribution's error caching minimum for this status. An error is fresh for the longer
/// of that and the origin's max-age, whatever the policy's TTLs are.
pub(crate) fn lifetime(
    caching: &Caching,
    error_min: Duration,
    status: StatusCode,
    headers: &HeaderMap,
    now: Duration,
) -> Option<Duration> {
    let directives = Directives::from_headers(headers, now);
    let code = status.as_u16();
    if status.is_client_error() || status.is_server_error() {
        let is_stored = match code {
            _ if status.is_client_error() && directives.is_restricted() => false,
            _ if CACHED_ERRORS.contains(&code) => true,
            _ => CACHED_ERRORS_WITH_MAX_AGE.contains(&code) && directives.max_age.is_some(),
        };
        return is_stored.then(|| directives.max_age.unwrap_or_default().max(error_min)).filter(|time| !time.is_zero());
    }
    let is_stored = match code {
        200 | 203 | 204 | 300 | 301 | 302 => true,
        307 | 308 => headers.contains_key(CACHE_CONTROL),
        _ => false,
    };
    if !is_stored || caching.is_disabled() {
        return None;
    }
    if directives.is_restricted() {
        let must_revalidate = !directives.no_store && !directives.private;
        return Some(caching.min).filter(|min| !min.is_zero() || must_revalidate);
    }
    match directives.max_age.or(directives.expires) {
        Some(time) => Some(time.min(caching.max).max(caching.min)),
        None => Some(caching.default.max(caching.min)),
    }
}

/// The origin's caching headers.
#[derive(Default)]
struct Directives {
    no_cache: bool,
    no_store: bool,
    private: bool,
    /// `s-maxage`, else `max-age`.
    max_age: Option<Duration>,
    /// From now; zero if it is in the past or not a date.
    expires: Option<Duration>,
}

impl Directives {
    fn from_headers(headers: &HeaderMap, now: Duration) -> Self {
        let mut parsed = Self::default();
        let (mut s_maxage, mut max_age) = (None, None);
        let directives = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
        for directive in directives.flat_map(|value| value.split(',')) {
            let (name, value) = directive.split_once('=').map_or((directive, ""), |(name, value)| (name, value.trim()));
            let seconds = || value.trim_matches('"').parse().ok().map(Duration::from_secs);
            match name.trim().to_ascii_lowercase().as_str() {
                "no-cache" => parsed.no_cache = true,
                "no-store" => parsed.no_store = true,
                "private" => parsed.private = true,
                "s-maxage" => s_maxage = seconds(),
                "max-age" => max_age = seconds(),
                _ => {}
            }
        }
        parsed.max_age = s_maxage.or(max_age);
        parsed.expires = headers.get(EXPIRES).map(|date| {
            let date = epoch(date).unwrap_or_default();
            date.saturating_sub(now)
        });
        parsed
    }

    fn is_restricted(&self) -> bool {
        self.no_cache || self.no_store || self.private
    }
}

/// An HTTP date as time since the Unix epoch.
pub(super) fn epoch(date: &HeaderValue) -> Option<Duration> {
    httpdate::parse_http_date(date.to_str().ok()?).ok()?.duration_since(UNIX_EPOCH).ok()
}

#[cfg(test)]
mod tests {
    use super::{Caching, lifetime};
    use http::{HeaderMap, HeaderValue, StatusCode};
    use std::time::Duration;

    const NOW: Duration = Duration::from_hours(500_000);
    /// Ten seconds after `NOW`.
    const SOON: &str = "Fri, 15 Jan 2027 08:00:10 GMT";

    fn caching(min: u64, default: u64, max: u64) -> Caching {
        let [min, default, max] = [min, default, max].map(Duration::from_secs);
        Caching { min, default, max, ..Caching::default() }
    }

    fn seconds(caching: &Caching, status: u16, headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let status = StatusCode::from_u16(status).unwrap();
        lifetime(caching, Duration::from_secs(10), status, &map, NOW).map(|time| time.as_secs())
    }

    #[test]
    fn without_caching_headers_the_default_applies() {
        assert_eq!(seconds(&caching(0, 50, 100), 200, &[]), Some(50));
        assert_eq!(seconds(&caching(0, 0, 100), 200, &[]), Some(0));
    }

    #[test]
    fn max_age_is_clamped_to_minimum_and_maximum() {
        let age = |value| [("cache-control", value)];
        assert_eq!(seconds(&caching(0, 50, 100), 200, &age("max-age=70")), Some(70));
        assert_eq!(seconds(&caching(0, 50, 100), 200, &age("public, MAX-AGE=700")), Some(100));
        assert_eq!(seconds(&caching(80, 80, 100), 200, &age("max-age=7")), Some(80));
        assert_eq!(seconds(&caching(0, 50, 100), 200, &age("max-age=0")), Some(0));
        assert_eq!(seconds(&caching(0, 50, 100), 200, &age("max-age=7, s-maxage=9")), Some(9));
        assert_eq!(seconds(&caching(0, 50, 100), 200, &age("max-age=nonsense")), Some(50));
    }

    #[test]
    fn expires_applies_only_without_max_age() {
        assert_eq!(seconds(&caching(0, 50, 100), 200, &[("expires", SOON)]), Some(10));
        assert_eq!(seconds(&caching(0, 50, 100), 200, &[("expires", SOON), ("cache-control", "max-age=3")]), Some(3));
        assert_eq!(seconds(&caching(0, 50, 100), 200, &[("expires", "0")]), Some(0));
    }

    #[test]
    fn no_store_applies_only_if_the_minimum_is_zero() {
        for directive in ["no-store", "private", "no-cache, no-store"] {
            assert_eq!(seconds(&caching(0, 50, 100), 200, &[("cache-control", directive)]), None, "{directive}");
            assert_eq!(seconds(&caching(7, 50, 100), 200, &[("cache-control", directive)]), Some(7), "{directive}");
        }
        assert_eq!(seconds(&caching(0, 50, 100), 200, &[("cache-control", "no-cache")]), Some(0), "revalidated");
    }

    #[test]
    fn a_policy_that_disables_caching_still_caches_errors() {
        assert_eq!(seconds(&caching(0, 0, 0), 200, &[("cache-control", "max-age=70")]), None);
        assert_eq!(seconds(&caching(0, 0, 0), 404, &[]), Some(10));
    }

    #[test]
    fn errors_have_their_own_lifetime() {
        let policy = caching(0, 5_000, 9_000);
        for status in [404, 405, 414, 500, 501, 502, 503, 504] {
            assert_eq!(seconds(&policy, status, &[]), Some(10), "{status}");
            assert_eq!(seconds(&policy, status, &[("cache-control", "max-age=60")]), Some(60), "{status}");
            assert_eq!(seconds(&policy, status, &[("cache-control", "max-age=6")]), Some(10), "{status}");
        }
        for status in [400, 403, 412, 415] {
            assert_eq!(seconds(&policy, status, &[]), None, "{status}");
            assert_eq!(seconds(&policy, status, &[("cache-control", "s-maxage=60")]), Some(60), "{status}");
        }
        assert_eq!(seconds(&policy, 404, &[("cache-control", "no-store")]), None);
        assert_eq!(seconds(&policy, 503, &[("cache-control", "no-store")]), Some(10));
        assert_eq!(seconds(&policy, 401, &[("cache-control", "max-age=60")]), None);
    }

    #[test]
    fn redirects_are_stored_and_partial_responses_are_not() {
        assert_eq!(seconds(&caching(0, 50, 100), 301, &[]), Some(50));
        assert_eq!(seconds(&caching(0, 50, 100), 307, &[]), None);
        assert_eq!(seconds(&caching(0, 50, 100), 307, &[("cache-control", "max-age=9")]), Some(9));
        assert_eq!(seconds(&caching(0, 50, 100), 206, &[]), None);
    }
}
