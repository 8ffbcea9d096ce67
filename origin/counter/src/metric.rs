//! The metric of page views, by the CloudWatch embedded metric format: a line of the log that CloudWatch reads as a
//! metric, so that counting costs no call, no permission and no latency.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use serde_json::json;

/// The line that says that one visit was counted, at `epoch_ms`.
///
/// It follows the call that counted. A visit whose writing call lost its answer is counted and has no line: the counter
/// is exact, the metric is not.
#[must_use]
pub fn page_view(epoch_ms: i64) -> String {
    json!({
        "_aws": {
            "Timestamp": epoch_ms,
            "CloudWatchMetrics": [{
                "Namespace": "CloudResume",
                "Dimensions": [[]],
                "Metrics": [{ "Name": "PageView", "Unit": "Count" }],
            }],
        },
        "PageView": 1,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_view_is_one_line_with_the_value_that_its_metric_names() {
        let line = page_view(1_795_219_199_000);
        assert!(!line.contains('\n'));
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(
            (&metrics["Namespace"], &line["_aws"]["Timestamp"]),
            (&json!("CloudResume"), &json!(1_795_219_199_000_i64))
        );
        assert_eq!(line[metrics["Metrics"][0]["Name"].as_str().unwrap()], 1);
    }
}
