//! CloudFormation stacks: change sets, outputs, resources and deletion.

mod change_set;
mod changes;
mod events;
mod inbox;
mod kind;
mod operation;
mod outputs;
mod parameters;
mod settings;
mod template;
mod validation;

use std::collections::BTreeMap;

use aws_sdk_cloudformation::{
    Client,
    error::ProvideErrorMetadata as _,
    types::{Stack, StackResourceSummary, StackStatus},
};
use tokio::time::sleep;

use self::events::Events;
pub use self::{
    change_set::{ChangeSet, Deployment, Purpose, discard, execute, plan},
    changes::{Action, Change, Changes},
    inbox::{InboxOutputs, inbox_outputs, local_inbox_parameters},
    kind::StackKind,
    outputs::{LinksOutputs, MailOutputs, MissingOutput, Outputs},
    parameters::{KeyAlgorithm, Parameters},
    settings::{RESERVED_PARAMETERS, Settings, SettingsError},
    template::{PlannedResource, Template},
};
pub(super) use self::{
    inbox::NO_SCANNER,
    parameters::{PAY_AS_YOU_GO, code_parameters},
};
use super::bootstrap::BOOTSTRAP_STACK;
use crate::aws::{AwsClients, CallError};

/// Why an operation on a stack failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The status of the stack allows no change.
    #[error("stack {stack} is {status}: {advice}")]
    Blocked {
        /// The stack.
        stack: String,
        /// Its status.
        status: String,
        /// What to do.
        advice: &'static str,
    },
    /// The stack cannot be planned, since CloudFormation does not update it.
    #[error("the first deployment of {stack} failed (ROLLBACK_COMPLETE); the next deployment deletes the stack first")]
    FirstDeploymentFailed {
        /// The stack.
        stack: String,
    },
    /// CloudFormation rejected the change set.
    #[error("CloudFormation rejected the change set: {reason}")]
    Rejected {
        /// The reason.
        reason: String,
    },
    /// The operation failed.
    #[error("stack {stack} failed with {status}: {cause}")]
    Failed {
        /// The stack.
        stack: String,
        /// Its final status.
        status: String,
        /// The first resource that failed, and the reason.
        cause: String,
    },
    /// The account has no bootstrap stack.
    #[error(
        "the account has no stack {} with an artifact bucket and a permissions boundary; an administrator creates it once with `vitae bootstrap` (or pass --artifact-bucket)",
        BOOTSTRAP_STACK
    )]
    NoBootstrap,
    /// The stack has no outputs yet.
    #[error("stack {stack} is not deployed; deploy it with `cargo vitae deploy --stack {stack}`")]
    NotDeployed {
        /// The stack.
        stack: String,
    },
    /// An output of the template is missing.
    #[error(transparent)]
    Output(#[from] MissingOutput),
}

/// The outputs of a stack that was created from `stack.yaml`.
///
/// # Errors
/// See [`Error`].
pub async fn outputs(aws: &AwsClients, stack: &str) -> Result<Outputs, Error> {
    let values = output_values(aws, stack).await?.ok_or_else(|| Error::NotDeployed { stack: stack.to_owned() })?;
    Ok(Outputs::read(values.iter().map(|(name, value)| (name.as_str(), value.as_str())))?)
}

/// The outputs of any stack, by name; `None` if the stack does not exist, or was created for a change set that was not executed.
///
/// # Errors
/// The call that failed.
pub async fn output_values(aws: &AwsClients, stack: &str) -> Result<Option<BTreeMap<String, String>>, CallError> {
    let found = describe(&aws.cloudformation(), stack).await?.filter(|found| !is_in_review(found));
    let Some(found) = found else { return Ok(None) };
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Ok(Some(found.outputs().iter().map(|output| (text(output.output_key()), text(output.output_value()))).collect()))
}

/// The physical id of a resource, such as a role's name.
///
/// # Errors
/// See [`Error`].
pub async fn physical_id(aws: &AwsClients, stack: &str, logical_id: &str) -> Result<String, Error> {
    let call = format!("DescribeStackResource of {logical_id}");
    let found = aws.cloudformation().describe_stack_resource().stack_name(stack).logical_resource_id(logical_id).send();
    let found = found.await.map_err(|error| CallError::new(&call, &error))?;
    let id = found.stack_resource_detail().and_then(|resource| resource.physical_resource_id());
    Ok(id.map(str::to_owned).ok_or_else(|| CallError { call, reason: "the response has no physical id".to_owned() })?)
}

/// The resources of a stack.
///
/// # Errors
/// The call that failed.
pub async fn resources(aws: &AwsClients, stack: &str) -> Result<Vec<StackResourceSummary>, CallError> {
    let mut resources = Vec::new();
    let mut pages = aws.cloudformation().list_stack_resources().stack_name(stack).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new(format!("ListStackResources of {stack}"), &error))?;
        resources.extend_from_slice(page.stack_resource_summaries());
    }
    Ok(resources)
}

/// The id of a stack, if it exists. A name can be reused after a deletion; an id cannot.
///
/// # Errors
/// The call that failed.
pub async fn stack_id(aws: &AwsClients, stack: &str) -> Result<Option<String>, CallError> {
    let found = describe(&aws.cloudformation(), stack).await?;
    Ok(found.and_then(|found| found.stack_id().map(str::to_owned)))
}

/// Deletes a stack, if it exists, and waits until it is deleted. `report` is called with each event.
///
/// # Errors
/// See [`Error`].
pub async fn delete(aws: &AwsClients, stack: &str, mut report: impl FnMut(&str)) -> Result<(), Error> {
    let client = aws.cloudformation();
    // CloudFormation describes a deleted stack by its id only.
    let Some(id) = stack_id(aws, stack).await? else { return Ok(()) };
    let mut events = Events::from_now(&client, &id).await?;
    let deleted = client.delete_stack().stack_name(&id).send().await;
    deleted.map_err(|error| CallError::new("DeleteStack", &error))?;
    loop {
        let found = describe(&client, &id).await?;
        let status = found.as_ref().and_then(Stack::stack_status).map_or("", |status| status.as_str());
        if found.is_some() {
            for line in events.read(&client, &id).await? {
                report(&line);
            }
        }
        if matches!(status, "" | "DELETE_COMPLETE") {
            return Ok(());
        }
        if status == "DELETE_FAILED" {
            let reason = || found.as_ref().and_then(Stack::stack_status_reason).unwrap_or("no reason given").to_owned();
            let cause = events.first_failure().unwrap_or_else(reason);
            return Err(Error::Failed { stack: stack.to_owned(), status: status.to_owned(), cause });
        }
        sleep(aws.poll_interval()).await;
    }
}

/// Deletes a stack that CloudFormation created for a change set, and waits until it is deleted. It is not deleted if another
/// process has executed a change set of it in the meantime, or if the caller may not delete stacks, as the role of pull
/// requests; the next change set uses it then.
async fn delete_in_review(aws: &AwsClients, id: &str) -> Result<(), Error> {
    let client = aws.cloudformation();
    if !describe(&client, id).await?.is_some_and(|found| is_in_review(&found)) {
        return Ok(());
    }
    match client.delete_stack().stack_name(id).send().await {
        Ok(_) => {}
        Err(error) if matches!(error.code(), Some("AccessDenied" | "AccessDeniedException")) => return Ok(()),
        Err(error) => return Err(CallError::new("DeleteStack", &error).into()),
    }
    while let Some(found) = describe(&client, id).await? {
        match found.stack_status() {
            Some(StackStatus::ReviewInProgress | StackStatus::DeleteInProgress) => sleep(aws.poll_interval()).await,
            _ => break,
        }
    }
    Ok(())
}

/// Whether CloudFormation created the stack for a change set that was not executed.
fn is_in_review(stack: &Stack) -> bool {
    stack.stack_status() == Some(&StackStatus::ReviewInProgress)
}

/// The stack, if it exists.
pub(super) async fn describe(client: &Client, stack: &str) -> Result<Option<Stack>, CallError> {
    match client.describe_stacks().stack_name(stack).send().await {
        Ok(response) => Ok(response.stacks().first().cloned()),
        // CloudFormation has no separate error code for this.
        Err(error)
            if error.code() == Some("ValidationError")
                && error.message().is_some_and(|message| message.contains("does not exist")) =>
        {
            Ok(None)
        }
        Err(error) => Err(CallError::new("DescribeStacks", &error)),
    }
}
