//! Showing what a change set would do, asking, and doing it.

use std::fmt;

use serde::Serialize;
use vitae_cloud::{
    aws::AwsClients,
    deploy::{self, ChangeSet, Changes},
    progress::{Progress, Step},
};

use super::{
    Ended,
    consent::{Consent, ask},
};

/// How a stack is changed.
#[derive(Clone, Copy)]
pub(super) struct How {
    /// Show it, and do nothing.
    pub(super) plan: bool,
    /// Do not ask.
    pub(super) yes: bool,
    pub(super) progress: Progress,
}

/// What was done to a stack, as `--json` prints it. `Display` is the table.
#[derive(Serialize)]
pub(super) struct OneStack {
    pub(super) stack: String,
    pub(super) result: Outcome,
    pub(super) changes: Changes,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Unchanged,
    Planned,
    Changed,
}

impl fmt::Display for OneStack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.result {
            Outcome::Unchanged => write!(f, "{}\nnothing to change", self.stack),
            Outcome::Planned | Outcome::Changed => write!(f, "{}\n{}", self.stack, self.changes),
        }
    }
}

/// Ends the step in which the change set was made, and does with it what is wanted.
pub(super) async fn change(
    aws: &AwsClients,
    stack: String,
    change_set: Option<ChangeSet>,
    step: Step,
    how: How,
) -> Result<Result<OneStack, Ended>, deploy::Error> {
    let Some(change_set) = change_set else {
        step.done("nothing changed");
        return Ok(Ok(OneStack { stack, result: Outcome::Unchanged, changes: Changes::default() }));
    };
    let changes = change_set.changes.clone();
    step.done(changes.summary());
    if how.plan {
        deploy::discard(aws, &stack, &change_set).await?;
        return Ok(Ok(OneStack { stack, result: Outcome::Planned, changes }));
    }
    eprintln!("{changes}");
    match ask(&format!("Change the stack {stack} so?"), "yes", how.yes) {
        Consent::Given => {}
        refused => {
            deploy::discard(aws, &stack, &change_set).await?;
            return Ok(Err(Ended::without(refused)));
        }
    }
    let step = how.progress.step("change");
    deploy::execute(aws, &stack, &change_set, |event| step.event(event)).await?;
    step.done(format_args!("{stack}: {}", changes.summary()));
    Ok(Ok(OneStack { stack, result: Outcome::Changed, changes }))
}
