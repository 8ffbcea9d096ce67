//! Checks that no resource was changed outside CloudFormation.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html>

use std::time::Duration;

use aws_sdk_cloudformation::types::{StackDriftDetectionStatus, StackResourceDriftStatus};
use tokio::time::sleep;

use super::{Finding, Observed, Subject};
use crate::aws::CallError;

const CHECK: &str = "drift";
const POLL: Duration = Duration::from_secs(1);
/// How often the status is polled at most: a stack of this size takes AWS half a minute.
const POLLS: usize = 180;

/// The drift that `vitae dev` causes in the local cloud, where a user replaces the service that runs the edge function.
const LOCAL_CLOUD_DRIFT: &str = "EdgeRole modified /AssumeRolePolicyDocument";

pub(super) struct Facts {
    detection: Detection,
    is_local: bool,
}

struct Detection {
    /// Every drifted resource, and how it differs.
    drifted: Vec<String>,
    /// Why the detection failed for at least one resource.
    failure: Option<String>,
}

pub(super) async fn observe(subject: &Subject) -> Observed<Facts> {
    let is_local = subject.aws.config().endpoint_url().is_some_and(|url| url.starts_with("http://127.0.0.1:"));
    detect(subject).await.map(|detection| Facts { detection, is_local })
}

async fn detect(subject: &Subject) -> Observed<Detection> {
    let (client, name) = (subject.aws.cloudformation(), &subject.name);
    let started = client.detect_stack_drift().stack_name(name).send().await;
    let started = started.map_err(|error| CallError::new(format!("DetectStackDrift of {name}"), &error))?;
    let id = started.stack_drift_detection_id().unwrap_or_default();
    for _ in 0..POLLS {
        let status = client.describe_stack_drift_detection_status().stack_drift_detection_id(id).send().await;
        let status =
            status.map_err(|error| CallError::new(format!("DescribeStackDriftDetectionStatus of {name}"), &error))?;
        match status.detection_status() {
            Some(StackDriftDetectionStatus::DetectionInProgress) => sleep(POLL).await,
            detected => {
                let failure = failure(detected, status.detection_status_reason());
                return Ok(Detection { drifted: drifted(&client, name).await?, failure });
            }
        }
    }
    Err(CallError {
        call: format!("DetectStackDrift of {name}"),
        reason: "it did not finish within three minutes".to_owned(),
    })
}

/// Why the detection failed, unless it is complete. The resources that it could read are in its result even so.
fn failure(status: Option<&StackDriftDetectionStatus>, reason: Option<&str>) -> Option<String> {
    match status {
        Some(StackDriftDetectionStatus::DetectionComplete) => None,
        _ => Some(reason.unwrap_or("no reason given").to_owned()),
    }
}

async fn drifted(client: &aws_sdk_cloudformation::Client, name: &str) -> Observed<Vec<String>> {
    let mut drifted = Vec::new();
    let mut next = None;
    loop {
        let page = client
            .describe_stack_resource_drifts()
            .stack_name(name)
            .stack_resource_drift_status_filters(StackResourceDriftStatus::Modified)
            .stack_resource_drift_status_filters(StackResourceDriftStatus::Deleted)
            .set_next_token(next)
            .send()
            .await;
        let page = page.map_err(|error| CallError::new(format!("DescribeStackResourceDrifts of {name}"), &error))?;
        for drift in page.stack_resource_drifts() {
            let id = drift.logical_resource_id().unwrap_or_default();
            let status =
                drift.stack_resource_drift_status().map_or("", StackResourceDriftStatus::as_str).to_lowercase();
            let paths: Vec<_> =
                drift.property_differences().iter().filter_map(|difference| difference.property_path()).collect();
            drifted.push(format!("{id} {status} {}", paths.join(" ")).trim_end().to_owned());
        }
        next = page.next_token().map(str::to_owned);
        if next.is_none() {
            return Ok(drifted);
        }
    }
}

pub(super) fn judge(facts: &Observed<Facts>) -> Finding {
    let Facts { detection: Detection { drifted, failure }, is_local } = match facts {
        Ok(facts) => facts,
        Err(error) => return Finding::skipped(CHECK, error),
    };
    let drifted: Vec<_> = drifted
        .iter()
        .map(String::as_str)
        .filter(|drift| !(*is_local && drift.starts_with(LOCAL_CLOUD_DRIFT)))
        .collect();
    let fix = "revert it by hand or with a drift-aware change set, or put it into the template and deploy";
    match (drifted.is_empty(), failure) {
        (true, None) => Finding::pass(CHECK, "no drift"),
        (false, None) => Finding::warn(CHECK, drifted.join("; "), fix),
        (true, Some(reason)) => {
            let fix = "allow these credentials to read the resources that the reason names";
            Finding::warn(CHECK, format!("drift detection failed: {reason}"), fix)
        }
        (false, Some(reason)) => {
            let found = format!("{}; drift detection failed for other resources: {reason}", drifted.join("; "));
            Finding::warn(CHECK, found, fix)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    fn facts(drifted: &[&str], failure: Option<String>, is_local: bool) -> Facts {
        let drifted = drifted.iter().map(|drift| (*drift).to_owned()).collect();
        Facts { detection: Detection { drifted, failure }, is_local }
    }

    #[test]
    fn a_failed_detection_is_a_warning_with_its_reason() {
        let denied = "Failed to detect drift on resource [SiteBucket]: s3:GetAccelerateConfiguration is not allowed";
        let failure = |status| failure(Some(status), Some(denied));
        assert_eq!(failure(&StackDriftDetectionStatus::DetectionComplete), None);
        let failed = failure(&StackDriftDetectionStatus::DetectionFailed);
        for drifted in [&[][..], &["CounterFunction modified /MemorySize"]] {
            let finding = judge(&Ok(facts(drifted, failed.clone(), false)));
            assert_eq!(finding.verdict, Verdict::Warn);
            assert!(finding.found.ends_with(denied), "{}", finding.found);
            assert!(drifted.iter().all(|drift| finding.found.contains(drift)), "{}", finding.found);
        }
    }

    #[test]
    fn drifted_resources_are_named() {
        let judged = |drifted: &[&str], is_local| judge(&Ok(facts(drifted, None, is_local)));
        assert_eq!(judged(&[], false).verdict, Verdict::Pass);
        let finding = judged(&["CounterFunction modified /MemorySize"], true);
        assert!(finding.verdict == Verdict::Warn && finding.found.contains("/MemorySize"));
        let trust = "EdgeRole modified /AssumeRolePolicyDocument/Statement/1";
        assert_eq!(judged(&[trust], true).verdict, Verdict::Pass, "caused by vitae dev");
        assert_eq!(judged(&[trust], false).verdict, Verdict::Warn);
    }
}
