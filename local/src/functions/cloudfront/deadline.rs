//! When a CloudFront Function is stopped: after an amount of its thread's processor time.
//!
//! Other programs' work does not count, and neither does waiting for the key value store.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The processor time of this thread.
pub(super) fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

/// A limit on the processor time of the thread that it was created on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Duration);

impl Deadline {
    pub(super) fn after(time: Duration) -> Self {
        Self(processor_time() + time)
    }

    pub(super) fn has_passed(self) -> bool {
        processor_time() >= self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Deadline;
    use std::time::{Duration, Instant};

    #[test]
    fn waiting_does_not_count_and_computing_does() {
        let deadline = Deadline::after(Duration::from_millis(20));
        std::thread::sleep(Duration::from_millis(40));
        assert!(!deadline.has_passed());
        let started = Instant::now();
        while !deadline.has_passed() {
            assert!(started.elapsed() < Duration::from_secs(30), "the processor time does not advance");
        }
    }
}
