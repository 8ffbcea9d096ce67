//! The stack that is examined.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{Stack, StackResourceSummary};
use vitae_parameters::Prefix;

use crate::{
    aws::{AwsClients, CallError},
    deploy::{self, Outputs, StackKind},
    operate::http,
};

/// Type and physical id, by logical id.
type Resources = BTreeMap<String, (String, String)>;

/// The stack that is examined, and what every check needs to know of it.
#[derive(Clone, Debug)]
pub struct Subject {
    pub(super) aws: AwsClients,
    pub(super) name: String,
    pub(super) prefix: Prefix,
    pub(super) outputs: Outputs,
    /// `arn:aws:cloudformation:us-east-1:123456789012:stack/resume/...`
    pub(super) stack_arn: String,
    /// What the policies of buckets and functions must name as the source.
    pub(super) distribution_arn: String,
    /// Where clients reach it.
    pub(super) address: String,
    /// What the stack made: type and physical id, by logical id.
    pub(super) resources: Resources,
    /// What the stack that watches it made, if there is one.
    pub(super) watching: Resources,
}

impl Subject {
    pub(super) async fn of(aws: &AwsClients, name: &str, described: &Stack) -> Result<Self, CallError> {
        let failed = |call: &str, reason: String| CallError { call: format!("{call} of {name}"), reason };
        let prefix = Prefix::from_stack_name(name).map_err(|error| failed("DescribeStacks", error.to_string()))?;
        let outputs = deploy::outputs(aws, name).await;
        let outputs = outputs.map_err(|error| failed("DescribeStacks", error.to_string()))?;
        let address = http::address(aws, name).await?;
        let stack_arn = described.stack_id().unwrap_or_default().to_owned();
        let distribution_arn = distribution_arn(&stack_arn, &outputs.distribution_id);
        let watching = match resources(aws, &StackKind::Observability.stack_name(name)).await {
            Err(error) if error.reason.contains("does not exist") => Resources::new(),
            found => found?,
        };
        let resources = resources(aws, name).await?;
        Ok(Self {
            aws: aws.clone(),
            name: name.to_owned(),
            prefix,
            outputs,
            stack_arn,
            distribution_arn,
            address,
            resources,
            watching,
        })
    }

    /// The physical id of a resource.
    pub(super) fn physical_id(&self, logical_id: &str) -> Result<&str, CallError> {
        let found = self.resources.get(logical_id).map(|(_, id)| id.as_str());
        found.ok_or_else(|| CallError {
            call: format!("ListStackResources of {}", self.name),
            reason: format!("the stack has no {logical_id}"),
        })
    }
}

/// The distribution's ARN, in the partition and account of the stack's. It has no region.
pub(super) fn distribution_arn(stack_arn: &str, distribution_id: &str) -> String {
    let mut parts = stack_arn.split(':');
    let partition = parts.nth(1).unwrap_or("aws");
    let account = parts.nth(2).unwrap_or_default();
    format!("arn:{partition}:cloudfront::{account}:distribution/{distribution_id}")
}

async fn resources(aws: &AwsClients, name: &str) -> Result<Resources, CallError> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let named = |resource: &StackResourceSummary| {
        let value = (text(resource.resource_type()), text(resource.physical_resource_id()));
        (text(resource.logical_resource_id()), value)
    };
    Ok(deploy::resources(aws, name).await?.iter().map(named).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_is_in_its_stacks_partition_and_account() {
        let stack = "arn:aws-cn:cloudformation:us-east-1:123456789012:stack/resume/1";
        assert_eq!(distribution_arn(stack, "E1"), "arn:aws-cn:cloudfront::123456789012:distribution/E1");
    }
}
