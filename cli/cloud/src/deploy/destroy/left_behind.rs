//! What a stack leaves behind, and how its owner removes it.

use aws_sdk_cloudformation::types::StackResourceSummary;
use serde::Serialize;

/// What a stack leaves behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftBehind {
    /// Its name in the template.
    pub logical_id: String,
    /// Its type, such as `AWS::S3::Bucket`.
    pub resource_type: String,
    /// Its own name.
    pub physical_id: String,
}

impl LeftBehind {
    /// A resource that was made; `None` for one that never was.
    pub(super) fn of(resource: &StackResourceSummary) -> Option<Self> {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Some(Self {
            logical_id: text(resource.logical_resource_id()),
            resource_type: text(resource.resource_type()),
            physical_id: resource.physical_resource_id().filter(|id| !id.is_empty())?.to_owned(),
        })
    }

    /// What removes it, for good and with what it holds; `None` for what `destroy` itself removes when it can.
    #[must_use]
    pub fn removal(&self) -> Option<String> {
        let id = &self.physical_id;
        match self.resource_type.as_str() {
            "AWS::S3::Bucket" => Some(format!("aws s3 rb s3://{id} --force")),
            "AWS::DynamoDB::Table" => Some(format!("aws dynamodb delete-table --region us-east-1 --table-name {id}")),
            "AWS::Logs::LogGroup" => {
                Some(format!("aws logs delete-log-group --region us-east-1 --log-group-name {id}"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(resource_type: &str) -> LeftBehind {
        LeftBehind { logical_id: "X".into(), resource_type: resource_type.into(), physical_id: "resume-x-1".into() }
    }

    #[test]
    fn what_holds_data_is_removed_by_its_owner_and_by_name() {
        assert_eq!(of("AWS::S3::Bucket").removal().unwrap(), "aws s3 rb s3://resume-x-1 --force");
        assert!(of("AWS::DynamoDB::Table").removal().unwrap().ends_with("--table-name resume-x-1"));
    }

    #[test]
    fn the_edge_function_is_removed_by_destroy_when_its_replicas_are_gone() {
        assert_eq!(of("AWS::Lambda::Function").removal(), None);
    }

    #[test]
    fn every_resource_that_the_template_keeps_is_one_or_the_other() {
        let template =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../cloudformation/stack.yaml")).unwrap();
        let kept: Vec<_> = crate::deploy::Template::new(&template).outlive().collect();
        assert_eq!(kept, ["SiteBucket", "CvBucket", "EdgeFunction", "EdgeVersion", "CounterTable"]);
    }
}
