//! The context of one invocation.

use std::time::{Duration, SystemTime};

/// How long before the function's deadline its work times out, so that its response and log lines are still sent.
const MARGIN: Duration = Duration::from_millis(500);

/// The context of one invocation.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Lambda's request id, for the log.
    pub request_id: String,
    /// The time at its start.
    pub now: SystemTime,
    /// When Lambda ends the function.
    pub deadline: SystemTime,
}

impl Invocation {
    /// How long its work may take.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        self.deadline.duration_since(self.now).unwrap_or_default().saturating_sub(MARGIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invocation(timeout: Duration) -> Invocation {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
        Invocation { request_id: "r-1".into(), now, deadline: now + timeout }
    }

    #[test]
    fn work_ends_before_the_deadline() {
        assert_eq!(invocation(Duration::from_secs(10)).time_left(), Duration::from_millis(9500));
    }

    #[test]
    fn no_time_is_left_near_or_after_the_deadline() {
        assert_eq!(invocation(Duration::from_millis(499)).time_left(), Duration::ZERO);
        let late = invocation(Duration::ZERO);
        assert_eq!(Invocation { now: late.deadline + Duration::from_secs(1), ..late }.time_left(), Duration::ZERO);
    }
}
