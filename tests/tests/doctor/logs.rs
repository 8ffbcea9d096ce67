//! Faults of the edge function's log groups.

use serde_json::json;
use vitae_cloud::operate::doctor::Verdict::{Fail, Warn};

use self::call::{Call, send};
use crate::fixture::{Fixture, STACK};

#[path = "../system/permissions/call.rs"]
mod call;

/// Calls an action of the local cloud's CloudWatch Logs as its root user.
fn call_logs(fixture: &Fixture, action: &str, retention: Option<u32>) {
    let mut body = json!({"logGroupName": format!("/vitae/{STACK}/edge")});
    if let Some(days) = retention {
        body["retentionInDays"] = days.into();
    }
    let call = Call {
        service: "logs",
        method: "POST",
        target: "/".to_owned(),
        headers: vec![
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            ("x-amz-target", format!("Logs_20140328.{action}")),
        ],
        body: body.to_string(),
    };
    let response = send(fixture.running, fixture.running.system().ministack().root_credentials(), &call);
    assert_eq!(response.status, 200, "{response:?}");
}

#[test]
fn a_log_group_without_retention_is_a_warning_and_a_missing_one_fails() {
    let fixture = Fixture::lock();
    call_logs(&fixture, "DeleteRetentionPolicy", None);
    fixture.assert_finding("edge logs", Warn, "has no retention period in us-east-1", "aws logs put-retention-policy");
    call_logs(&fixture, "DeleteLogGroup", None);
    fixture.assert_finding(
        "edge logs",
        Fail,
        "the log group /vitae/tests/edge of the stack does not exist in us-east-1",
        "aws logs create-log-group",
    );
    call_logs(&fixture, "CreateLogGroup", None);
    call_logs(&fixture, "PutRetentionPolicy", Some(30));
}
