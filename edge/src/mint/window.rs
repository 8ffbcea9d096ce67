//! When a link ends: rounded up, so that within a window every visitor gets the same link.

use vitae_parameters::Cv;

/// The end, in seconds since 1970: `ceil((now + lifetime) / window) * window`, so a link lives at least the lifetime and
/// less than lifetime + window. Milliseconds are kept until the end, or a link could live a second too short.
pub(super) fn expires(now_ms: u64, cv: &Cv) -> u64 {
    let earliest_ms = now_ms.saturating_add(u64::from(cv.lifetime_s) * 1000);
    let window_s = u64::from(cv.window_s.max(1));
    earliest_ms.div_ceil(window_s * 1000) * window_s
}

/// The last moment at which the end is this one, in milliseconds since 1970.
pub(super) fn last_ms(expires: u64, cv: &Cv) -> u64 {
    expires.saturating_sub(u64::from(cv.lifetime_s)).saturating_mul(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cv(lifetime_s: u32, window_s: u32) -> Cv {
        Cv { path: "/cv/resume.pdf".into(), lifetime_s, window_s }
    }

    #[test]
    fn within_a_window_the_end_is_one() {
        let cv = cv(60, 10);
        assert_eq!(expires(1_767_290_400_000, &cv), 1_767_290_460);
        assert_eq!(expires(1_767_290_400_001, &cv), 1_767_290_470);
        assert_eq!(expires(1_767_290_410_000, &cv), 1_767_290_470);
        assert_eq!(expires(1_767_290_410_001, &cv), 1_767_290_480);
    }

    proptest::proptest! {
        #![proptest_config(crate::testing::cases(500))]

        #[test]
        fn a_link_lives_at_least_its_lifetime_and_at_most_a_window_more(
            now_ms in 0u64..4_000_000_000_000, lifetime_s in 10u32..=3600, window_share in 1u32..=3600
        ) {
            let cv = cv(lifetime_s, window_share.min(lifetime_s));
            let life_ms = expires(now_ms, &cv) * 1000 - now_ms;
            let least_ms = u64::from(cv.lifetime_s) * 1000;
            proptest::prop_assert!(life_ms >= least_ms);
            proptest::prop_assert!(life_ms < least_ms + u64::from(cv.window_s) * 1000);
        }

        #[test]
        fn the_last_moment_of_a_window_is_the_last_with_its_end(
            now_ms in 4_000_000u64..4_000_000_000_000, lifetime_s in 10u32..=3600, window_share in 1u32..=3600
        ) {
            let cv = cv(lifetime_s, window_share.min(lifetime_s));
            let end = expires(now_ms, &cv);
            let last_ms = last_ms(end, &cv);
            proptest::prop_assert!(now_ms <= last_ms);
            proptest::prop_assert_eq!(expires(last_ms, &cv), end);
            proptest::prop_assert!(expires(last_ms + 1, &cv) > end);
        }

        #[test]
        fn no_time_is_too_late_to_round(now_ms in proptest::num::u64::ANY) {
            expires(now_ms, &cv(3600, 3600));
        }
    }
}
