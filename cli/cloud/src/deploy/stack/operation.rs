//! The operation that deploys to a stack, by the stack's status.

use aws_sdk_cloudformation::types::StackStatus;

/// The operation that deploys to a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// The stack does not exist.
    Create,
    /// The first deployment failed and was rolled back. The stack is empty, and CloudFormation does not update it.
    DeleteThenCreate,
    /// The stack exists and works.
    Update,
}

impl Operation {
    /// Chooses the operation; `None` is a stack that does not exist. The error is advice for the owner.
    pub(super) fn from_status(status: Option<&StackStatus>) -> Result<Self, &'static str> {
        match status {
            // In review: it was created for a change set that was never executed.
            None | Some(StackStatus::ReviewInProgress | StackStatus::DeleteComplete) => Ok(Self::Create),
            Some(StackStatus::RollbackComplete) => Ok(Self::DeleteThenCreate),
            Some(StackStatus::CreateComplete | StackStatus::UpdateComplete | StackStatus::UpdateRollbackComplete) => {
                Ok(Self::Update)
            }
            Some(StackStatus::UpdateRollbackFailed) => {
                Err("its rollback failed; fix the cause in its events, then continue the rollback")
            }
            Some(StackStatus::CreateFailed | StackStatus::RollbackFailed | StackStatus::DeleteFailed) => {
                Err("fix the cause in its events, then delete it (a local stack: `--fresh`)")
            }
            Some(status) if status.as_str().ends_with("_IN_PROGRESS") => Err(
                "another operation is in progress; wait until it is complete (a local stack whose deployment was killed: `--fresh`)",
            ),
            Some(_) => Err("CloudFormation creates no change set in this status; see its events"),
        }
    }
}

/// Whether a change set failed because it is empty. CloudFormation has no separate status for this, and two messages: one for
/// templates without transforms, one for templates with them.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-create.html>
pub(super) fn is_no_change(reason: &str) -> bool {
    reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_that_does_not_exist_is_created() {
        assert_eq!(Operation::from_status(None), Ok(Operation::Create));
        assert_eq!(Operation::from_status(Some(&StackStatus::ReviewInProgress)), Ok(Operation::Create));
    }

    #[test]
    fn a_stack_whose_creation_was_rolled_back_is_created_again() {
        assert_eq!(Operation::from_status(Some(&StackStatus::RollbackComplete)), Ok(Operation::DeleteThenCreate));
    }

    #[test]
    fn a_stack_that_works_is_updated_even_after_a_failed_update() {
        for status in [StackStatus::CreateComplete, StackStatus::UpdateComplete, StackStatus::UpdateRollbackComplete] {
            assert_eq!(Operation::from_status(Some(&status)), Ok(Operation::Update), "{status:?}");
        }
    }

    #[test]
    fn a_stack_that_is_busy_or_broken_is_not_changed() {
        for status in StackStatus::values() {
            let status = StackStatus::from(*status);
            let fine = Operation::from_status(Some(&status)).is_ok();
            let text = status.as_str();
            let busy = text.ends_with("_IN_PROGRESS") && status != StackStatus::ReviewInProgress;
            assert!(!(fine && (busy || text.ends_with("_FAILED"))), "{text}");
        }
    }

    #[test]
    fn an_empty_change_set_is_distinguished_from_a_rejected_one() {
        assert!(is_no_change(
            "The submitted information didn't contain changes. Submit different information to create a change set."
        ));
        assert!(is_no_change("No updates are to be performed."));
        assert!(!is_no_change("Parameter EdgeKey failed to satisfy constraint"));
    }
}
