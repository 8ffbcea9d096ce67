//! How long an answer is fresh: the cache policy's times and the origin's `Cache-Control` and `Expires`.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-3xx-status-codes.html>

use std::time::{Duration, UNIX_EPOCH};

use http::header::{CACHE_CONTROL, EXPIRES, HeaderMap};
use http::{HeaderValue, StatusCode};

use crate::distribution::Caching;

/// Errors that are kept whatever their headers say.
const ERRORS_KEPT: [u16; 8] = [404, 405, 414, 500, 501, 502, 503, 504];
/// Errors that are kept only if the origin says for how long.
const ERRORS_KEPT_ON_REQUEST: [u16; 4] = [400, 403, 412, 415];

/// How long an answer may be given again without asking the origin; `None` if it is not kept at all. Zero: kept, to be asked about
/// each time.
///
/// `error_min` is the distribution's error caching minimum for this status. An error is kept for the longer of that and what the
/// origin says, whatever the policy's times are.
pub(crate) fn lifetime(
    caching: &Caching,
    error_min: Duration,
    status: StatusCode,
    headers: &HeaderMap,
    now: Duration,
) -> Option<Duration> {
    let said = Said::by(headers, now);
    let code = status.as_u16();
    if status.is_client_error() || status.is_server_error() {
        let kept = match code {
            _ if status.is_client_error() && said.is_restricted() => false,
            _ if ERRORS_KEPT.contains(&code) => true,
            _ => ERRORS_KEPT_ON_REQUEST.contains(&code) && said.max_age.is_some(),
        };
        return kept.then(|| said.max_age.unwrap_or_default().max(error_min)).filter(|time| !time.is_zero());
    }
    let kept = match code {
        200 | 203 | 204 | 300 | 301 | 302 => true,
        307 | 308 => headers.contains_key(CACHE_CONTROL),
        _ => false,
    };
    if !kept || caching.is_disabled() {
        return None;
    }
    if said.is_restricted() {
        let only_asks = !said.no_store && !said.private;
        return Some(caching.min).filter(|min| !min.is_zero() || only_asks);
    }
    match said.max_age.or(said.expires) {
        Some(time) => Some(time.min(caching.max).max(caching.min)),
        None => Some(caching.default.max(caching.min)),
    }
}

/// What an origin says about keeping its answer.
#[derive(Default)]
struct Said {
    no_cache: bool,
    no_store: bool,
    private: bool,
    /// `s-maxage`, else `max-age`.
    max_age: Option<Duration>,
    /// From now; zero if it is past, or no date.
    expires: Option<Duration>,
}

impl Said {
    fn by(headers: &HeaderMap, now: Duration) -> Self {
        let mut said = Self::default();
        let (mut shared, mut every) = (None, None);
        let directives = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
        for directive in directives.flat_map(|value| value.split(',')) {
            let (name, value) = directive.split_once('=').map_or((directive, ""), |(name, value)| (name, value.trim()));
            let seconds = || value.trim_matches('"').parse().ok().map(Duration::from_secs);
            match name.trim().to_ascii_lowercase().as_str() {
                "no-cache" => said.no_cache = true,
                "no-store" => said.no_store = true,
                "private" => said.private = true,
                "s-maxage" => shared = seconds(),
                "max-age" => every = seconds(),
                _ => {}
            }
        }
        said.max_age = shared.or(every);
        said.expires = headers.get(EXPIRES).map(|date| {
            let date = epoch(date).unwrap_or_default();
            date.saturating_sub(now)
        });
        said
    }

    fn is_restricted(&self) -> bool {
        self.no_cache || self.no_store || self.private
    }
}

/// An HTTP date as time since the epoch.
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
    fn without_a_word_of_the_origin_the_default_holds() {
        assert_eq!(seconds(&caching(0, 50, 100), 200, &[]), Some(50));
        assert_eq!(seconds(&caching(0, 0, 100), 200, &[]), Some(0));
    }

    #[test]
    fn max_age_is_kept_between_minimum_and_maximum() {
        let age = |value| [("cache-control", value)];
        assert_eq!(seconds(&caching(0, 50, 100), 200, &age("max-age=70")), Some(70));
        assert_eq!(seconds(&caching(0, 50, 100), 200, &age("public, MAX-AGE=700")), Some(100));
        assert_eq!(seconds(&caching(80, 80, 100), 200, &age("max-age=7")), Some(80));
        assert_eq!(seconds(&caching(0, 50, 100), 200, &age("max-age=0")), Some(0));
        assert_eq!(seconds(&caching(0, 50, 100), 200, &age("max-age=7, s-maxage=9")), Some(9));
        assert_eq!(seconds(&caching(0, 50, 100), 200, &age("max-age=nonsense")), Some(50));
    }

    #[test]
    fn expires_counts_only_without_max_age() {
        assert_eq!(seconds(&caching(0, 50, 100), 200, &[("expires", SOON)]), Some(10));
        assert_eq!(seconds(&caching(0, 50, 100), 200, &[("expires", SOON), ("cache-control", "max-age=3")]), Some(3));
        assert_eq!(seconds(&caching(0, 50, 100), 200, &[("expires", "0")]), Some(0));
    }

    #[test]
    fn no_store_holds_only_where_the_minimum_is_nothing() {
        for word in ["no-store", "private", "no-cache, no-store"] {
            assert_eq!(seconds(&caching(0, 50, 100), 200, &[("cache-control", word)]), None, "{word}");
            assert_eq!(seconds(&caching(7, 50, 100), 200, &[("cache-control", word)]), Some(7), "{word}");
        }
        assert_eq!(seconds(&caching(0, 50, 100), 200, &[("cache-control", "no-cache")]), Some(0), "asked about");
    }

    #[test]
    fn a_policy_that_disables_caching_keeps_errors_all_the_same() {
        assert_eq!(seconds(&caching(0, 0, 0), 200, &[("cache-control", "max-age=70")]), None);
        assert_eq!(seconds(&caching(0, 0, 0), 404, &[]), Some(10));
    }

    #[test]
    fn errors_have_a_time_of_their_own() {
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
    fn redirects_are_kept_and_parts_are_not() {
        assert_eq!(seconds(&caching(0, 50, 100), 301, &[]), Some(50));
        assert_eq!(seconds(&caching(0, 50, 100), 307, &[]), None);
        assert_eq!(seconds(&caching(0, 50, 100), 307, &[("cache-control", "max-age=9")]), Some(9));
        assert_eq!(seconds(&caching(0, 50, 100), 206, &[]), None);
    }
}
