//! The events of the function.

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlRequest;
use serde_json::Value;

use crate::feedback::Feedback;

/// An event.
#[derive(Debug)]
pub(crate) enum Event {
    /// A request through the Function URL.
    Request(Box<LambdaFunctionUrlRequest>),
    /// A task.
    Task(Task),
    /// Neither.
    Unknown,
}

/// What EventBridge starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// The schedule: send what is pending.
    Outbox,
    /// SES: a message bounced, or was reported as spam.
    Feedback(Feedback),
}

impl Event {
    /// Parses an event. The parser's error may quote a header of the visitor, so it is not kept.
    pub(crate) fn parse(event: Value) -> Self {
        if event.get("task").and_then(Value::as_str) == Some("outbox") {
            return Self::Task(Task::Outbox);
        }
        if let Some(feedback) = Feedback::from_event(&event) {
            return Self::Task(Task::Feedback(feedback));
        }
        if event.get("requestContext").is_none() {
            return Self::Unknown;
        }
        serde_json::from_value(event).map_or(Self::Unknown, |request| Self::Request(Box::new(request)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_a_request_or_a_task() {
        assert!(matches!(Event::parse(json!({"task": "outbox"})), Event::Task(Task::Outbox)));
        let request = json!({"version": "2.0", "rawPath": "/l/x", "headers": {}, "isBase64Encoded": false,
            "requestContext": {"timeEpoch": 0, "http": {"method": "GET", "path": "/l/x"}}});
        assert!(matches!(Event::parse(request), Event::Request(_)));
        for other in [json!({}), json!(null), json!({"task": "delete"}), json!({"requestContext": 1})] {
            assert!(matches!(Event::parse(other.clone()), Event::Unknown), "{other}");
        }
    }
}
