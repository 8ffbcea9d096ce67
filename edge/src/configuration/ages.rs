//! How old a value may be.

use vitae_parameters::{FRESH_MS, MAX_STALE_MS};

/// How much earlier than the soft age an environment may refresh, in milliseconds.
const JITTER_MS: u64 = 10_000;

/// What an age means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Nothing to do.
    Fresh,
    /// Refresh, and serve with what there is.
    Stale,
    /// Refresh, and do not mint before that.
    Expired,
    /// There never was a good value.
    None,
}

impl Freshness {
    pub(super) const fn of(age_ms: Option<u64>, soft_age_ms: u64) -> Self {
        match age_ms {
            None => Self::None,
            Some(age_ms) if age_ms > MAX_STALE_MS => Self::Expired,
            Some(age_ms) if age_ms > soft_age_ms => Self::Stale,
            Some(_) => Self::Fresh,
        }
    }
}

/// The age between two moments. A clock that went back says as little about an age as one that leapt ahead, so either
/// way the difference counts.
pub(super) const fn between_ms(asked_at_ms: u64, now_ms: u64) -> u64 {
    asked_at_ms.abs_diff(now_ms)
}

/// The soft age of one environment. `jitter` is from 0 to 1.
pub(super) fn jittered(jitter: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10,000; a cast of NaN is 0")]
    #[expect(clippy::cast_precision_loss, reason = "10,000 is exact")]
    let earlier_ms = (jitter.clamp(0.0, 1.0) * JITTER_MS as f64) as u64;
    FRESH_MS - earlier_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_fresh_then_stale_then_expired() {
        for (age_ms, freshness) in [
            (None, Freshness::None),
            (Some(0), Freshness::Fresh),
            (Some(FRESH_MS), Freshness::Fresh),
            (Some(FRESH_MS + 1), Freshness::Stale),
            (Some(MAX_STALE_MS), Freshness::Stale),
            (Some(MAX_STALE_MS + 1), Freshness::Expired),
            (Some(u64::MAX), Freshness::Expired),
        ] {
            assert_eq!(Freshness::of(age_ms, FRESH_MS), freshness, "{age_ms:?}");
        }
    }

    #[test]
    fn a_clock_that_went_back_makes_nothing_younger() {
        assert_eq!(between_ms(MAX_STALE_MS * 2, 0), MAX_STALE_MS * 2);
    }

    #[test]
    fn jitter_only_shortens_the_soft_age() {
        for (jitter, soft_age_ms) in [(0.0, 60_000), (0.5, 55_000), (1.0, 50_000), (7.0, 50_000), (f64::NAN, 60_000)] {
            assert_eq!(jittered(jitter), soft_age_ms);
        }
    }
}
