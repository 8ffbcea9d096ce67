//! The pauses between attempts of a transaction that conflicts with another.

use std::time::Duration;

/// The longest first backoff. A transaction takes some ten milliseconds, so a conflicting one has ended by then.
const FIRST_BACKOFF: Duration = Duration::from_millis(20);

/// The longest backoff, so that a request has several attempts before its deadline.
const MAX_BACKOFF: Duration = Duration::from_millis(640);

/// The longest backoff before retry number `attempt` (from 1), which doubles each time.
#[must_use]
pub fn backoff_limit(attempt: u32) -> Duration {
    FIRST_BACKOFF.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(MAX_BACKOFF)
}

/// A duration up to `limit`, spread evenly over seeds.
#[must_use]
pub fn jitter(seed: u64, limit: Duration) -> Duration {
    let limit_us = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX - 1);
    Duration::from_micros(seed % (limit_us + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_limit_doubles_up_to_its_maximum() {
        let milliseconds: Vec<_> = (1..=8).map(|attempt| backoff_limit(attempt).as_millis()).collect();
        assert_eq!(milliseconds, [20, 40, 80, 160, 320, 640, 640, 640]);
        assert_eq!(backoff_limit(u32::MAX), MAX_BACKOFF);
    }

    #[test]
    fn jitter_is_spread_up_to_its_limit() {
        assert_eq!(jitter(0, FIRST_BACKOFF), Duration::ZERO);
        assert_eq!(jitter(20_000, FIRST_BACKOFF), FIRST_BACKOFF);
        assert!(jitter(u64::MAX, FIRST_BACKOFF) <= FIRST_BACKOFF);
    }
}
