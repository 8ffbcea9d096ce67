//! Why CloudFormation's validation rejected a change set.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html>

use aws_sdk_cloudformation::{
    Client,
    types::{EventFilter, EventType, OperationEvent},
};

use crate::aws::CallError;

/// Part of the reason for a change set that the validation rejected. The reason names the validations, and the events of the
/// change set have their results.
const EARLY_VALIDATION: &str = "EarlyValidation";

/// The reason for a failed change set, with the failures of the validation if it rejected the change set. `id` is the change
/// set's ARN: `DescribeEvents` does not find a change set by its name alone.
pub(super) async fn with_validation_failures(client: &Client, id: &str, reason: String) -> String {
    if !reason.contains(EARLY_VALIDATION) {
        return reason;
    }
    match failures(client, id).await {
        Ok(failures) if failures.is_empty() => reason,
        Ok(failures) => format!("{reason}\n{}", failures.join("\n")),
        // The reason is more important than this error.
        Err(error) => format!("{reason}\n{error}"),
    }
}

async fn failures(client: &Client, id: &str) -> Result<Vec<String>, CallError> {
    let mut failures = Vec::new();
    let filter = EventFilter::builder().failed_events(true).build();
    let mut pages = client.describe_events().change_set_name(id).filters(filter).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new("DescribeEvents", &error))?;
        failures.extend(page.operation_events().iter().filter_map(failure));
    }
    Ok(failures)
}

/// One line for a validation that failed.
fn failure(event: &OperationEvent) -> Option<String> {
    if event.event_type() != Some(&EventType::ValidationError) {
        return None;
    }
    let resource = event.logical_resource_id().unwrap_or("the template");
    let kind = event.resource_type().map(|kind| format!(" ({kind})")).unwrap_or_default();
    let reason = event.validation_status_reason().or_else(|| event.validation_name()).unwrap_or("no reason given");
    let path = event.validation_path().map(|path| format!(" ({path})")).unwrap_or_default();
    Some(format!("{resource}{kind}: {reason}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_resource_the_reason_and_the_place_in_the_template() {
        let event = OperationEvent::builder()
            .event_type(EventType::ValidationError)
            .logical_resource_id("Table")
            .resource_type("AWS::DynamoDB::Table")
            .validation_status_reason("unsupported property Name")
            .validation_path("/Resources/Table/Properties/Name");
        let line =
            "Table (AWS::DynamoDB::Table): unsupported property Name (/Resources/Table/Properties/Name)".to_owned();
        assert_eq!(failure(&event.build()), Some(line));
        let event = OperationEvent::builder().event_type(EventType::ValidationError);
        assert_eq!(failure(&event.build()).as_deref(), Some("the template: no reason given"));
        assert_eq!(failure(&OperationEvent::builder().event_type(EventType::ProgressEvent).build()), None);
    }
}
