//! The deletion of a system: resources that are kept, and the edge function.
//!
//! Stateful resources are kept, so that no command can delete a CV or the counts by mistake; [`RetainedResource::removal`] is the
//! command that deletes one. The edge function is kept for some hours: CloudFront removes its replicas after the distribution,
//! and Lambda does not delete a function that has replicas.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html>

use aws_sdk_cloudformation::types::StackResourceSummary;
use aws_sdk_lambda::error::ProvideErrorMetadata as _;
use serde::Serialize;

use crate::{
    aws::{AwsClients, CallError},
    deploy::Template,
};

/// Part of Lambda's error for a function that has replicas.
const REPLICATED: &str = "replicated function";

/// The buckets with versions, which `aws s3 rb --force` does not empty.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html>
const VERSIONED: [&str; 3] = ["UploadBucket", "InboxBucket", "QuarantineBucket"];

/// A resource that is kept when its stack is deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RetainedResource {
    /// The name in the template.
    pub logical_id: String,
    /// The type, such as `AWS::S3::Bucket`.
    pub resource_type: String,
    /// The name in the account.
    pub physical_id: String,
}

impl RetainedResource {
    /// `None` for a resource that was never created.
    fn new(resource: &StackResourceSummary) -> Option<Self> {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Some(Self {
            logical_id: text(resource.logical_resource_id()),
            resource_type: text(resource.resource_type()),
            physical_id: resource.physical_resource_id().filter(|id| !id.is_empty())?.to_owned(),
        })
    }

    /// The command that deletes the resource and its data; `None` for the edge function, which [`delete_edge_functions`] deletes.
    #[must_use]
    pub fn removal(&self) -> Option<String> {
        let id = &self.physical_id;
        match self.resource_type.as_str() {
            // Deleted versions do not empty a bucket.
            "AWS::S3::Bucket" if VERSIONED.contains(&self.logical_id.as_str()) => {
                Some(format!("aws s3 rb s3://{id} # after you have emptied it in the console of S3: it has versions"))
            }
            "AWS::S3::Bucket" => Some(format!("aws s3 rb s3://{id} --force")),
            "AWS::DynamoDB::GlobalTable" => {
                Some(format!("aws dynamodb delete-table --region us-east-1 --table-name {id}"))
            }
            "AWS::Logs::LogGroup" => {
                Some(format!("aws logs delete-log-group --region us-east-1 --log-group-name {id}"))
            }
            _ => None,
        }
    }
}

/// The resources of a stack that its template retains.
#[must_use]
pub fn retained_resources(resources: &[StackResourceSummary], template: Template<'_>) -> Vec<RetainedResource> {
    let retained: Vec<_> = template.retained_resources().collect();
    let is_retained =
        |resource: &&StackResourceSummary| retained.contains(&resource.logical_resource_id().unwrap_or_default());
    resources.iter().filter(is_retained).filter_map(RetainedResource::new).collect()
}

/// The edge functions of a deleted system, by result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EdgeFunctions {
    /// Deleted now.
    pub deleted: Vec<String>,
    /// Not deleted, since CloudFront still has replicas.
    pub replicated: Vec<String>,
}

/// Deletes the edge functions of a deleted system, except those that have replicas.
///
/// # Errors
/// The call that failed.
pub async fn delete_edge_functions(aws: &AwsClients, system: &str) -> Result<EdgeFunctions, CallError> {
    let lambda = aws.lambda();
    let mut functions = EdgeFunctions::default();
    for function in list_edge_functions(aws, system).await? {
        match lambda.delete_function().function_name(&function).send().await {
            Ok(_) => functions.deleted.push(function),
            Err(error) if error.message().is_some_and(|message| message.contains(REPLICATED)) => {
                functions.replicated.push(function);
            }
            Err(error) => return Err(CallError::new(format!("DeleteFunction of {function}"), &error)),
        }
    }
    Ok(functions)
}

/// The edge functions of a system. CloudFormation's names begin with the names of stack and resource; the description
/// distinguishes systems whose names have the same beginning.
async fn list_edge_functions(aws: &AwsClients, system: &str) -> Result<Vec<String>, CallError> {
    let (prefix, description) = (format!("{system}-EdgeFunction-"), description(system));
    let mut found = Vec::new();
    let mut pages = aws.lambda().list_functions().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new("ListFunctions", &error))?;
        let ours = page.functions().iter().filter(|function| function.description() == Some(description.as_str()));
        let names = ours.filter_map(|function| function.function_name()).filter(|name| name.starts_with(&prefix));
        found.extend(names.map(str::to_owned));
    }
    Ok(found)
}

/// The description that `stack.yaml` gives the function.
fn description(system: &str) -> String {
    format!("Viewer requests of /api/* in {system}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(resource_type: &str) -> RetainedResource {
        RetainedResource {
            logical_id: "X".into(),
            resource_type: resource_type.into(),
            physical_id: "resume-x-1".into(),
        }
    }

    fn template(name: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cloudformation/");
        std::fs::read_to_string(format!("{folder}{name}")).unwrap()
    }

    #[test]
    fn a_stateful_resource_is_deleted_by_its_owner_and_by_name() {
        assert_eq!(resource("AWS::S3::Bucket").removal().unwrap(), "aws s3 rb s3://resume-x-1 --force");
        assert!(resource("AWS::DynamoDB::GlobalTable").removal().unwrap().ends_with("--table-name resume-x-1"));
    }

    #[test]
    fn the_edge_function_is_deleted_by_destroy_when_its_replicas_are_gone() {
        assert_eq!(resource("AWS::Lambda::Function").removal(), None);
    }

    #[test]
    fn every_resource_that_the_template_retains_is_one_or_the_other() {
        let (system, inbox) = (template("stack.yaml"), template("inbox.yaml"));
        let retained: Vec<_> = Template::new(&system).retained_resources().collect();
        assert_eq!(retained, ["SiteBucket", "CvBucket", "EdgeFunction", "EdgeVersion", "CounterTable"]);
        let retained: Vec<_> = Template::new(&inbox).retained_resources().collect();
        assert_eq!(retained, ["UploadBucket", "InboxBucket", "QuarantineBucket", "InboxTable"]);
    }

    #[test]
    fn a_bucket_with_versions_is_emptied_before_it_is_deleted() {
        let mut found = Vec::new();
        let (system, inbox) = (template("stack.yaml"), template("inbox.yaml"));
        for line in system.lines().chain(inbox.lines()) {
            if let Some(name) = line.strip_prefix("  ").and_then(|name| name.strip_suffix("Bucket:")) {
                found.push((format!("{name}Bucket"), false));
            } else if line.trim() == "VersioningConfiguration:"
                && let Some((_, is_versioned)) = found.last_mut()
            {
                *is_versioned = true;
            }
        }
        let versioned = found.iter().filter(|(_, is_versioned)| *is_versioned).map(|(name, _)| name.as_str());
        assert_eq!(versioned.collect::<Vec<_>>(), VERSIONED);
        let upload = RetainedResource { logical_id: "UploadBucket".into(), ..resource("AWS::S3::Bucket") };
        assert!(upload.removal().unwrap().contains("emptied"));
    }

    #[test]
    fn the_description_is_that_of_the_template() {
        assert!(
            template("stack.yaml").contains(&format!("Description: !Sub \"{}\"", description("${AWS::StackName}")))
        );
    }
}
