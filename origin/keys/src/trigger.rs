//! The events that the function receives.

use serde_json::Value;
use vitae_parameters::Parameter;

use crate::command::Command;
use crate::request::Envelope;
use crate::stack::Stack;

/// An event.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// A request of CloudFormation.
    CustomResource(Envelope),
    /// The schedule, or a key that the owner stored at `signer/next`.
    Reconcile,
    /// A change of a parameter that does not matter here.
    Ignored,
    /// A command of the owner.
    Command(Command),
}

impl Trigger {
    /// Parses an event; `None` for an unknown one. Its content may be a secret, so it is not part of an error.
    #[must_use]
    pub fn from_event(event: Value, stack: Option<&Stack>) -> Option<Self> {
        if event.get("RequestType").is_some() {
            return serde_json::from_value(event).ok().map(Self::CustomResource);
        }
        if event.get("command").is_some() {
            return serde_json::from_value(event).ok().map(Self::Command);
        }
        match (event["source"].as_str()?, event["detail-type"].as_str()?) {
            ("aws.events", "Scheduled Event") => Some(Self::Reconcile),
            ("aws.ssm", "Parameter Store Change") => {
                let is_next =
                    stack.is_some_and(|stack| event["detail"]["name"] == stack.parameter(Parameter::SignerNext));
                // This function's deletion of the parameter is also an event.
                let is_written = matches!(event["detail"]["operation"].as_str(), Some("Create" | "Update"));
                Some(if is_next && is_written { Self::Reconcile } else { Self::Ignored })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use vitae_parameters::Prefix;
    use vitae_signer::Algorithm;

    fn parse(event: Value) -> Option<Trigger> {
        Trigger::from_event(event, Some(&Stack::new(Prefix::from_stack_name("resume").unwrap())))
    }

    #[test]
    fn the_schedule_and_a_new_key_at_signer_next_start_a_run() {
        assert!(matches!(
            parse(json!({ "source": "aws.events", "detail-type": "Scheduled Event" })),
            Some(Trigger::Reconcile)
        ));
        for operation in ["Create", "Update"] {
            assert!(matches!(parse(change("/vitae/resume/signer/next", operation)), Some(Trigger::Reconcile)));
        }
    }

    #[test]
    fn a_change_of_another_parameter_and_the_functions_deletion_are_ignored() {
        for (name, operation) in [
            ("/vitae/resume/signer/next", "Delete"),
            ("/vitae/resume/signer/active", "Update"),
            ("/vitae/other/signer/next", "Create"),
        ] {
            assert!(matches!(parse(change(name, operation)), Some(Trigger::Ignored)), "{name} {operation}");
        }
    }

    #[test]
    fn commands_are_parsed_as_they_are_serialized() {
        for command in [
            Command::Status,
            Command::Rotate { now: true, algorithm: Some(Algorithm::Rsa2048) },
            Command::Revoke { id: "K1".into() },
        ] {
            let read = parse(serde_json::to_value(&command).unwrap());
            assert!(matches!(read, Some(Trigger::Command(read)) if read == command));
        }
        let plain = parse(json!({ "command": "rotate" }));
        assert!(matches!(plain, Some(Trigger::Command(Command::Rotate { now: false, algorithm: None }))));
    }

    #[test]
    fn any_other_event_is_unknown() {
        for event in [json!(null), json!({}), json!({ "command": "delete" }), json!({ "source": "aws.s3" })] {
            assert!(parse(event).is_none());
        }
    }

    fn change(name: &str, operation: &str) -> Value {
        json!({
            "source": "aws.ssm", "detail-type": "Parameter Store Change",
            "detail": { "name": name, "operation": operation, "type": "SecureString" },
        })
    }
}
