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
    aws::AwsClients,
    deploy::{self, Template, delete, release::Part},
};

/// What of a stack's resources outlives it, by its template.
#[must_use]
pub fn outlives(resources: &[StackResourceSummary], template: Template<'_>) -> Vec<LeftBehind> {
    let outlive: Vec<_> = template.outlive().collect();
    let stays =
        |resource: &&StackResourceSummary| outlive.contains(&resource.logical_resource_id().unwrap_or_default());
    resources.iter().filter(stays).filter_map(LeftBehind::of).collect()
}

/// Deletes a part of a system, if it is there, telling each event.
///
/// # Errors
/// What CloudFormation says.
pub async fn remove(aws: &AwsClients, system: &str, part: Part, tell: impl FnMut(&str)) -> Result<(), deploy::Error> {
    delete(aws, &part.stack(system), tell).await
}
