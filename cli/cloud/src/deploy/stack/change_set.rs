//! Change sets: a deployment is planned and shown before it is executed.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_cloudformation::{
    Client,
    types::{Capability, ChangeSetStatus, ChangeSetType, Parameter, StackStatus},
};
use tokio::time::sleep;

use super::{
    Changes, Error, Template, delete, delete_in_review, describe,
    events::Events,
    operation::{self, Operation},
    validation::with_validation_failures,
};
use crate::aws::{AwsClients, CallError};

/// What a change set is for. Its name begins with it: the role of pull requests may manage change sets `plan-*` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It will be executed.
    Deploy,
    /// It is only shown.
    Plan,
}

impl Purpose {
    /// The purpose with or without `--plan`.
    #[must_use]
    pub const fn from_flag(plan: bool) -> Self {
        if plan { Self::Plan } else { Self::Deploy }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Plan => "plan",
        }
    }
}

/// A deployment of a template to a stack.
#[derive(Clone, Debug)]
pub struct Deployment<'a> {
    /// What the change set is for.
    pub purpose: Purpose,
    /// The stack's name.
    pub stack: &'a str,
    /// The template. CloudFormation accepts at most 51,200 bytes of its body in a request.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
    pub template: Template<'a>,
    /// The parameters by name, such as [`Parameters::values`](super::Parameters::values).
    pub parameters: &'a [(String, String)],
}

/// A change set that was created and not executed.
#[derive(Debug)]
pub struct ChangeSet {
    id: String,
    /// The id of the stack, if CloudFormation created it for this change set. It has no resources.
    created_stack: Option<String>,
    /// Its changes.
    pub changes: Changes,
}

/// Creates a change set and waits until CloudFormation has computed it; `None` if there are no changes.
///
/// A stack whose first deployment failed is deleted before a deployment, since CloudFormation does not update it. A plan changes
/// nothing and returns [`Error::FirstDeploymentFailed`].
///
/// # Errors
/// See [`Error`].
pub async fn plan(aws: &AwsClients, deployment: &Deployment<'_>) -> Result<Option<ChangeSet>, Error> {
    let client = aws.cloudformation();
    let Deployment { purpose, stack, template, parameters } = *deployment;
    if !template.has_resources() {
        return Err(Error::Rejected { reason: "the template has no Resources section".to_owned() });
    }
    let status = describe(&client, stack).await?.and_then(|found| found.stack_status().cloned());
    let operation = Operation::from_status(status.as_ref()).map_err(|advice| Error::Blocked {
        stack: stack.to_owned(),
        status: status.as_ref().map(|status| status.as_str().to_owned()).unwrap_or_default(),
        advice,
    })?;
    let is_new = operation != Operation::Update && status != Some(StackStatus::ReviewInProgress);
    if operation == Operation::DeleteThenCreate {
        if purpose == Purpose::Plan {
            return Err(Error::FirstDeploymentFailed { stack: stack.to_owned() });
        }
        delete(aws, stack, |_| ()).await?;
    }
    // Unique among the stack's change sets; the time has no other meaning.
    let milliseconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let name = format!("{}-{milliseconds}", purpose.as_str());
    let created = client
        .create_change_set()
        .stack_name(stack)
        .change_set_name(&name)
        .change_set_type(if operation == Operation::Update { ChangeSetType::Update } else { ChangeSetType::Create })
        .template_body(template.body())
        .set_parameters(Some(parameters.iter().map(parameter).collect()))
        .capabilities(Capability::CapabilityIam)
        .send()
        .await
        .map_err(|error| CallError::new("CreateChangeSet", &error))?;
    let id = created.id().unwrap_or(&name).to_owned();
    let created_stack = created.stack_id().filter(|_| is_new).map(str::to_owned);
    let changes = loop {
        let (status, reason, changes) = describe_change_set(&client, stack, &id).await?;
        match status {
            ChangeSetStatus::CreateComplete => break changes,
            ChangeSetStatus::Failed => {
                let reason = with_validation_failures(&client, &id, reason).await;
                // CloudFormation keeps failed change sets until they are deleted.
                let deleted = client.delete_change_set().stack_name(stack).change_set_name(&id).send().await;
                deleted.map_err(|error| CallError::new("DeleteChangeSet", &error))?;
                if let Some(id) = &created_stack {
                    delete_in_review(aws, id).await?;
                }
                return if operation::is_no_change(&reason) { Ok(None) } else { Err(Error::Rejected { reason }) };
            }
            _ => sleep(aws.poll_interval()).await,
        }
    };
    Ok(Some(ChangeSet { id, created_stack, changes }))
}

/// Executes a change set and waits until it is complete. `report` is called with each event of the stack.
///
/// # Errors
/// See [`Error`].
pub async fn execute(
    aws: &AwsClients,
    stack: &str,
    change_set: &ChangeSet,
    mut report: impl FnMut(&str),
) -> Result<(), Error> {
    let client = aws.cloudformation();
    let mut events = Events::from_now(&client, stack).await?;
    let executed = client.execute_change_set().stack_name(stack).change_set_name(&change_set.id).send().await;
    executed.map_err(|error| CallError::new("ExecuteChangeSet", &error))?;
    loop {
        // Read the status before the events, so that the events of a final status are complete.
        let status = describe(&client, stack).await?.and_then(|found| found.stack_status().cloned());
        for line in events.read(&client, stack).await? {
            report(&line);
        }
        let status = status.map(|status| status.as_str().to_owned()).unwrap_or_default();
        if matches!(status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE") {
            return Ok(());
        }
        if !status.ends_with("_IN_PROGRESS") {
            let cause = events.first_failure().unwrap_or_else(|| "no event has a reason".to_owned());
            return Err(Error::Failed { stack: stack.to_owned(), status, cause });
        }
        sleep(aws.poll_interval()).await;
    }
}

/// Deletes a change set that is not executed, and the stack that CloudFormation created for it, if the caller may delete stacks.
///
/// # Errors
/// See [`Error`].
pub async fn discard(aws: &AwsClients, stack: &str, change_set: &ChangeSet) -> Result<(), Error> {
    let deleted =
        aws.cloudformation().delete_change_set().stack_name(stack).change_set_name(&change_set.id).send().await;
    deleted.map_err(|error| CallError::new("DeleteChangeSet", &error))?;
    match &change_set.created_stack {
        Some(id) => delete_in_review(aws, id).await,
        None => Ok(()),
    }
}

fn parameter((name, value): &(String, String)) -> Parameter {
    Parameter::builder().parameter_key(name).parameter_value(value).build()
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
