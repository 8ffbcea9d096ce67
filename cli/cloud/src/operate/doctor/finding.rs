//! What a check found.

use serde::Serialize;

use crate::aws::CallError;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is as it should be.
    Pass,
    /// It works, and something is to be known or tidied up.
    Warn,
    /// It is broken.
    Fail,
}

/// What a check found, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check.
    pub check: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to do; nothing where all is well.
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

    /// Of what could not be looked at. A warning if it was not allowed, since what is there may be well.
    pub(super) fn unseen(check: &'static str, error: &CallError) -> Self {
        let found = format!("not looked at: {}", brief(error));
        if error.reason.contains("AccessDenied") || error.reason.contains("AuthorizationError") {
            Self::warn(
                check,
                found,
                format!("allow this identity {}", error.call.split(' ').next().unwrap_or_default()),
            )
        } else {
            Self::fail(check, found, "see why, and run this again")
        }
    }

    /// Whether it is broken.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.verdict == Verdict::Fail
    }
}

/// The longest reason that is quoted, in characters.
const LONGEST: usize = 300;

/// An error, of which only a part where it is long.
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
    fn what_may_not_be_seen_is_a_warning_and_what_cannot_is_a_failure() {
        let denied = Finding::unseen("x", &error("AccessDeniedException: no"));
        assert_eq!(denied.verdict, Verdict::Warn);
        assert_eq!(denied.found, "not looked at: GetPolicy of counter failed: AccessDeniedException: no");
        assert_eq!(denied.fix.as_deref(), Some("allow this identity GetPolicy"));
        assert!(Finding::unseen("x", &error("dispatch failure: connection refused")).is_failure());
    }
}
