//! Checks that the stack exists and is complete.

use aws_sdk_cloudformation::{
    error::ProvideErrorMetadata as _,
    types::{Stack, StackStatus},
};

use super::{Finding, Observed, finding::brief};
use crate::aws::{AwsClients, CallError};

const CHECK: &str = "stack";

pub(super) async fn observe(aws: &AwsClients, name: &str) -> Observed<Option<Stack>> {
    match aws.cloudformation().describe_stacks().stack_name(name).send().await {
        Ok(answer) => Ok(answer.stacks().first().cloned()),
        Err(error)
            if error.code() == Some("ValidationError")
                && error.message().is_some_and(|message| message.contains("does not exist")) =>
        {
            Ok(None)
        }
        Err(error) => Err(CallError::new(format!("DescribeStacks of {name}"), &error)),
    }
}

pub(super) fn judge(name: &str, stack: &Observed<Option<Stack>>) -> Finding {
    match stack {
        // A plan in an empty account creates a stack without resources.
        Ok(Some(stack)) if stack.stack_status() != Some(&StackStatus::ReviewInProgress) => {
            of_status(name, stack.stack_status().map_or("", |status| status.as_str()), stack.stack_status_reason())
        }
        Ok(_) => {
            let found = format!("stack {name} does not exist in us-east-1 of this account");
            Finding::fail(
                CHECK,
                found,
                format!("create it with `cargo vitae deploy --stack {name}`, or pass another --stack"),
            )
        }
        // A failure, where other checks warn: without the stack nothing can be checked.
        Err(error) => Finding::fail(
            CHECK,
            brief(error),
            "allow these credentials cloudformation:DescribeStacks of it, or pass another --profile",
        ),
    }
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>
fn of_status(name: &str, status: &str, reason: Option<&str>) -> Finding {
    let reason = reason.filter(|reason| !reason.is_empty());
    let found = reason.map_or_else(|| format!("{name} is {status}"), |reason| format!("{name} is {status}: {reason}"));
    match status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => Finding::pass(CHECK, found),
        "UPDATE_ROLLBACK_COMPLETE" => Finding::warn(
            CHECK,
            found,
            format!(
                "the last deployment failed and the previous one is running: `cargo vitae deploy --stack {name}` shows why"
            ),
        ),
        "UPDATE_ROLLBACK_FAILED" => Finding::fail(
            CHECK,
            found,
            format!("see its events, then `aws cloudformation continue-update-rollback --stack-name {name}`"),
        ),
        status if status.ends_with("_IN_PROGRESS") => {
            Finding::warn(CHECK, found, "wait until it is done, then run doctor again")
        }
        _ => Finding::fail(
            CHECK,
            found,
            format!("delete it with `cargo vitae destroy --stack {name}` and deploy it again"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn a_status_is_judged_by_what_is_running() {
        for (status, verdict, fix) in [
            ("CREATE_COMPLETE", Verdict::Pass, ""),
            ("UPDATE_COMPLETE", Verdict::Pass, ""),
            ("UPDATE_ROLLBACK_COMPLETE", Verdict::Warn, "vitae deploy"),
            ("UPDATE_IN_PROGRESS", Verdict::Warn, "wait"),
            ("UPDATE_ROLLBACK_FAILED", Verdict::Fail, "continue-update-rollback"),
            ("ROLLBACK_COMPLETE", Verdict::Fail, "vitae destroy"),
            ("DELETE_FAILED", Verdict::Fail, "vitae destroy"),
        ] {
            let finding = of_status("resume", status, None);
            assert_eq!(finding.verdict, verdict, "{status}");
            assert!(finding.fix.unwrap_or_default().contains(fix), "{status}");
        }
        let planned = Stack::builder().stack_name("resume").stack_status(StackStatus::ReviewInProgress).build();
        assert!(judge("resume", &Ok(Some(planned))).found.contains("does not exist"), "it was only planned");
        assert!(judge("resume", &Ok(None)).fix.unwrap().contains("cargo vitae deploy --stack resume"));
    }
}
