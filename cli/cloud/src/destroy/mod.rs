//! The end of a system in an account.
//!
//! What watches goes before what serves. What holds data stays, since no command should be able to lose a CV or the counts by a
//! slip; it is named, with what removes it. The edge function stays too, for hours: CloudFront's replicas of it outlive the
//! distribution, and Lambda deletes no function that has any. Run again later, `destroy` finds it and deletes it.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html>

mod left_behind;
mod replicas;

use aws_sdk_cloudformation::types::StackResourceSummary;

pub use self::{
    left_behind::LeftBehind,
    replicas::{Swept, sweep},
};
use crate::{
    cloud::{CallError, Cloud},
    deploy::{self, Template, delete},
    release::Part,
};

/// What a stack holds that outlives it, by its template.
///
/// # Errors
/// The call that failed.
pub async fn outlives(cloud: &Cloud, stack: &str, template: Template<'_>) -> Result<Vec<LeftBehind>, CallError> {
    let outlive: Vec<_> = template.outlive().collect();
    let resources = resources(cloud, stack).await?;
    let stays =
        |resource: &&StackResourceSummary| outlive.contains(&resource.logical_resource_id().unwrap_or_default());
    Ok(resources.iter().filter(stays).filter_map(LeftBehind::of).collect())
}

/// How many resources a stack has.
///
/// # Errors
/// The call that failed.
pub async fn size(cloud: &Cloud, stack: &str) -> Result<usize, CallError> {
    Ok(resources(cloud, stack).await?.len())
}

/// Deletes a part of a system, if it is there, telling each event.
///
/// # Errors
/// What CloudFormation says.
pub async fn remove(cloud: &Cloud, system: &str, part: Part, tell: impl FnMut(&str)) -> Result<(), deploy::Error> {
    delete(cloud, &part.stack(system), tell).await
}

async fn resources(cloud: &Cloud, stack: &str) -> Result<Vec<StackResourceSummary>, CallError> {
    let mut resources = Vec::new();
    let mut pages = cloud.cloudformation().list_stack_resources().stack_name(stack).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new(format!("ListStackResources of {stack}"), &error))?;
        resources.extend_from_slice(page.stack_resource_summaries());
    }
    Ok(resources)
}
