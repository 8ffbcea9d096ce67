//! Why the function runs.

use serde::Deserialize;
use serde_json::Value;
use vitae_parameters::Parameter;
use vitae_signer::Algorithm;

use crate::request::Envelope;
use crate::stack::Stack;

/// What the owner's command asks for, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Look, and do nothing.
    Status,
    /// Take every step that is due.
    Rotate {
        /// Begin a rotation though none is due.
        #[serde(default)]
        now: bool,
        /// The new key's algorithm; the stack's without.
        #[serde(default)]
        algorithm: Option<Algorithm>,
    },
    /// End a key at once.
    Revoke {
        /// Its id.
        id: String,
    },
}

/// Why the function runs.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// CloudFormation has a request.
    Resource(Envelope),
    /// The schedule's tick, or the owner's key at `signer/next`.
    Tick,
    /// A parameter changed that is nothing to this function.
    Nothing,
    /// The owner's command.
    Command(Command),
}

impl Trigger {
    /// What an event is. `None` for one of no known kind; its content may be a secret, and is not told.
    #[must_use]
    pub fn of(event: Value, stack: Option<&Stack>) -> Option<Self> {
        if event.get("RequestType").is_some() {
            return serde_json::from_value(event).ok().map(Self::Resource);
        }
        if event.get("command").is_some() {
            return serde_json::from_value(event).ok().map(Self::Command);
        }
        match (event["source"].as_str()?, event["detail-type"].as_str()?) {
            ("aws.events", "Scheduled Event") => Some(Self::Tick),
            ("aws.ssm", "Parameter Store Change") => {
                let is_next =
                    stack.is_some_and(|stack| event["detail"]["name"] == stack.parameter(Parameter::SignerNext));
                // This function's own deletion of the parameter is a change too.
                let is_written = matches!(event["detail"]["operation"].as_str(), Some("Create" | "Update"));
                Some(if is_next && is_written { Self::Tick } else { Self::Nothing })
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

    fn of(event: Value) -> Option<Trigger> {
        Trigger::of(event, Some(&Stack::new(Prefix::from_stack_name("resume").unwrap())))
    }

    #[test]
    fn the_schedule_and_a_key_of_the_owners_are_ticks() {
        assert!(matches!(of(json!({ "source": "aws.events", "detail-type": "Scheduled Event" })), Some(Trigger::Tick)));
        for operation in ["Create", "Update"] {
            assert!(matches!(of(change("/vitae/resume/signer/next", operation)), Some(Trigger::Tick)));
        }
    }

    #[test]
    fn a_change_of_another_parameter_or_ones_own_deletion_is_nothing() {
        for (name, operation) in [
            ("/vitae/resume/signer/next", "Delete"),
            ("/vitae/resume/signer/active", "Update"),
            ("/vitae/other/signer/next", "Create"),
        ] {
            assert!(matches!(of(change(name, operation)), Some(Trigger::Nothing)), "{name} {operation}");
        }
    }

    #[test]
    fn the_owners_commands_are_read_as_they_are_written() {
        for command in [
            Command::Status,
            Command::Rotate { now: true, algorithm: Some(Algorithm::Rsa2048) },
            Command::Revoke { id: "K1".into() },
        ] {
            let read = of(serde_json::to_value(&command).unwrap());
            assert!(matches!(read, Some(Trigger::Command(read)) if read == command));
        }
        let plain = of(json!({ "command": "rotate" }));
        assert!(matches!(plain, Some(Trigger::Command(Command::Rotate { now: false, algorithm: None }))));
    }

    #[test]
    fn anything_else_is_of_no_kind() {
        for event in [json!(null), json!({}), json!({ "command": "delete" }), json!({ "source": "aws.s3" })] {
            assert!(of(event).is_none());
        }
    }

    fn change(name: &str, operation: &str) -> Value {
        json!({
            "source": "aws.ssm", "detail-type": "Parameter Store Change",
            "detail": { "name": name, "operation": operation, "type": "SecureString" },
        })
    }
}
