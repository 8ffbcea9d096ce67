//! The events of a stack during one operation.

use aws_sdk_cloudformation::{Client, types::StackEvent};

use crate::aws::CallError;

/// Part of CloudFormation's reason for a resource that failed because another one had failed.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html>
const CANCELLED: &str = "cancelled";

/// The events after a point in time, oldest first.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The newest event that was read, or the newest before the operation.
    last: Option<String>,
    failures: Vec<String>,
}

impl Events {
    /// Skips the events until now.
    pub(super) async fn from_now(client: &Client, stack: &str) -> Result<Self, CallError> {
        let page = client.describe_stack_events().stack_name(stack).send().await;
        let page = page.map_err(|error| CallError::new("DescribeStackEvents", &error))?;
        let last = page.stack_events().first().and_then(StackEvent::event_id).map(str::to_owned);
        Ok(Self { last, failures: Vec::new() })
    }

    /// Reads the new events, one line each.
    pub(super) async fn read(&mut self, client: &Client, stack: &str) -> Result<Vec<String>, CallError> {
        let mut new = Vec::new();
        let mut next = None;
        // The newest event is first: read pages until the last known one.
        'pages: loop {
            let page = client.describe_stack_events().stack_name(stack).set_next_token(next).send().await;
            let page = page.map_err(|error| CallError::new("DescribeStackEvents", &error))?;
            for event in page.stack_events() {
                if event.event_id().is_some() && event.event_id() == self.last.as_deref() {
                    break 'pages;
                }
                new.push(event.clone());
            }
            next = page.next_token().map(str::to_owned);
            if next.is_none() {
                break;
            }
        }
        new.reverse();
        Ok(new.iter().map(|event| self.record(event)).collect())
    }

    /// The first resource that failed, other than by cancellation, and the reason.
    pub(super) fn first_failure(&self) -> Option<String> {
        self.failures.first().cloned()
    }

    fn record(&mut self, event: &StackEvent) -> String {
        self.last = event.event_id().map(str::to_owned);
        let status = event.resource_status().map_or("", |status| status.as_str());
        let resource = event.logical_resource_id().unwrap_or_default();
        let kind = event.resource_type().unwrap_or_default();
        let reason = event.resource_status_reason().unwrap_or_default();
        // The stack fails because a resource failed; its own event has less detail.
        if status.ends_with("_FAILED") && kind != "AWS::CloudFormation::Stack" && !reason.contains(CANCELLED) {
            self.failures.push(format!("{resource} ({kind}): {reason}"));
        }
        let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        format!("{resource} {status}{reason}")
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::ResourceStatus;

    use super::*;

    fn event(resource: &str, kind: &str, status: ResourceStatus, reason: &str) -> StackEvent {
        StackEvent::builder()
            .event_id(format!("{resource}-{}", status.as_str()))
            .logical_resource_id(resource)
            .resource_type(kind)
            .resource_status(status)
            .resource_status_reason(reason)
            .build()
    }

    #[test]
    fn the_first_failure_is_the_cause_and_not_the_failures_that_followed() {
        let mut events = Events::default();
        for event in [
            event("Role", "AWS::IAM::Role", ResourceStatus::CreateFailed, "Resource creation cancelled"),
            event("Keys", "Custom::Keys", ResourceStatus::CreateFailed, "no key group"),
            event("Table", "AWS::DynamoDB::Table", ResourceStatus::CreateFailed, "too late"),
            event("resume", "AWS::CloudFormation::Stack", ResourceStatus::RollbackInProgress, "[Keys] failed"),
        ] {
            events.record(&event);
        }
        assert_eq!(events.first_failure().as_deref(), Some("Keys (Custom::Keys): no key group"));
    }

    #[test]
    fn a_line_has_the_resource_its_status_and_the_reason_if_there_is_one() {
        let mut events = Events::default();
        let failed = event("Keys", "Custom::Keys", ResourceStatus::CreateFailed, "no key group");
        let done = event("Table", "AWS::DynamoDB::Table", ResourceStatus::CreateComplete, "");
        assert_eq!(events.record(&failed), "Keys CREATE_FAILED: no key group");
        assert_eq!(events.record(&done), "Table CREATE_COMPLETE");
        assert_eq!(events.last.as_deref(), Some("Table-CREATE_COMPLETE"));
    }
}
