//! One refresh of parameters at a time, abandoned after a timeout and repeated with exponential backoff.

use crate::freshness::between_ms;

/// After how long a refresh without a result is abandoned, in milliseconds. The entry's own deadline is shorter; this one is
/// for an environment that was frozen during a refresh, whose connection is dead.
const ABANDONED_MS: u64 = 4_000;

/// The first and the longest pause after a failure, in milliseconds. The first is shorter than the `Retry-After` of
/// `config_unavailable`.
const FIRST_PAUSE_MS: u64 = 1_000;
const LONGEST_PAUSE_MS: u64 = 30_000;

/// The refresh in progress, or the result of the last ones.
#[derive(Debug, Default)]
pub struct Refresh {
    started_at_ms: Option<u64>,
    failures: u32,
    failed_at_ms: u64,
}

impl Refresh {
    /// Starts a refresh, unless one is in progress or the last failure is too recent.
    pub fn start(&mut self, now_ms: u64) -> bool {
        if self.is_in_progress(now_ms) {
            return false;
        }
        if self.started_at_ms.take().is_some() {
            // Abandoned, not refused: repeat without a pause.
        } else if self.failures > 0 && between_ms(self.failed_at_ms, now_ms) < self.pause_ms() {
            return false;
        }
        self.started_at_ms = Some(now_ms);
        true
    }

    /// Whether a refresh is in progress that may still succeed.
    #[must_use]
    pub fn is_in_progress(&self, now_ms: u64) -> bool {
        self.started_at_ms.is_some_and(|started_at_ms| between_ms(started_at_ms, now_ms) < ABANDONED_MS)
    }

    /// Whether the refresh in progress is the one that was started at this time, however long it has taken.
    #[must_use]
    pub fn is_latest(&self, started_at_ms: u64) -> bool {
        self.started_at_ms == Some(started_at_ms)
    }

    /// Ends the refresh that was started at this time. The end of an abandoned one changes nothing.
    pub fn end(&mut self, started_at_ms: u64, succeeded: bool) {
        if !self.is_latest(started_at_ms) {
            return;
        }
        self.started_at_ms = None;
        self.failures = if succeeded { 0 } else { self.failures.saturating_add(1) };
        self.failed_at_ms = started_at_ms;
    }

    fn pause_ms(&self) -> u64 {
        let doublings = self.failures.saturating_sub(1).min(16);
        (FIRST_PAUSE_MS << doublings).min(LONGEST_PAUSE_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_in_progress_at_a_time() {
        let mut refresh = Refresh::default();
        assert!(refresh.start(1000));
        assert!(!refresh.start(1001));
        assert!(refresh.is_in_progress(1001));
        refresh.end(1000, true);
        assert!(!refresh.is_in_progress(1002));
        assert!(refresh.start(1002));
    }

    #[test]
    fn a_frozen_refresh_is_abandoned_and_its_late_end_changes_nothing() {
        let mut refresh = Refresh::default();
        assert!(refresh.start(0));
        let thawed_ms = 10 * 60_000;
        assert!(!refresh.is_in_progress(thawed_ms));
        assert!(refresh.start(thawed_ms));
        refresh.end(0, false);
        assert!(refresh.is_in_progress(thawed_ms + 1), "the second one is still in progress");
        refresh.end(thawed_ms, true);
        assert!(refresh.start(thawed_ms + 2), "the first one's failure left no pause");
    }

    #[test]
    fn pauses_grow_with_failures_up_to_the_longest() {
        let (mut refresh, mut now_ms) = (Refresh::default(), 0);
        for pause_ms in [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            assert!(refresh.start(now_ms));
            refresh.end(now_ms, false);
            assert!(!refresh.start(now_ms + pause_ms - 1), "{pause_ms}");
            now_ms += pause_ms;
        }
        assert!(refresh.start(now_ms));
        refresh.end(now_ms, true);
        assert!(refresh.start(now_ms), "a success ends the pauses");
    }

    #[test]
    fn no_number_of_failures_overflows() {
        let mut refresh = Refresh { failures: u32::MAX, ..Refresh::default() };
        assert!(!refresh.start(LONGEST_PAUSE_MS - 1));
        assert!(refresh.start(LONGEST_PAUSE_MS));
        refresh.end(LONGEST_PAUSE_MS, false);
    }
}
