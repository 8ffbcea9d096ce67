//! Checks that the stack does not exist yet.

use aws_sdk_cloudformation::types::StackStatus;

use super::{Finding, Observed};
use crate::{aws::AwsClients, operate::doctor::stack};

const CHECK: &str = "stack";

/// The status of the stack, if it exists.
pub(super) async fn observe(aws: &AwsClients, name: &str) -> Observed<Option<StackStatus>> {
    let found = stack::observe(aws, name).await?;
    Ok(found.and_then(|found| found.stack_status().cloned()))
}

pub(super) fn judge(name: &str, status: &Observed<Option<StackStatus>>) -> Finding {
    match status {
        Err(error) => Finding::skipped(CHECK, error),
        // CloudFormation creates it for a change set.
        Ok(None | Some(StackStatus::ReviewInProgress)) => Finding::pass(CHECK, format!("{name} does not exist yet")),
        Ok(Some(StackStatus::RollbackComplete)) => Finding::pass(
            CHECK,
            format!("the first deployment of {name} failed; the next one deletes what is left of it first"),
        ),
        Ok(Some(status)) => Finding::warn(
            CHECK,
            format!("{name} exists ({})", status.as_str()),
            format!("check it with `cargo vitae doctor --stack {name}`: these checks are for the first deployment"),
        ),
    }
}

/// Whether the stack has resources, such as log groups.
pub(super) fn has_resources(status: &Observed<Option<StackStatus>>) -> bool {
    !matches!(status, Ok(None | Some(StackStatus::ReviewInProgress | StackStatus::RollbackComplete)))
}

#[cfg(test)]
mod tests {
    use super::{super::super::Verdict, *};

    #[test]
    fn a_stack_that_exists_is_a_warning() {
        for (status, verdict, exists) in [
            (None, Verdict::Pass, false),
            (Some(StackStatus::ReviewInProgress), Verdict::Pass, false),
            (Some(StackStatus::RollbackComplete), Verdict::Pass, false),
            (Some(StackStatus::CreateComplete), Verdict::Warn, true),
            (Some(StackStatus::UpdateInProgress), Verdict::Warn, true),
        ] {
            let status = Ok(status);
            assert_eq!((judge("resume", &status).verdict, has_resources(&status)), (verdict, exists), "{status:?}");
        }
    }
}
