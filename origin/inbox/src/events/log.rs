//! Log lines of the function, and its metrics.
//!
//! | metric | unit | value | alarm when |
//! |---|---|---|---|
//! | `InboxFiles` | Count | files with a result | |
//! | `InboxFailures` | Count | 1 if the result is that the file could not be scanned, else 0 | > 0 |

use serde_json::{Value, json};
use vitae_parameters::log::{Level, line};
use vitae_parameters::metric::{self, NAMESPACE, Sample, embed};

use crate::record::{Reason, Record, Status};

/// The request of a log line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    pub(super) now_ms: u64,
    pub(super) request_id: &'a str,
}

impl Context<'_> {
    /// A file has its result. The line names neither the file nor its id.
    pub(super) fn finished(&self, record: &Record) -> Value {
        let reason = record.reason.map(Reason::as_str);
        let is_failed = record.status == Status::Failed;
        let level = if is_failed { Level::Error } else { Level::Info };
        let fields = json!({"status": record.status.as_str(), "reason": reason, "size": record.size});
        let line = line(self.now_ms, level, Some(self.request_id), "upload_finished", fields);
        let samples =
            [Sample::count(metric::INBOX_FILES, 1), Sample::count(metric::INBOX_FAILURES, u64::from(is_failed))];
        embed(line, self.now_ms, NAMESPACE, &[], &samples)
    }

    /// A version that no record is about was deleted.
    pub(super) fn stray(&self) -> Value {
        line(self.now_ms, Level::Warn, Some(self.request_id), "stray_version_deleted", json!({}))
    }

    /// An event that changes nothing.
    pub(super) fn ignored(&self, reason: &str) -> Value {
        line(self.now_ms, Level::Warn, Some(self.request_id), "event_ignored", json!({"reason": reason}))
    }

    /// A clean file has no summary.
    pub(super) fn no_summary(&self, reason: &str) -> Value {
        line(self.now_ms, Level::Warn, Some(self.request_id), "no_summary", json!({"reason": reason}))
    }

    /// The event failed; Lambda retries it, and the schedule repeats what is left.
    pub(super) fn failed(&self, reason: &str) -> Value {
        line(self.now_ms, Level::Error, Some(self.request_id), "event_failed", json!({"reason": reason}))
    }
}
