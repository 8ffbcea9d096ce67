//! The section `Parameters`, and pseudo parameters.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>

use serde_json::Value;

use super::super::documents::ACCOUNT;
use super::super::error::SnapshotError;
use super::super::path::Path;
use super::resolver::{Resolver, scalar_text};

/// Whether a name is a pseudo parameter.
pub(super) fn is_pseudo(name: &str) -> bool {
    name.starts_with("AWS::")
}

impl Resolver<'_> {
    /// The value of a pseudo parameter; `None` for `AWS::NoValue`.
    pub(super) fn pseudo_parameter(&self, name: &str, at: &Path<'_>) -> Result<Option<Value>, SnapshotError> {
        let settings = self.settings();
        let (region, stack) = (&settings.region, &settings.stack_name);
        let value = match name {
            "AWS::NoValue" => return Ok(None),
            "AWS::AccountId" => ACCOUNT.to_owned(),
            "AWS::Region" => region.clone(),
            "AWS::Partition" => "aws".to_owned(),
            "AWS::URLSuffix" => "amazonaws.com".to_owned(),
            "AWS::StackName" => stack.clone(),
            // The last part is random in an account. Templates take a part of it for unique names.
            "AWS::StackId" => {
                format!("arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{stack}/00000000-0000-0000-0000-000000000000")
            }
            "AWS::NotificationARNs" => return Ok(Some(Value::Array(Vec::new()))),
            other => {
                let what = format!("the pseudo parameter {other}");
                return Err(SnapshotError::NotModelled { what, path: at.to_string() });
            }
        };
        Ok(Some(Value::String(value)))
    }

    /// The value of a parameter: the one that was passed, or its default.
    pub(super) fn parameter(&self, name: &str, parameter: &Value, at: &Path<'_>) -> Result<Value, SnapshotError> {
        let given = self.settings().parameters.get(name).cloned();
        let value = given.or_else(|| parameter.get("Default").and_then(scalar_text));
        let value = value.ok_or_else(|| SnapshotError::NoParameter { name: name.to_owned() })?;
        let kind = parameter.get("Type").and_then(Value::as_str).unwrap_or("String");
        let (value, kind) = match kind.strip_prefix("AWS::SSM::Parameter::Value<") {
            // The value is the name of an SSM parameter.
            Some(kind) => (self.external(&value, &format!("the SSM parameter {value:?}"), at)?, kind),
            None => (value, kind),
        };
        self.spend_text(value.len(), at)?;
        if kind == "CommaDelimitedList" || kind.starts_with("List<") {
            return Ok(value.split(',').map(|item| Value::from(item.trim())).collect());
        }
        Ok(Value::String(value))
    }
}
