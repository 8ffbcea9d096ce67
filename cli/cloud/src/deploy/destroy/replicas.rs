//! The edge functions of a system that is gone, which wait for CloudFront to take their replicas back.

use aws_sdk_lambda::error::ProvideErrorMetadata as _;

use crate::aws::{AwsClients, CallError};

/// What Lambda says of a function that CloudFront still has copies of.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html>
const REPLICATED: &str = "replicated function";

/// What became of the edge functions of a system that is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Deleted.
    pub deleted: Vec<String>,
    /// Not yet to be deleted: CloudFront has replicas.
    pub waiting: Vec<String>,
}

/// Deletes what can be deleted of the functions that stacks of this name left behind.
///
/// # Errors
/// The call that failed.
pub async fn sweep(aws: &AwsClients, system: &str) -> Result<Swept, CallError> {
    let lambda = aws.lambda();
    let mut swept = Swept::default();
    for function in left(aws, system).await? {
        match lambda.delete_function().function_name(&function).send().await {
            Ok(_) => swept.deleted.push(function),
            Err(error) if error.message().is_some_and(|message| message.contains(REPLICATED)) => {
                swept.waiting.push(function);
            }
            Err(error) => return Err(CallError::new(format!("DeleteFunction of {function}"), &error)),
        }
    }
    Ok(swept)
}

/// The edge functions of stacks of this name. The name that CloudFormation made begins with the stack's and the resource's; the
/// description tells a system from another whose name begins alike.
async fn left(aws: &AwsClients, system: &str) -> Result<Vec<String>, CallError> {
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

/// What `stack.yaml` writes into the function.
fn description(system: &str) -> String {
    format!("Viewer requests of /api/* in {system}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_the_templates() {
        let template =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../cloudformation/stack.yaml")).unwrap();
        assert!(template.contains(&format!("Description: !Sub \"{}\"", description("${AWS::StackName}"))));
    }
}
