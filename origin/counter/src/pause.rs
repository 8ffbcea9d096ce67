//! How long to wait before trying again.

use std::time::Duration;

/// The longest first pause. A transaction takes some ten milliseconds, so one that was met is then done.
const FIRST: Duration = Duration::from_millis(20);

/// The longest pause of all, so that a request tries more than once before its deadline.
const LONGEST: Duration = Duration::from_millis(640);

/// The bound of the pause before try number `attempt` (from 1), which doubles each time.
#[must_use]
pub fn bound(attempt: u32) -> Duration {
    FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(LONGEST)
}

/// A pause of anything up to the bound: the same for the same `seed`, spread evenly over seeds.
#[must_use]
pub fn jittered(seed: u64, attempt: u32) -> Duration {
    let bound_us = u64::try_from(bound(attempt).as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(seed % (bound_us + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_up_to_the_longest() {
        let milliseconds: Vec<_> = (1..=8).map(|attempt| bound(attempt).as_millis()).collect();
        assert_eq!(milliseconds, [20, 40, 80, 160, 320, 640, 640, 640]);
        assert_eq!(bound(u32::MAX), LONGEST);
    }

    #[test]
    fn a_pause_is_spread_up_to_its_bound() {
        assert_eq!(jittered(0, 1), Duration::ZERO);
        assert_eq!(jittered(20_000, 1), FIRST);
        assert!(jittered(u64::MAX, 1) <= FIRST);
    }
}
