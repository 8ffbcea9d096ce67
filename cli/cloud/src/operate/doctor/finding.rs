//! The result of a check.

use serde::Serialize;

use crate::aws::CallError;

/// The verdict of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Correct.
    Pass,
    /// Works, but needs attention.
    Warn,
    /// Broken.
    Fail,
}

/// The result of a check, and its fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The name of the check.
    pub check: &'static str,
    /// The verdict.
    pub verdict: Verdict,
    /// The observation, in words.
    pub found: String,
    /// The fix, unless it passed.
    pub fix: Option<String>,
}

impl Finding {
    pub(super) fn pass(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Pass, found: found.into(), fix: None }
    }

    pub(super) fn warn(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warn, found: found.into(), fix: Some(fix.into()) }
    }

    pub(super) fn fail(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Fail, found: found.into(), fix: Some(fix.into()) }
    }

    /// For a check that could not be made. A warning if it was not permitted, because the system may be correct.
    pub(super) fn skipped(check: &'static str, error: &CallError) -> Self {
        let found = format!("skipped: {}", brief(error));
        if error.reason.contains("AccessDenied") || error.reason.contains("AuthorizationError") {
            Self::warn(
                check,
                found,
                format!("allow these credentials {}", error.call.split(' ').next().unwrap_or_default()),
            )
        } else {
            Self::fail(check, found, "fix the cause and run doctor again")
        }
    }

    /// Whether the check failed.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.verdict == Verdict::Fail
    }
}

/// The longest quoted reason, in characters.
const LONGEST: usize = 300;

/// An error, shortened if it is long.
pub(super) fn brief(error: &CallError) -> String {
    error.to_string().chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(reason: &str) -> CallError {
        CallError { call: "GetPolicy of counter".to_owned(), reason: reason.to_owned() }
    }

    #[test]
    fn a_denied_call_is_a_warning_and_a_failed_one_is_a_failure() {
        let denied = Finding::skipped("x", &error("AccessDeniedException: no"));
        assert_eq!(denied.verdict, Verdict::Warn);
        assert_eq!(denied.found, "skipped: GetPolicy of counter failed: AccessDeniedException: no");
        assert_eq!(denied.fix.as_deref(), Some("allow these credentials GetPolicy"));
        assert!(Finding::skipped("x", &error("dispatch failure: connection refused")).is_failure());
    }
}
