//! Shows a change set, asks for confirmation, and executes it.

use std::fmt;

use serde::Serialize;
use vitae_cloud::{
    aws::AwsClients,
    deploy::{self, ChangeSet, Changes},
};
use vitae_setup::{Progress, Step};

use super::confirm::{Confirmation, confirm};

/// Options of a change.
#[derive(Clone, Copy)]
pub(super) struct ChangeOptions<'a> {
    /// Show the changes and apply none.
    pub(super) plan: bool,
    /// Do not prompt.
    pub(super) yes: bool,
    pub(super) progress: &'a Progress,
}

/// The result for one stack, as `--json` prints it. `Display` is the table.
#[derive(Serialize)]
pub(super) struct StackChange {
    pub(super) stack: String,
    pub(super) result: ChangeResult,
    pub(super) changes: Changes,
}

/// What was done to a stack.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChangeResult {
    Unchanged,
    Planned,
    Changed,
    /// The change was not confirmed. The command prints no report.
    #[serde(skip)]
    Declined(Confirmation),
}

impl fmt::Display for StackChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.result {
            ChangeResult::Unchanged => write!(f, "{}\nno changes", self.stack),
            _ => write!(f, "{}\n{}", self.stack, self.changes),
        }
    }
}

/// Shows an event of a stack: for a moment while an operation is in progress, and permanently once it has ended.
pub(super) fn show_event(step: &Step, event: &str) {
    if event.contains("_IN_PROGRESS") { step.update(event) } else { step.log(event) }
}

/// Shows the change set, and executes it once it is confirmed.
pub(super) async fn change(
    aws: &AwsClients,
    stack: String,
    change_set: Option<ChangeSet>,
    step: Step,
    options: ChangeOptions<'_>,
) -> Result<StackChange, deploy::Error> {
    let Some(change_set) = change_set else {
        step.done("no changes");
        return Ok(StackChange { stack, result: ChangeResult::Unchanged, changes: Changes::default() });
    };
    let changes = change_set.changes.clone();
    step.done(changes.summary());
    if options.plan {
        deploy::discard(aws, &stack, &change_set).await?;
        return Ok(StackChange { stack, result: ChangeResult::Planned, changes });
    }
    eprintln!("{changes}");
    let confirmation = confirm(&format!("Apply these changes to {stack}?"), "yes", options.yes);
    if confirmation != Confirmation::Yes {
        deploy::discard(aws, &stack, &change_set).await?;
        return Ok(StackChange { stack, result: ChangeResult::Declined(confirmation), changes });
    }
    let step = options.progress.step(format!("Change {stack}"));
    deploy::execute(aws, &stack, &change_set, |event| show_event(&step, event)).await?;
    step.done(changes.summary());
    Ok(StackChange { stack, result: ChangeResult::Changed, changes })
}
