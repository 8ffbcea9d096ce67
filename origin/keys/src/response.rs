//! The response to CloudFormation.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html>

use serde_json::json;

use crate::error::Error;
use crate::request::Envelope;

/// The longest response, in bytes.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
pub const MAX_BYTES: usize = 4096;

/// The resource's id. It is constant: for CloudFormation another id means a replacement, and it would delete the old
/// resource, and so the keys in use.
pub const PHYSICAL_RESOURCE_ID: &str = "vitae-keys";

/// The outcome of a request.
#[derive(Debug)]
pub enum Outcome {
    /// Success. Creations and updates return the key group's id.
    Done {
        /// The key group's id.
        group_id: Option<String>,
    },
    /// Failure, with its reason.
    Failed(String),
}

impl From<Result<Option<String>, Error>> for Outcome {
    fn from(result: Result<Option<String>, Error>) -> Self {
        match result {
            Ok(group_id) => Self::Done { group_id },
            Err(error) => Self::Failed(error.to_string()),
        }
    }
}

impl Outcome {
    /// The response's body. A long reason is truncated.
    #[must_use]
    pub fn body(&self, envelope: &Envelope) -> String {
        let with = |reason: &str| {
            let (status, data) = match self {
                Self::Done { group_id: Some(id) } => ("SUCCESS", json!({ "KeyGroupId": id })),
                Self::Done { group_id: None } => ("SUCCESS", json!({})),
                Self::Failed(_) => ("FAILED", json!({})),
            };
            let response = json!({
                "Status": status,
                "Reason": reason,
                "PhysicalResourceId": PHYSICAL_RESOURCE_ID,
                "StackId": envelope.stack_id,
                "RequestId": envelope.request_id,
                "LogicalResourceId": envelope.logical_resource_id,
                "Data": data,
            });
            response.to_string()
        };
        let reason = match self {
            Self::Done { .. } => "",
            Self::Failed(reason) => reason,
        };
        let mut room = MAX_BYTES.saturating_sub(with("").len());
        let fits = |character: &char| {
            room.checked_sub(bytes_in_json(*character)).is_some_and(|left| {
                room = left;
                true
            })
        };
        with(&reason.chars().take_while(fits).collect::<String>())
    }
}

/// The encoded length of a character, which JSON may escape.
fn bytes_in_json(character: char) -> usize {
    const QUOTES: usize = 2;
    json!(character).to_string().len() - QUOTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn envelope() -> Envelope {
        let event = json!({
            "RequestType": "Create", "ResponseURL": "http://localhost/secret", "StackId": "arn:stack", "RequestId": "r-1",
            "LogicalResourceId": "Keys",
        });
        serde_json::from_value(event).unwrap()
    }

    fn response(outcome: &Outcome) -> Value {
        let body = outcome.body(&envelope());
        assert!(body.len() <= MAX_BYTES && !body.contains("secret"));
        serde_json::from_str(&body).unwrap()
    }

    #[test]
    fn a_success_has_the_key_group_and_the_constant_id() {
        let response = response(&Outcome::Done { group_id: Some("G".into()) });
        let expected = json!({
            "Status": "SUCCESS", "Reason": "", "PhysicalResourceId": "vitae-keys", "StackId": "arn:stack",
            "RequestId": "r-1", "LogicalResourceId": "Keys", "Data": { "KeyGroupId": "G" },
        });
        assert_eq!(response, expected);
    }

    #[test]
    fn a_failure_has_its_reason_and_the_same_id() {
        let response = response(&Err(Error::TimedOut).into());
        assert_eq!((&response["Status"], &response["PhysicalResourceId"]), (&json!("FAILED"), &json!("vitae-keys")));
        assert_eq!(response["Reason"], Error::TimedOut.to_string());
    }

    #[test]
    fn a_long_reason_is_truncated_between_characters() {
        for character in ["a", "é", "\u{1}", "\""] {
            let response = response(&Outcome::Failed(character.repeat(5_000)));
            let reason = response["Reason"].as_str().unwrap();
            assert!(
                (3_700..MAX_BYTES).contains(&json!(reason).to_string().len())
                    && reason.chars().all(|one| one.to_string() == character),
                "{character:?}"
            );
        }
    }
}
