//! How the age of a value of Parameter Store decides whether it is used.

use crate::limits::{FRESH_MS, MAX_STALE_MS};

/// How much earlier than [`FRESH_MS`] an environment may refresh, in milliseconds.
const JITTER_MS: u64 = 10_000;

/// The state of a value by its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Used as it is.
    Fresh,
    /// Used, and refreshed.
    Stale,
    /// Refreshed, and not used for links before that.
    Expired,
    /// There is no valid value yet.
    None,
}

impl Freshness {
    /// The state of a value of this age, which is fresh for `fresh_ms`. `None` is a missing value.
    #[must_use]
    pub const fn from_age(age_ms: Option<u64>, fresh_ms: u64) -> Self {
        match age_ms {
            None => Self::None,
            Some(age_ms) if age_ms > MAX_STALE_MS => Self::Expired,
            Some(age_ms) if age_ms > fresh_ms => Self::Stale,
            Some(_) => Self::Fresh,
        }
    }
}

/// The age between two times. A clock that went back makes an age as uncertain as one that leapt ahead, so the absolute
/// difference counts.
#[must_use]
pub const fn between_ms(since_ms: u64, now_ms: u64) -> u64 {
    since_ms.abs_diff(now_ms)
}

/// How long a value is fresh in one environment. `jitter` is from 0 to 1.
#[must_use]
pub fn fresh_ms(jitter: f64) -> u64 {
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
            assert_eq!(Freshness::from_age(age_ms, FRESH_MS), freshness, "{age_ms:?}");
        }
    }

    #[test]
    fn a_clock_that_went_back_makes_no_value_younger() {
        assert_eq!(between_ms(MAX_STALE_MS * 2, 0), MAX_STALE_MS * 2);
    }

    #[test]
    fn jitter_only_shortens_the_fresh_time() {
        for (jitter, expected) in [(0.0, 60_000), (0.5, 55_000), (1.0, 50_000), (7.0, 50_000), (f64::NAN, 60_000)] {
            assert_eq!(fresh_ms(jitter), expected);
        }
    }
}
