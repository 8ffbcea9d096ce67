//! The section `Conditions`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html>

use serde_json::Value;

use super::super::error::SnapshotError;
use super::super::path::Path;
use super::functions::arguments;
use super::resolver::{Resolver, invalid};

impl Resolver<'_> {
    /// Whether a condition of the template holds.
    pub(super) fn condition(&self, name: &str, at: &Path<'_>) -> Result<bool, SnapshotError> {
        let known = self.conditions.borrow().get(name).copied();
        match known {
            Some(Some(holds)) => return Ok(holds),
            Some(None) => return Err(invalid(at, format!("the condition {name} refers to itself"))),
            None => {}
        }
        let Some(condition) = self.template().entry("Conditions", name) else {
            return Err(invalid(at, format!("the template has no condition {name:?}")));
        };
        self.conditions.borrow_mut().insert(name.to_owned(), None);
        let root = Path::root("Conditions");
        let holds = self.deeper(at, || self.evaluate(condition, &root.field(name)))?;
        self.conditions.borrow_mut().insert(name.to_owned(), Some(holds));
        Ok(holds)
    }

    fn evaluate(&self, condition: &Value, at: &Path<'_>) -> Result<bool, SnapshotError> {
        self.spend(1, at)?;
        let function = condition.as_object().filter(|fields| fields.len() == 1).and_then(|fields| fields.iter().next());
        let Some((name, argument)) = function else {
            return Err(invalid(at, "must be one condition function".to_owned()));
        };
        let list = || -> Result<Vec<bool>, SnapshotError> {
            let list = argument.as_array().ok_or_else(|| invalid(at, format!("{name} must have a list")))?;
            list.iter().enumerate().map(|(index, part)| self.evaluate(part, &at.index(index))).collect()
        };
        match name.as_str() {
            "Condition" => {
                let name = argument.as_str().ok_or_else(|| invalid(at, "must name a condition".to_owned()))?;
                self.condition(name, at)
            }
            "Fn::Equals" => {
                let [left, right] = arguments(argument, at)?;
                Ok(self.text(left, &at.index(0))? == self.text(right, &at.index(1))?)
            }
            "Fn::And" => Ok(list()?.iter().all(|holds| *holds)),
            "Fn::Or" => Ok(list()?.iter().any(|holds| *holds)),
            "Fn::Not" => {
                let [condition] = arguments(argument, at)?;
                Ok(!self.evaluate(condition, &at.index(0))?)
            }
            other => Err(SnapshotError::NotModelled { what: format!("the condition {other}"), path: at.to_string() }),
        }
    }
}
