//! Whether somebody changed by hand what CloudFormation made.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html>

use std::time::Duration;

use aws_sdk_cloudformation::types::{StackDriftDetectionStatus, StackResourceDriftStatus};
use tokio::time::sleep;

use super::{Finding, Observed, Subject};
use crate::cloud::CallError;

const CHECK: &str = "drift";
const POLL: Duration = Duration::from_secs(1);
/// How often it is asked at the most: a stack of this size takes AWS half a minute.
const POLLS: usize = 180;

/// Every resource that is not what the stack made, and how.
pub(super) async fn observe(subject: &Subject) -> Observed<Vec<String>> {
    let (client, name) = (subject.cloud.cloudformation(), &subject.name);
    let begun = client.detect_stack_drift().stack_name(name).send().await;
    let begun = begun.map_err(|error| CallError::new(format!("DetectStackDrift of {name}"), &error))?;
    let id = begun.stack_drift_detection_id().unwrap_or_default();
    for _ in 0..POLLS {
        let status = client.describe_stack_drift_detection_status().stack_drift_detection_id(id).send().await;
        let status =
            status.map_err(|error| CallError::new(format!("DescribeStackDriftDetectionStatus of {name}"), &error))?;
        match status.detection_status() {
            Some(StackDriftDetectionStatus::DetectionInProgress) => sleep(POLL).await,
            // What it could not look at is not in the list; the rest is.
            _ => return drifted(&client, name).await,
        }
    }
    Err(CallError {
        call: format!("DetectStackDrift of {name}"),
        reason: "it is not done after three minutes".to_owned(),
    })
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

pub(super) fn judge(drifted: &Observed<Vec<String>>) -> Finding {
    match drifted {
        Ok(drifted) if drifted.is_empty() => Finding::pass(CHECK, "what the stack made is as it made it"),
        Ok(drifted) => Finding::warn(
            CHECK,
            drifted.join("; "),
            "put it back by hand or by a drift-aware change set, or write it into the template and deploy",
        ),
        Err(error) => Finding::unseen(CHECK, error),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn what_drifted_is_named() {
        assert_eq!(judge(&Ok(vec![])).verdict, Verdict::Pass);
        let finding = judge(&Ok(vec!["CounterFunction modified /MemorySize".into()]));
        assert!(finding.verdict == Verdict::Warn && finding.found.contains("/MemorySize"));
    }
}
