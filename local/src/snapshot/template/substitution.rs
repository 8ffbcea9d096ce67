//! `Fn::Sub`: a text with `${Name}`, `${Resource.Attribute}` and `${!literal}`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html>

use serde_json::{Map, Value};

use super::super::error::SnapshotError;
use super::super::path::Path;
use super::resolver::{Resolver, invalid, scalar_text};

impl Resolver<'_> {
    pub(super) fn substitute(&self, argument: &Value, at: &Path<'_>) -> Result<String, SnapshotError> {
        let empty = Map::new();
        let (text, variables) = match argument {
            Value::String(text) => (text, &empty),
            Value::Array(list) => match list.as_slice() {
                [Value::String(text)] => (text, &empty),
                [Value::String(text), Value::Object(variables)] => (text, variables),
                _ => return Err(invalid(at, "must have a text and a map of variables".to_owned())),
            },
            _ => return Err(invalid(at, "must have a text".to_owned())),
        };
        let mut result = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                return Err(invalid(at, "a ${ has no closing brace; write ${! for a literal one".to_owned()));
            };
            if let Some(literal) = name.strip_prefix('!') {
                result.extend(["${", literal, "}"]);
            } else {
                let value = self.variable(name.trim(), variables, at)?;
                self.spend(1, at)?;
                self.spend_text(value.len(), at)?;
                result.push_str(&value);
            }
            rest = after;
        }
        result.push_str(rest);
        self.dynamic(&result, at)
    }

    fn variable(&self, name: &str, variables: &Map<String, Value>, at: &Path<'_>) -> Result<String, SnapshotError> {
        if let Some(value) = variables.get(name) {
            let variables = at.index(1);
            return self.text(value, &variables.field(name));
        }
        if let Some((resource, attribute)) = name.split_once('.') {
            return self.attribute_of(resource, attribute, at);
        }
        let value = self.reference(name, at)?;
        value.as_ref().and_then(scalar_text).ok_or_else(|| invalid(at, format!("${{{name}}} is not a text")))
    }
}
