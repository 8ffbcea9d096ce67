//! A CloudFormation stack: its change sets, its state, its deletion.

mod change_set;
mod changes;
mod events;
mod kind;
mod outputs;
mod parameters;
mod settings;
mod template;

use std::collections::BTreeMap;

use aws_sdk_cloudformation::{
    Client,
    error::ProvideErrorMetadata as _,
    types::{Stack, StackResourceSummary},
};
use tokio::time::sleep;

use self::events::Events;
pub(super) use self::parameters::of_code;
pub use self::{
    change_set::{ChangeSet, Deployment, discard, execute, plan},
    changes::{Action, Change, Changes},
    outputs::{MissingOutput, Outputs},
    parameters::{KeyAlgorithm, Parameters},
    settings::{Settings, Unusable},
    template::Template,
};
use super::bootstrap::BOOTSTRAP;
use crate::aws::{AwsClients, CallError};

/// Why a stack is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The stack is in a state in which it cannot be changed.
    #[error("the stack {stack} is {status}: {advice}")]
    Stuck {
        /// The stack.
        stack: String,
        /// Its status, in CloudFormation's words.
        status: String,
        /// What to do.
        advice: &'static str,
    },
    /// CloudFormation refuses the change set.
    #[error("CloudFormation refuses the change set: {reason}")]
    Refused {
        /// Why, in its words.
        reason: String,
    },
    /// The stack's operation failed.
    #[error("the stack {stack} ended {status}: {cause}")]
    Failed {
        /// The stack.
        stack: String,
        /// Its status now.
        status: String,
        /// The first resource that failed and why.
        cause: String,
    },
    /// The account was not made ready.
    #[error(
        "the account has no stack {} with an artifact bucket and a permissions boundary: an administrator makes it once by `vitae bootstrap` (or give --artifact-bucket)",
        BOOTSTRAP
    )]
    NoBootstrap,
    /// The stack's outputs are not those of the template.
    #[error(transparent)]
    Output(#[from] MissingOutput),
}

/// The outputs of a stack that was made from `stack.yaml`.
///
/// # Errors
/// See [`Error`].
pub async fn outputs(aws: &AwsClients, stack: &str) -> Result<Outputs, Error> {
    let values = values(aws, stack).await?.unwrap_or_default();
    Ok(Outputs::read(values.iter().map(|(name, value)| (name.as_str(), value.as_str())))?)
}

/// The outputs of any stack by name, if there is one.
///
/// # Errors
/// The call that failed.
pub async fn values(aws: &AwsClients, stack: &str) -> Result<Option<BTreeMap<String, String>>, CallError> {
    let Some(found) = describe(&aws.cloudformation(), stack).await? else { return Ok(None) };
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
    Ok(id.map(str::to_owned).ok_or_else(|| CallError { call, reason: "the answer holds no physical id".to_owned() })?)
}

/// What a stack has made.
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

/// The id of a stack, if there is one: its name may be another stack's one day, its id never.
///
/// # Errors
/// The call that failed.
pub async fn id(aws: &AwsClients, stack: &str) -> Result<Option<String>, CallError> {
    let found = describe(&aws.cloudformation(), stack).await?;
    Ok(found.and_then(|found| found.stack_id().map(str::to_owned)))
}

/// Deletes a stack and waits for its end, telling each of its events as it comes.
///
/// # Errors
/// See [`Error`].
pub async fn delete(aws: &AwsClients, stack: &str, mut tell: impl FnMut(&str)) -> Result<(), Error> {
    let client = aws.cloudformation();
    // By its id, under which CloudFormation still knows it when it is gone.
    let Some(id) = id(aws, stack).await? else { return Ok(()) };
    let mut events = Events::after_now(&client, &id).await?;
    let deleted = client.delete_stack().stack_name(&id).send().await;
    deleted.map_err(|error| CallError::new("DeleteStack", &error))?;
    loop {
        let found = describe(&client, &id).await?;
        let status = found.as_ref().and_then(Stack::stack_status).map_or("", |status| status.as_str());
        if found.is_some() {
            for line in events.read(&client, &id).await? {
                tell(&line);
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

/// The stack, if there is one.
pub(super) async fn describe(client: &Client, stack: &str) -> Result<Option<Stack>, CallError> {
    match client.describe_stacks().stack_name(stack).send().await {
        Ok(answer) => Ok(answer.stacks().first().cloned()),
        // CloudFormation has no code of its own for this.
        Err(error)
            if error.code() == Some("ValidationError")
                && error.message().is_some_and(|message| message.contains("does not exist")) =>
        {
            Ok(None)
        }
        Err(error) => Err(CallError::new("DescribeStacks", &error)),
    }
}
