//! Metrics, by the CloudWatch embedded metric format: a line of the log that CloudWatch also reads as a metric, so that
//! counting costs no call, no permission and no latency. An edge function logs in the region it ran in, and so the metric
//! is there.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use serde_json::{Value, json};

/// Where the metrics stand: beside the counter's.
const NAMESPACE: &str = "CloudResume";

/// What an owner may want to be alarmed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metric {
    /// Parameter Store was asked and did not answer with parameters.
    RefreshFailed,
    /// It answered, and one of the values was not taken.
    ParameterRefused,
    /// A request was answered 503.
    ConfigUnavailable,
    /// A request was answered 500, or the instance was replaced.
    InternalError,
}

impl Metric {
    const fn name(self) -> &'static str {
        match self {
            Self::RefreshFailed => "RefreshFailed",
            Self::ParameterRefused => "ParameterRefused",
            Self::ConfigUnavailable => "ConfigUnavailable",
            Self::InternalError => "InternalError",
        }
    }

    /// The line, which now counts one of this at `now_ms`.
    pub(crate) fn counted_by(self, mut line: Value, now_ms: u64) -> Value {
        if let Some(line) = line.as_object_mut() {
            let metrics = json!([{"Name": self.name(), "Unit": "Count"}]);
            let directive = json!([{"Namespace": NAMESPACE, "Dimensions": [[]], "Metrics": metrics}]);
            line.insert("_aws".to_owned(), json!({"Timestamp": now_ms, "CloudWatchMetrics": directive}));
            line.insert(self.name().to_owned(), json!(1));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_what_it_says_and_has_the_value_that_its_metric_names() {
        for metric in
            [Metric::RefreshFailed, Metric::ParameterRefused, Metric::ConfigUnavailable, Metric::InternalError]
        {
            let line = metric.counted_by(json!({"event": "any"}), 1_767_290_400_000);
            assert_eq!(line["event"], "any");
            assert_eq!(line["_aws"]["Timestamp"], 1_767_290_400_000_u64);
            let directive = &line["_aws"]["CloudWatchMetrics"][0];
            assert_eq!((&directive["Namespace"], &directive["Dimensions"]), (&json!("CloudResume"), &json!([[]])));
            assert_eq!(line[directive["Metrics"][0]["Name"].as_str().unwrap()], 1);
        }
    }
}
