//! A stack's events during one operation.

use aws_sdk_cloudformation::{Client, types::StackEvent};

use crate::aws::CallError;

/// CloudFormation's reason for a resource that failed because another one had.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html>
const CANCELLED: &str = "cancelled";

/// The events that came after some moment, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The newest event that was read, or that was there before.
    last: Option<String>,
    failures: Vec<String>,
}

impl Events {
    /// Nothing of what has happened until now.
    pub(super) async fn after_now(client: &Client, stack: &str) -> Result<Self, CallError> {
        let page = client.describe_stack_events().stack_name(stack).send().await;
        let page = page.map_err(|error| CallError::new("DescribeStackEvents", &error))?;
        let last = page.stack_events().first().and_then(StackEvent::event_id).map(str::to_owned);
        Ok(Self { last, failures: Vec::new() })
    }

    /// The new events, a line each.
    pub(super) async fn read(&mut self, client: &Client, stack: &str) -> Result<Vec<String>, CallError> {
        let mut new = Vec::new();
        let mut next = None;
        // The newest come first: pages are read back to what is known.
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
        Ok(new.iter().map(|event| self.take(event)).collect())
    }

    /// The first resource that failed of itself, and why.
    pub(super) fn first_failure(&self) -> Option<String> {
        self.failures.first().cloned()
    }

    fn take(&mut self, event: &StackEvent) -> String {
        self.last = event.event_id().map(str::to_owned);
        let status = event.resource_status().map_or("", |status| status.as_str());
        let resource = event.logical_resource_id().unwrap_or_default();
        let kind = event.resource_type().unwrap_or_default();
        let reason = event.resource_status_reason().unwrap_or_default();
        // The stack itself fails because a resource did, and says less.
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
    fn the_first_failure_is_the_cause_and_not_what_it_took_down() {
        let mut events = Events::default();
        for event in [
            event("Role", "AWS::IAM::Role", ResourceStatus::CreateFailed, "Resource creation cancelled"),
            event("Keys", "Custom::Keys", ResourceStatus::CreateFailed, "no key group"),
            event("Table", "AWS::DynamoDB::Table", ResourceStatus::CreateFailed, "too late"),
            event("resume", "AWS::CloudFormation::Stack", ResourceStatus::RollbackInProgress, "[Keys] failed"),
        ] {
            events.take(&event);
        }
        assert_eq!(events.first_failure().as_deref(), Some("Keys (Custom::Keys): no key group"));
    }

    #[test]
    fn a_line_tells_what_happened_and_why_if_there_is_a_why() {
        let mut events = Events::default();
        let failed = event("Keys", "Custom::Keys", ResourceStatus::CreateFailed, "no key group");
        let done = event("Table", "AWS::DynamoDB::Table", ResourceStatus::CreateComplete, "");
        assert_eq!(events.take(&failed), "Keys CREATE_FAILED: no key group");
        assert_eq!(events.take(&done), "Table CREATE_COMPLETE");
        assert_eq!(events.last.as_deref(), Some("Table-CREATE_COMPLETE"));
    }
}
