//! A clock that tests set instead of waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use vitae_local::Clock;

/// Sets a clock that does not advance by itself.
pub(crate) struct TestClock(Arc<AtomicU64>);

impl TestClock {
    /// A clock at `seconds` since 1970, and the handle that sets it.
    pub(crate) fn at(seconds: u64) -> (Clock, Self) {
        let shown = Arc::new(AtomicU64::new(seconds));
        let read = Arc::clone(&shown);
        (Clock::from_fn(move || UNIX_EPOCH + Duration::from_secs(read.load(Ordering::Relaxed))), Self(shown))
    }

    pub(crate) fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}
