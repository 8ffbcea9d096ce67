//! Which change set a stack's status calls for.

use aws_sdk_cloudformation::types::StackStatus;

/// What must be done to a stack of some status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// There is none.
    Create,
    /// Its first deployment failed and was rolled back: it holds nothing and takes no update.
    DeleteThenCreate,
    /// There is one that works.
    Update,
}

impl Kind {
    /// From the status, `None` being no stack; else what the owner must do first.
    pub(super) fn of(status: Option<&StackStatus>) -> Result<Self, &'static str> {
        match status {
            // In review: it exists as the home of a change set that was never executed.
            None | Some(StackStatus::ReviewInProgress | StackStatus::DeleteComplete) => Ok(Self::Create),
            Some(StackStatus::RollbackComplete) => Ok(Self::DeleteThenCreate),
            Some(StackStatus::CreateComplete | StackStatus::UpdateComplete | StackStatus::UpdateRollbackComplete) => {
                Ok(Self::Update)
            }
            Some(StackStatus::UpdateRollbackFailed) => {
                Err("its roll-back failed; see its events, put right what they name, then continue the roll-back")
            }
            Some(StackStatus::CreateFailed | StackStatus::RollbackFailed | StackStatus::DeleteFailed) => {
                Err("see its events, put right what they name, then delete it (a local one: `--fresh`)")
            }
            Some(status) if status.as_str().ends_with("_IN_PROGRESS") => Err(
                "something else is changing it; wait until it is done (a local one whose deployment was killed: `--fresh`)",
            ),
            Some(_) => Err("no change set can be made for it; see its events"),
        }
    }
}

/// Whether the reason of a failed change set means that there is nothing to change, for which CloudFormation has no
/// status of its own. The two sentences: for a template without transforms, and for one with.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-create.html>
pub(super) fn says_nothing_to_change(reason: &str) -> bool {
    reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stack_is_created() {
        assert_eq!(Kind::of(None), Ok(Kind::Create));
        assert_eq!(Kind::of(Some(&StackStatus::ReviewInProgress)), Ok(Kind::Create));
    }

    #[test]
    fn a_stack_that_never_came_to_be_is_made_anew() {
        assert_eq!(Kind::of(Some(&StackStatus::RollbackComplete)), Ok(Kind::DeleteThenCreate));
    }

    #[test]
    fn a_stack_that_works_is_updated_even_after_a_failed_update() {
        for status in [StackStatus::CreateComplete, StackStatus::UpdateComplete, StackStatus::UpdateRollbackComplete] {
            assert_eq!(Kind::of(Some(&status)), Ok(Kind::Update), "{status:?}");
        }
    }

    #[test]
    fn a_stack_that_is_busy_or_broken_is_left_alone() {
        for status in StackStatus::values() {
            let status = StackStatus::from(*status);
            let fine = Kind::of(Some(&status)).is_ok();
            let text = status.as_str();
            let busy = text.ends_with("_IN_PROGRESS") && status != StackStatus::ReviewInProgress;
            assert!(!(fine && (busy || text.ends_with("_FAILED"))), "{text}");
        }
    }

    #[test]
    fn nothing_to_change_is_told_from_a_refusal() {
        assert!(says_nothing_to_change(
            "The submitted information didn't contain changes. Submit different information to create a change set."
        ));
        assert!(says_nothing_to_change("No updates are to be performed."));
        assert!(!says_nothing_to_change("Parameter EdgeKey failed to satisfy constraint"));
    }
}
