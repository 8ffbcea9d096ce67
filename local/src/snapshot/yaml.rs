//! YAML with CloudFormation's tags, which become the long forms of the functions: `!Sub x` becomes `{"Fn::Sub": "x"}`.
//!
//! The tree is built from the parser's events, with limits on its depth and on its size with all aliases replaced.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html>

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value};

use super::document::{DEPTH_MAX, VALUES_MAX};
use super::error::SnapshotError;

/// Parses one document.
pub(super) fn parse(text: &str) -> Result<Value, SnapshotError> {
    let mut parser = Parser::new_from_str(text);
    let mut builder = Builder::default();
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| SnapshotError::Syntax {
            line: error.marker().line(),
            cause: format!("not valid YAML: {}", error.info()),
        })?;
        if event == Event::StreamEnd {
            break;
        }
        builder.add(event, span.start.line())?;
    }
    Ok(builder.root.unwrap_or_default())
}

/// The tree so far.
#[derive(Default)]
struct Builder {
    root: Option<Value>,
    /// The collections that are not complete, outermost first.
    open: Vec<Open>,
    /// Complete values by their anchor, with the number of values in each.
    anchors: HashMap<usize, (Value, usize)>,
    values: usize,
}

/// A collection that is not complete.
struct Open {
    anchor: usize,
    tag: Option<String>,
    content: Content,
    /// The number of values before it.
    values_before: usize,
}

enum Content {
    Sequence(Vec<Value>),
    Mapping { entries: Map<String, Value>, key: Option<String> },
}

impl Builder {
    fn add(&mut self, event: Event<'_>, line: usize) -> Result<(), SnapshotError> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(SnapshotError::Syntax { line, cause: "more than one YAML document".to_owned() })
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1, line)?;
                let value = match (&tag, style) {
                    (None, ScalarStyle::Plain) => plain(&text),
                    _ => Value::String(text.into_owned()),
                };
                self.complete(anchor, tag_name(tag.as_deref()), value, 1, line)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(anchor, tag_name(tag.as_deref()), Content::Sequence(Vec::new()), line)
            }
            Event::MappingStart(anchor, tag) => {
                let content = Content::Mapping { entries: Map::new(), key: None };
                self.open(anchor, tag_name(tag.as_deref()), content, line)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { anchor, tag, content, values_before }) = self.open.pop() else { return Ok(()) };
                let value = match content {
                    Content::Sequence(items) => Value::Array(items),
                    Content::Mapping { entries, .. } => Value::Object(entries),
                };
                self.complete(anchor, tag, value, self.values - values_before, line)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some((value, values)) => {
                    self.count(values, line)?;
                    self.insert(value, line)
                }
                None => Err(SnapshotError::Syntax { line, cause: "an alias of a value that contains it".to_owned() }),
            },
            _ => Ok(()),
        }
    }

    fn count(&mut self, values: usize, line: usize) -> Result<(), SnapshotError> {
        self.values += values;
        if self.values > VALUES_MAX { Err(SnapshotError::TooManyValues { line }) } else { Ok(()) }
    }

    fn open(&mut self, anchor: usize, tag: Option<String>, content: Content, line: usize) -> Result<(), SnapshotError> {
        let values_before = self.values;
        self.count(1, line)?;
        if self.open.len() == DEPTH_MAX {
            return Err(SnapshotError::TooDeep { line });
        }
        self.open.push(Open { anchor, tag, content, values_before });
        Ok(())
    }

    /// Adds a complete value of so many values to the innermost collection.
    fn complete(
        &mut self,
        anchor: usize,
        tag: Option<String>,
        value: Value,
        values: usize,
        line: usize,
    ) -> Result<(), SnapshotError> {
        let value = match tag {
            Some(tag) => function(&tag, value),
            None => value,
        };
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), values));
        }
        self.insert(value, line)
    }

    fn insert(&mut self, value: Value, line: usize) -> Result<(), SnapshotError> {
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(value),
            Some(Content::Sequence(items)) => items.push(value),
            Some(Content::Mapping { entries, key }) => match key.take() {
                Some(key) => {
                    entries.insert(key, value);
                }
                None => *key = Some(key_text(&value, line)?),
            },
        }
        Ok(())
    }
}

fn key_text(value: &Value, line: usize) -> Result<String, SnapshotError> {
    match value {
        Value::String(key) if key == "<<" => {
            let cause = "CloudFormation does not support the merge key <<; write the entries out".to_owned();
            Err(SnapshotError::Syntax { line, cause })
        }
        Value::String(key) => Ok(key.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err(SnapshotError::Syntax { line, cause: "a key must be a text".to_owned() }),
    }
}

/// The name of CloudFormation's tag; `None` for no tag, and for one of YAML itself, such as `!!str`.
fn tag_name(tag: Option<&Tag>) -> Option<String> {
    tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty()).map(|tag| tag.suffix.clone())
}

/// The long form of a function:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>.
fn function(tag: &str, argument: Value) -> Value {
    let name = match tag {
        "Ref" | "Condition" => tag.to_owned(),
        _ => format!("Fn::{tag}"),
    };
    Value::Object(Map::from_iter([(name, argument)]))
}

/// A scalar without quotes. A number keeps its text unless it is written as it is printed, so that an account's
/// `012345678901` stays as it is.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Value::from(number),
            _ => Value::String(text.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use serde_json::json;

    #[test]
    fn tags_become_the_long_forms() {
        let parsed =
            parse("a: !Sub '${X}'\nb: !GetAtt A.B\nc: !If [Y, 1, !Ref Z]\nd: !Condition C\ne: !Foo {x: 1}").unwrap();
        let expected = json!({
            "a": {"Fn::Sub": "${X}"}, "b": {"Fn::GetAtt": "A.B"}, "c": {"Fn::If": ["Y", 1, {"Ref": "Z"}]},
            "d": {"Condition": "C"}, "e": {"Fn::Foo": {"x": 1}},
        });
        assert_eq!(parsed, expected);
    }

    #[test]
    fn a_scalar_keeps_its_text_unless_it_is_a_plain_integer_or_boolean() {
        let parsed = parse("[012345678901, '80', 80, 1.10, 2010-09-09, yes, true, ~, '', !!str 1]").unwrap();
        assert_eq!(parsed, json!(["012345678901", "80", 80, "1.10", "2010-09-09", "yes", true, null, "", "1"]));
    }

    #[test]
    fn an_alias_repeats_its_anchor() {
        assert_eq!(parse("a: &x [1, {b: 2}]\nc: *x").unwrap(), json!({"a": [1, {"b": 2}], "c": [1, {"b": 2}]}));
        let error = parse("a: &x [1, *x]").unwrap_err().to_string();
        assert!(error.starts_with("line 1"), "{error}");
    }

    #[test]
    fn merge_keys_and_several_documents_are_errors() {
        assert!(parse("a: &x {b: 1}\nc: {<<: *x}").unwrap_err().to_string().contains("merge key"));
        assert!(parse("a: 1\n---\nb: 2\n").unwrap_err().to_string().contains("more than one"));
    }
}
