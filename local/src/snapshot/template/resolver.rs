//! Replaces the intrinsic functions in a value by their results.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::error::SnapshotError;
use super::super::path::Path;
use super::{Template, TemplateSettings};

/// How much a template may need: one for each value and for each [`TEXT_BYTES`] of text. References can multiply both.
const WORK_MAX: usize = 20_000;
/// How many bytes of text are as much work as a value.
const TEXT_BYTES: usize = 256;
/// How deep a value may be resolved: the nesting of a file, and references to names that refer to others.
const RESOLUTION_DEPTH_MAX: usize = 200;

/// Resolves the values of one template.
pub(super) struct Resolver<'a> {
    template: &'a Template,
    settings: &'a TemplateSettings,
    /// The results of conditions; `None` while one is evaluated.
    pub(super) conditions: RefCell<HashMap<String, Option<bool>>>,
    work: Cell<usize>,
    depth: Cell<usize>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(template: &'a Template, settings: &'a TemplateSettings) -> Self {
        Self { template, settings, conditions: RefCell::default(), work: Cell::new(0), depth: Cell::new(0) }
    }

    pub(super) const fn template(&self) -> &'a Template {
        self.template
    }

    pub(super) const fn settings(&self) -> &'a TemplateSettings {
        self.settings
    }

    /// The value without functions; `None` if it is `AWS::NoValue`.
    pub(super) fn resolve(&self, value: &Value, at: &Path<'_>) -> Result<Option<Value>, SnapshotError> {
        self.deeper(at, || match value {
            Value::Array(items) => self.resolve_array(items, at).map(Some),
            Value::Object(fields) => self.resolve_object(fields, at),
            Value::String(text) => self.dynamic(text, at).map(|text| Some(Value::String(text))),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(Some(value.clone())),
        })
    }

    /// Runs a step one level deeper. A reference may lead to another resource's name, which may refer back.
    pub(super) fn deeper<T>(
        &self,
        at: &Path<'_>,
        step: impl FnOnce() -> Result<T, SnapshotError>,
    ) -> Result<T, SnapshotError> {
        self.spend(1, at)?;
        if self.depth.get() == RESOLUTION_DEPTH_MAX {
            return Err(SnapshotError::TooMuchWork { path: at.to_string() });
        }
        self.depth.set(self.depth.get() + 1);
        let result = step();
        self.depth.set(self.depth.get() - 1);
        result
    }

    fn resolve_array(&self, items: &[Value], at: &Path<'_>) -> Result<Value, SnapshotError> {
        let mut resolved = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            resolved.extend(self.resolve(item, &at.index(index))?);
        }
        Ok(Value::Array(resolved))
    }

    fn resolve_object(&self, fields: &Map<String, Value>, at: &Path<'_>) -> Result<Option<Value>, SnapshotError> {
        let function = fields.iter().find(|(name, _)| name.as_str() == "Ref" || name.starts_with("Fn::"));
        if let Some((name, argument)) = function {
            if fields.len() > 1 {
                return Err(invalid(at, format!("{name} must be the only key")));
            }
            return self.call(name, argument, &at.field(name));
        }
        let mut resolved = Map::new();
        for (name, field) in fields {
            if let Some(field) = self.resolve(field, &at.field(name))? {
                resolved.insert(name.clone(), field);
            }
        }
        Ok(Some(Value::Object(resolved)))
    }

    /// Resolves a value that must be a text.
    pub(super) fn text(&self, value: &Value, at: &Path<'_>) -> Result<String, SnapshotError> {
        let resolved = self.resolve(value, at)?;
        let text = resolved.as_ref().and_then(scalar_text);
        let text = text.ok_or_else(|| invalid(at, "must be a text".to_owned()))?;
        self.spend_text(text.len(), at)?;
        Ok(text)
    }

    /// Resolves a value that must be a list of texts.
    pub(super) fn texts(&self, value: &Value, at: &Path<'_>) -> Result<Vec<String>, SnapshotError> {
        let not_a_list = || invalid(at, "must be a list of texts".to_owned());
        let Some(Value::Array(items)) = self.resolve(value, at)? else { return Err(not_a_list()) };
        let texts: Vec<String> = items.iter().map(scalar_text).collect::<Option<_>>().ok_or_else(not_a_list)?;
        self.spend_text(texts.iter().map(String::len).sum(), at)?;
        Ok(texts)
    }

    /// Counts work, which is limited.
    pub(super) fn spend(&self, work: usize, at: &Path<'_>) -> Result<(), SnapshotError> {
        self.work.set(self.work.get() + work);
        if self.work.get() > WORK_MAX {
            return Err(SnapshotError::TooMuchWork { path: at.to_string() });
        }
        Ok(())
    }

    /// Counts the work of a text with a length in bytes.
    pub(super) fn spend_text(&self, length: usize, at: &Path<'_>) -> Result<(), SnapshotError> {
        self.spend(length / TEXT_BYTES, at)
    }

    /// Whether a resource is created: it has no condition, or one that holds.
    pub(super) fn exists(&self, id: &str) -> Result<bool, SnapshotError> {
        let root = Path::root("Resources");
        let at = root.field(id);
        let condition = self.template.entry("Resources", id).and_then(|resource| resource.get("Condition"));
        match condition.and_then(Value::as_str) {
            Some(condition) => self.condition(condition, &at.field("Condition")),
            None => Ok(true),
        }
    }

    /// Resolves a property of a resource; `None` if it is missing.
    pub(super) fn property(&self, id: &str, name: &str) -> Result<Option<Value>, SnapshotError> {
        let Some(properties) = self.template.entry("Resources", id).and_then(|resource| resource.get("Properties"))
        else {
            return Ok(None);
        };
        let Some(property) = properties.get(name) else { return Ok(None) };
        let root = Path::root("Resources");
        let resource = root.field(id);
        let properties = resource.field("Properties");
        self.resolve(property, &properties.field(name))
    }
}

pub(super) fn invalid(at: &Path<'_>, what: String) -> SnapshotError {
    SnapshotError::Invalid { path: at.to_string(), what }
}

/// The text of a string, a number or a boolean.
pub(super) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
