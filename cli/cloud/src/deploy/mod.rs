//! Deploying a stack through a change set: what will happen is known, and shown, before it happens.

mod changes;
mod events;
mod kind;
mod outputs;
mod parameters;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudformation::{
    Client,
    error::ProvideErrorMetadata as _,
    types::{Capability, ChangeSetStatus, ChangeSetType, Parameter, Stack},
};
use tokio::time::sleep;

pub use self::{
    changes::{Action, Change, Changes},
    outputs::{MissingOutput, Outputs},
    parameters::{KeyAlgorithm, Parameters},
};
use self::{events::Events, kind::Kind};
use crate::cloud::{CallError, Cloud};

/// How often CloudFormation is asked. An account is asked over a network and limits how often.
const POLL_LOCAL: Duration = Duration::from_millis(50);

/// What is to be deployed.
#[derive(Clone, Debug)]
pub struct Deployment<'a> {
    /// The stack's name.
    pub stack: &'a str,
    /// The template's text, at most 51,200 bytes, which CloudFormation takes inline.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
    pub template: &'a str,
    /// Its parameters, each with its value, such as [`Parameters::values`].
    pub parameters: &'a [(&'static str, String)],
}

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
    /// The stack's outputs are not those of the template.
    #[error(transparent)]
    Output(#[from] MissingOutput),
}

/// What a change set would do, not yet done.
#[derive(Debug)]
pub struct ChangeSet {
    id: String,
    /// What it would do.
    pub changes: Changes,
}

/// Creates a change set and waits until CloudFormation has computed it; `None` if there is nothing to change.
///
/// A stack that never came to be, because its first deployment failed, is deleted first: it can do nothing else.
///
/// # Errors
/// See [`Error`].
pub async fn plan(cloud: &Cloud, deployment: &Deployment<'_>) -> Result<Option<ChangeSet>, Error> {
    let client = cloud.cloudformation();
    let Deployment { stack, template, parameters } = *deployment;
    if !has_resources(template) {
        return Err(Error::Refused { reason: "the template has no section Resources".to_owned() });
    }
    let status = describe(&client, stack).await?.and_then(|found| found.stack_status().cloned());
    let kind = Kind::of(status.as_ref()).map_err(|advice| Error::Stuck {
        stack: stack.to_owned(),
        status: status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        advice,
    })?;
    if kind == Kind::DeleteThenCreate {
        delete(&client, stack).await?;
    }
    // Unique among the stack's change sets; nothing is decided by this clock.
    let name = format!("vitae-{}", SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis());
    let created = client
        .create_change_set()
        .stack_name(stack)
        .change_set_name(&name)
        .change_set_type(if kind == Kind::Update { ChangeSetType::Update } else { ChangeSetType::Create })
        .template_body(template)
        .set_parameters(Some(parameters.iter().map(parameter).collect()))
        .capabilities(Capability::CapabilityIam)
        .send()
        .await
        .map_err(|error| CallError::new("CreateChangeSet", &error))?;
    let id = created.id().unwrap_or(&name).to_owned();
    let changes = loop {
        let (status, reason, changes) = describe_change_set(&client, stack, &id).await?;
        match status {
            ChangeSetStatus::CreateComplete => break changes,
            ChangeSetStatus::Failed => {
                // It would stay in the stack's list for ever.
                let deleted = client.delete_change_set().stack_name(stack).change_set_name(&id).send().await;
                deleted.map_err(|error| CallError::new("DeleteChangeSet", &error))?;
                return if kind::says_nothing_to_change(&reason) { Ok(None) } else { Err(Error::Refused { reason }) };
            }
            _ => sleep(POLL_LOCAL).await,
        }
    };
    Ok(Some(ChangeSet { id, changes }))
}

/// Whether a template has the one section that it must have. CloudFormation says so itself; the local cloud takes a template
/// without it, one that is half saved perhaps, and removes all that the stack has.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html>
fn has_resources(template: &str) -> bool {
    let is_json = template.trim_start().starts_with('{');
    if is_json {
        template.contains("\"Resources\"")
    } else {
        template.lines().any(|line| line.starts_with("Resources:"))
    }
}

/// Executes a change set and waits for its end, telling each of the stack's events as it comes.
///
/// # Errors
/// See [`Error`].
pub async fn execute(
    cloud: &Cloud,
    stack: &str,
    change_set: &ChangeSet,
    mut tell: impl FnMut(&str),
) -> Result<(), Error> {
    let client = cloud.cloudformation();
    let mut events = Events::after_now(&client, stack).await?;
    let executed = client.execute_change_set().stack_name(stack).change_set_name(&change_set.id).send().await;
    executed.map_err(|error| CallError::new("ExecuteChangeSet", &error))?;
    loop {
        // The status first: the events read after it are then all there are.
        let status = describe(&client, stack).await?.and_then(|found| found.stack_status().cloned());
        for line in events.read(&client, stack).await? {
            tell(&line);
        }
        let status = status.map(|status| status.as_str().to_owned()).unwrap_or_default();
        if matches!(status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE") {
            return Ok(());
        }
        if !status.ends_with("_IN_PROGRESS") {
            let cause = events.first_failure().unwrap_or_else(|| "no resource says why".to_owned());
            return Err(Error::Failed { stack: stack.to_owned(), status, cause });
        }
        sleep(POLL_LOCAL).await;
    }
}

/// The outputs of a stack.
///
/// # Errors
/// See [`Error`].
pub async fn outputs(cloud: &Cloud, stack: &str) -> Result<Outputs, Error> {
    let found = describe(&cloud.cloudformation(), stack).await?;
    let outputs = found.iter().flat_map(Stack::outputs);
    Ok(Outputs::read(outputs.filter_map(|output| Some((output.output_key()?, output.output_value()?))))?)
}

fn parameter((name, value): &(&'static str, String)) -> Parameter {
    Parameter::builder().parameter_key(*name).parameter_value(value).build()
}

/// The physical id of a resource, such as a role's name.
///
/// # Errors
/// See [`Error`].
pub async fn physical_id(cloud: &Cloud, stack: &str, logical_id: &str) -> Result<String, Error> {
    let call = format!("DescribeStackResource of {logical_id}");
    let found =
        cloud.cloudformation().describe_stack_resource().stack_name(stack).logical_resource_id(logical_id).send();
    let found = found.await.map_err(|error| CallError::new(&call, &error))?;
    let id = found.stack_resource_detail().and_then(|resource| resource.physical_resource_id());
    Ok(id.map(str::to_owned).ok_or_else(|| CallError { call, reason: "the answer holds no physical id".to_owned() })?)
}

async fn delete(client: &Client, stack: &str) -> Result<(), Error> {
    let deleted = client.delete_stack().stack_name(stack).send().await;
    deleted.map_err(|error| CallError::new("DeleteStack", &error))?;
    while let Some(found) = describe(client, stack).await? {
        let status = found.stack_status().map_or("", |status| status.as_str());
        if status == "DELETE_FAILED" {
            let cause = found.stack_status_reason().unwrap_or("no reason given").to_owned();
            return Err(Error::Failed { stack: stack.to_owned(), status: status.to_owned(), cause });
        }
        sleep(POLL_LOCAL).await;
    }
    Ok(())
}

/// The stack, if there is one.
async fn describe(client: &Client, stack: &str) -> Result<Option<Stack>, CallError> {
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

async fn describe_change_set(
    client: &Client,
    stack: &str,
    id: &str,
) -> Result<(ChangeSetStatus, String, Changes), CallError> {
    let mut changes = Changes::default();
    let mut next = None;
    loop {
        let page = client.describe_change_set().stack_name(stack).change_set_name(id).set_next_token(next).send().await;
        let page = page.map_err(|error| CallError::new("DescribeChangeSet", &error))?;
        changes.extend(page.changes());
        next = page.next_token().map(str::to_owned);
        if next.is_none() {
            let status = page.status().cloned().unwrap_or(ChangeSetStatus::CreatePending);
            return Ok((status, page.status_reason().unwrap_or_default().to_owned(), changes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::has_resources;

    #[test]
    fn a_template_without_resources_is_none() {
        for template in ["Description: x\nResources:\n  Table:\n", "Resources: {Table: {}}", "{\"Resources\": {}}"] {
            assert!(has_resources(template), "{template:?}");
        }
        for template in
            ["", "Description: x\n", "Resource:\n  Table:\n", "Outputs:\n  Resources:\n", "{\"Outputs\": {}}"]
        {
            assert!(!has_resources(template), "{template:?}");
        }
    }
}
