//! The names of all metrics, and the CloudWatch embedded metric format: a log line that CloudWatch also reads as metrics,
//! so that a metric costs no call, no permission and no latency.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use serde_json::{Value, json};

/// The namespace of all metrics but [`PAGE_VIEW`].
pub const NAMESPACE: &str = "Vitae";

/// The namespace of [`PAGE_VIEW`].
pub const PAGE_VIEW_NAMESPACE: &str = "CloudResume";

/// Visits counted.
pub const PAGE_VIEW: &str = "PageView";

/// Parameter Store did not return the parameters.
pub const REFRESH_FAILED: &str = "RefreshFailed";

/// Parameter Store returned a value that was rejected.
pub const PARAMETER_REJECTED: &str = "ParameterRejected";

/// A request got `config_unavailable`.
pub const CONFIG_UNAVAILABLE: &str = "ConfigUnavailable";

/// A request got `internal`, or the edge replaced its WASM instance.
pub const INTERNAL_ERROR: &str = "InternalError";

/// Keys that became active in a run.
pub const KEY_ROTATIONS: &str = "KeyRotations";

/// Keys at `signer/next` that were rejected in a run.
pub const KEY_REJECTIONS: &str = "KeyRejections";

/// 1 if a run failed, else 0.
pub const KEY_RUN_FAILURES: &str = "KeyRunFailures";

/// The phase of a key that is being rotated in, or 0.
pub const KEY_ROTATION_PHASE: &str = "KeyRotationPhase";

/// 1 if a rotation makes no progress, else 0.
pub const KEY_ROTATION_STUCK: &str = "KeyRotationStuck";

/// The age of the active key in seconds.
pub const ACTIVE_KEY_AGE: &str = "ActiveKeyAge";

/// 1 if the active key is older than twice its rotation period, else 0.
pub const ACTIVE_KEY_OVERDUE: &str = "ActiveKeyOverdue";

/// Opens of named links.
pub const LINK_OPENED: &str = "LinkOpened";

/// Requests for a named link that were accepted.
pub const LINK_REQUESTED: &str = "LinkRequested";

/// E-mails that SES accepted.
pub const MAIL_SENT: &str = "MailSent";

/// E-mails that SES rejected, or whose response was lost.
pub const MAIL_FAILED: &str = "MailFailed";

/// E-mails that bounced.
pub const MAIL_BOUNCED: &str = "MailBounced";

/// E-mails that were reported as spam.
pub const MAIL_COMPLAINT: &str = "MailComplaint";

/// Notices to the owner that were not published; they are published again.
pub const NOTICE_FAILED: &str = "NoticeFailed";

/// Files of visitors that have a result.
pub const INBOX_FILES: &str = "InboxFiles";

/// Files of visitors that could not be scanned.
pub const INBOX_FAILURES: &str = "InboxFailures";

/// One value of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The metric's name.
    pub name: &'static str,
    /// CloudWatch's unit, such as `Count`, `Seconds` or `None`.
    pub unit: &'static str,
    /// The value.
    pub value: u64,
}

impl Sample {
    /// A value that is a count.
    #[must_use]
    pub const fn count(name: &'static str, value: u64) -> Self {
        Self { name, unit: "Count", value }
    }
}

/// Adds samples to a log line, which must be an object. `dimensions` are names and values; with none, a metric has one
/// series per region.
#[must_use]
pub fn embed(mut line: Value, now_ms: u64, namespace: &str, dimensions: &[(&str, &str)], samples: &[Sample]) -> Value {
    let Some(fields) = line.as_object_mut() else { return line };
    let names: Vec<_> = dimensions.iter().map(|(name, _)| *name).collect();
    let metrics: Vec<_> = samples.iter().map(|sample| json!({"Name": sample.name, "Unit": sample.unit})).collect();
    let directive = json!([{"Namespace": namespace, "Dimensions": [names], "Metrics": metrics}]);
    fields.insert("_aws".to_owned(), json!({"Timestamp": now_ms, "CloudWatchMetrics": directive}));
    fields.extend(dimensions.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    fields.extend(samples.iter().map(|sample| (sample.name.to_owned(), json!(sample.value))));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_fields_and_has_a_value_for_each_metric() {
        let samples = [Sample::count(KEY_ROTATIONS, 2), Sample { name: ACTIVE_KEY_AGE, unit: "Seconds", value: 60 }];
        let line = embed(json!({"event": "run"}), 1_767_290_400_000, NAMESPACE, &[("Stack", "resume")], &samples);
        let expected = json!({
            "event": "run",
            "_aws": {
                "Timestamp": 1_767_290_400_000_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "Vitae",
                    "Dimensions": [["Stack"]],
                    "Metrics": [{"Name": "KeyRotations", "Unit": "Count"}, {"Name": "ActiveKeyAge", "Unit": "Seconds"}],
                }],
            },
            "Stack": "resume",
            "KeyRotations": 2,
            "ActiveKeyAge": 60,
        });
        assert_eq!(line, expected);
    }
}
