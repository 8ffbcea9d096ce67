//! Faults of what is watched: the edge function's logs.

use serde_json::json;
use vitae_cloud::doctor::Verdict::{Fail, Warn};

use crate::patient::{Patient, STACK};

/// Asks the local cloud's CloudWatch Logs, as its root.
fn logs(patient: &Patient, action: &str, retention: Option<u32>) {
    let host = patient.running.system().ministack().endpoint().trim_start_matches("http://").to_owned();
    let mut body = json!({"logGroupName": format!("/vitae/{STACK}/edge")});
    if let Some(days) = retention {
        body["retentionInDays"] = days.into();
    }
    let response = patient
        .running
        .request_to(&host, &host, "POST", "/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("Logs_20140328.{action}"))
        // Its root's signature is not checked.
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0",
        )
        .body(body.to_string())
        .send();
    assert_eq!(response.status, 200, "{response:?}");
}

#[test]
fn edge_logs_that_are_kept_for_ever_or_gone_are_named_by_region() {
    let patient = Patient::alone();
    logs(&patient, "DeleteRetentionPolicy", None);
    patient.finds("edge logs", Warn, "is kept for ever in us-east-1", "aws logs put-retention-policy");
    logs(&patient, "DeleteLogGroup", None);
    patient.finds(
        "edge logs",
        Fail,
        "there is no log group /vitae/tests/edge in us-east-1",
        "aws logs create-log-group",
    );
    logs(&patient, "CreateLogGroup", None);
    logs(&patient, "PutRetentionPolicy", Some(30));
}
