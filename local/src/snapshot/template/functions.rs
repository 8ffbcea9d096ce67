//! The intrinsic functions other than `Fn::Sub`, conditions and references.

use aws_smithy_types::base64;
use serde_json::Value;

use super::super::error::SnapshotError;
use super::super::path::Path;
use super::resolver::{Resolver, invalid, scalar_text};

impl Resolver<'_> {
    /// Calls a function by its long name. `None` if the result is `AWS::NoValue`.
    pub(super) fn call(&self, name: &str, argument: &Value, at: &Path<'_>) -> Result<Option<Value>, SnapshotError> {
        match name {
            "Ref" => self.reference(&self.text(argument, at)?, at),
            "Fn::GetAtt" => self.attribute(argument, at).map(|value| Some(Value::String(value))),
            "Fn::Sub" => self.substitute(argument, at).map(|text| Some(Value::String(text))),
            "Fn::If" => {
                let [condition, when_true, when_false] = arguments(argument, at)?;
                let condition = condition.as_str().ok_or_else(|| invalid(at, "must name a condition".to_owned()))?;
                if self.condition(condition, at)? {
                    self.resolve(when_true, &at.index(1))
                } else {
                    self.resolve(when_false, &at.index(2))
                }
            }
            "Fn::Join" => {
                let [delimiter, list] = arguments(argument, at)?;
                let delimiter = self.text(delimiter, &at.index(0))?;
                let texts = self.texts(list, &at.index(1))?;
                self.joined(&texts.join(&delimiter), at)
            }
            "Fn::Split" => {
                let [delimiter, text] = arguments(argument, at)?;
                let (delimiter, text) = (self.text(delimiter, &at.index(0))?, self.text(text, &at.index(1))?);
                if delimiter.is_empty() {
                    return Err(invalid(at, "the delimiter must not be empty".to_owned()));
                }
                let parts: Vec<Value> = text.split(delimiter.as_str()).map(Value::from).collect();
                self.spend(parts.len(), at)?;
                Ok(Some(Value::Array(parts)))
            }
            "Fn::Select" => {
                let [index, list] = arguments(argument, at)?;
                let index = self.text(index, &at.index(0))?;
                let Some(Value::Array(mut list)) = self.resolve(list, &at.index(1))? else {
                    return Err(invalid(at, "must select from a list".to_owned()));
                };
                match index.parse::<usize>() {
                    Ok(index) if index < list.len() => Ok(Some(list.swap_remove(index))),
                    _ => Err(invalid(at, format!("{index:?} is not an index of a list of {}", list.len()))),
                }
            }
            "Fn::FindInMap" => self.find_in_map(argument, at),
            "Fn::ImportValue" => {
                let export = self.text(argument, at)?;
                self.external(&export, &format!("the export {export:?}"), at).map(|value| Some(Value::String(value)))
            }
            "Fn::Base64" => Ok(Some(Value::String(base64::encode(self.text(argument, at)?)))),
            "Fn::Length" => match self.resolve(argument, at)? {
                Some(Value::Array(items)) => Ok(Some(Value::from(items.len()))),
                _ => Err(invalid(at, "must have a list".to_owned())),
            },
            "Fn::ToJsonString" => {
                let value = self.resolve(argument, at)?.unwrap_or_default();
                self.joined(&value.to_string(), at)
            }
            other => Err(SnapshotError::NotModelled { what: format!("the function {other}"), path: at.to_string() }),
        }
    }

    fn find_in_map(&self, argument: &Value, at: &Path<'_>) -> Result<Option<Value>, SnapshotError> {
        let list = argument.as_array().map(Vec::as_slice).unwrap_or_default();
        let (keys, default) = match list {
            [map, first, second] => ([map, first, second], None),
            [map, first, second, options] => ([map, first, second], options.get("DefaultValue")),
            _ => return Err(invalid(at, "must have a map and two keys".to_owned())),
        };
        let [map, first, second] = keys;
        let map = self.text(map, &at.index(0))?;
        let (first, second) = (self.text(first, &at.index(1))?, self.text(second, &at.index(2))?);
        let entry = self.template().entry("Mappings", &map).and_then(|map| map.get(&first)?.get(&second));
        match entry.or(default) {
            Some(value) => self.resolve(value, at),
            None => Err(invalid(at, format!("Mappings has no entry {map}.{first}.{second}"))),
        }
    }

    /// A text that was put together, whose length counts as work.
    fn joined(&self, text: &str, at: &Path<'_>) -> Result<Option<Value>, SnapshotError> {
        self.spend_text(text.len(), at)?;
        Ok(Some(Value::String(self.dynamic(text, at)?)))
    }

    /// A value that only an account has, from the settings.
    pub(super) fn external(&self, name: &str, what: &str, at: &Path<'_>) -> Result<String, SnapshotError> {
        self.settings().values.get(name).cloned().ok_or_else(|| SnapshotError::NoValue {
            path: at.to_string(),
            what: what.to_owned(),
            name: name.to_owned(),
        })
    }

    /// Replaces dynamic references, such as `{{resolve:ssm:/site/domain}}`, by values of the settings.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>
    pub(super) fn dynamic(&self, text: &str, at: &Path<'_>) -> Result<String, SnapshotError> {
        const BEGIN: &str = "{{resolve:";
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(BEGIN) {
            let Some((reference, after)) = after.split_once("}}") else { break };
            result.push_str(before);
            let (service, name) = reference.split_once(':').unwrap_or(("", reference));
            // An SSM parameter may have a version; a secret's name is followed by the field.
            let short = match service {
                "ssm" | "ssm-secure" => name.split(':').next().unwrap_or(name),
                _ => name,
            };
            let value = self.settings().values.get(name);
            let value = value.map_or_else(
                || self.external(short, &format!("{{{{resolve:{reference}}}}}"), at),
                |value| Ok(value.clone()),
            );
            result.push_str(&value?);
            rest = after;
        }
        result.push_str(rest);
        Ok(result)
    }
}

/// The arguments of a function that takes exactly `N`.
pub(super) fn arguments<'v, const N: usize>(
    argument: &'v Value,
    at: &Path<'_>,
) -> Result<[&'v Value; N], SnapshotError> {
    let list: Vec<&Value> = argument.as_array().map(|list| list.iter().collect()).unwrap_or_default();
    list.try_into().map_err(|_| invalid(at, format!("must have a list of {N} arguments")))
}

/// The two parts of `Resource.Attribute`, or of a list of them.
pub(super) fn resource_and_attribute(argument: &Value) -> Option<(String, &Value)> {
    match argument {
        Value::Array(list) => match list.as_slice() {
            [resource, attribute] => Some((scalar_text(resource)?, attribute)),
            _ => None,
        },
        _ => None,
    }
}
