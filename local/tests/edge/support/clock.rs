//! A clock that tests move instead of waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use vitae_local::Clock;

/// The hands of a clock that stands still.
pub(crate) struct Hands(Arc<AtomicU64>);

impl Hands {
    /// A clock at a second since the epoch, and its hands.
    pub(crate) fn at(seconds: u64) -> (Clock, Self) {
        let shown = Arc::new(AtomicU64::new(seconds));
        let read = Arc::clone(&shown);
        (Clock::from_fn(move || UNIX_EPOCH + Duration::from_secs(read.load(Ordering::Relaxed))), Self(shown))
    }

    pub(crate) fn move_to(&self, seconds: u64) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}
