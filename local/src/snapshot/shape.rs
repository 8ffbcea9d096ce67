//! Shapes of the CloudFront API: which fields a value may have, and how it is written as XML.
//!
//! One table serves templates and the output of the AWS CLI. A list is an array in CloudFormation and `Quantity` with
//! `Items` in the API; both are accepted, because a few lists of CloudFormation have the API's form too.

use serde_json::{Map, Value};

use super::error::SnapshotError;
use super::path::Path;

/// What a value may be.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Text,
    Number,
    Bool,
    Structure(&'static [Field]),
    /// A list with this element for each item.
    List(&'static str, &'static Self),
    /// As [`Shape::List`], with `Enabled`, which is true if an array has items.
    Switched(&'static str, &'static Self),
    /// An array that is itself the field `Items` of its structure.
    Items(&'static str, &'static Self),
    /// Not modelled: only an empty or disabled value is accepted, and dropped.
    Unmodelled,
    /// Dropped: it is derived from another field, or changes nothing here.
    Dropped,
}

/// A field of a structure.
#[derive(Clone, Copy)]
pub(super) struct Field {
    /// The name in the API.
    name: &'static str,
    /// The name in CloudFormation.
    template_name: &'static str,
    shape: Shape,
}

pub(super) const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, template_name: name, shape }
}

/// A field whose name in CloudFormation is another one.
pub(super) const fn renamed(name: &'static str, template_name: &'static str, shape: Shape) -> Field {
    Field { name, template_name, shape }
}

/// Writes a value as an element of this name.
///
/// # Errors
/// A value of another shape, or a field that is not modelled, with its path.
pub(super) fn to_xml(element: &str, shape: &Shape, value: &Value, at: &Path<'_>) -> Result<String, SnapshotError> {
    let mut xml = String::new();
    write(&mut xml, element, shape, value, at)?;
    Ok(xml)
}

fn write(xml: &mut String, element: &str, shape: &Shape, value: &Value, at: &Path<'_>) -> Result<(), SnapshotError> {
    if value.is_null() {
        return Ok(());
    }
    let expected = |what: &str| SnapshotError::Invalid { path: at.to_string(), what: format!("must be {what}") };
    match shape {
        Shape::Text => {
            let text = text(value).ok_or_else(|| expected("a text"))?;
            write_element(xml, element, |xml| escape(xml, &text));
        }
        Shape::Number => {
            let number = number(value).ok_or_else(|| expected("a number"))?;
            write_element(xml, element, |xml| xml.push_str(&number));
        }
        Shape::Bool => {
            let is_true = match value {
                Value::Bool(value) => *value,
                Value::String(text) if text.eq_ignore_ascii_case("true") => true,
                Value::String(text) if text.eq_ignore_ascii_case("false") => false,
                _ => return Err(expected("true or false")),
            };
            write_element(xml, element, |xml| xml.push_str(if is_true { "true" } else { "false" }));
        }
        Shape::Structure(fields) => {
            let value = value.as_object().ok_or_else(|| expected("a map"))?;
            open(xml, element);
            write_fields(xml, fields, value, at)?;
            close(xml, element);
        }
        Shape::List(member, item) => {
            let items = items(value).ok_or_else(|| expected("a list"))?;
            open(xml, element);
            write_items(xml, member, item, items, at)?;
            close(xml, element);
        }
        Shape::Switched(member, item) => {
            let items = items(value).ok_or_else(|| expected("a list"))?;
            let is_enabled = value.get("Enabled").map_or(!items.is_empty(), |enabled| *enabled == Value::Bool(true));
            open(xml, element);
            write_element(xml, "Enabled", |xml| xml.push_str(if is_enabled { "true" } else { "false" }));
            write_items(xml, member, item, items, at)?;
            close(xml, element);
        }
        Shape::Items(member, shape) => {
            let items = value.as_array().ok_or_else(|| expected("a list"))?;
            write_items(xml, member, shape, items, at)?;
        }
        Shape::Unmodelled if !is_empty(value) => {
            return Err(SnapshotError::NotModelled { what: element.to_owned(), path: at.to_string() });
        }
        Shape::Unmodelled | Shape::Dropped => {}
    }
    Ok(())
}

fn write_fields(
    xml: &mut String,
    fields: &[Field],
    value: &Map<String, Value>,
    at: &Path<'_>,
) -> Result<(), SnapshotError> {
    for (name, value) in value {
        let known = fields.iter().find(|field| field.template_name == name || field.name == name);
        let Some(field) = known else {
            return Err(SnapshotError::NotModelled {
                what: format!("the field {name}"),
                path: at.field(name).to_string(),
            });
        };
        write(xml, field.name, &field.shape, value, &at.field(name))?;
    }
    Ok(())
}

/// The items of an array, or of the API's form of a list, which has no `Items` if it is empty.
fn items(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(items) => Some(items),
        Value::Object(list) => match list.get("Items") {
            Some(items) => items.as_array().map(Vec::as_slice),
            None => Some(&[]),
        },
        _ => None,
    }
}

fn write_items(
    xml: &mut String,
    member: &str,
    shape: &Shape,
    items: &[Value],
    at: &Path<'_>,
) -> Result<(), SnapshotError> {
    write_element(xml, "Quantity", |xml| xml.push_str(&items.len().to_string()));
    open(xml, "Items");
    for (index, item) in items.iter().enumerate() {
        write(xml, member, shape, item, &at.index(index))?;
    }
    close(xml, "Items");
    Ok(())
}

/// Whether a value means that a feature is not used.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::String(text) => text.is_empty() || text.eq_ignore_ascii_case("false"),
        Value::Number(number) => number.as_i64() == Some(0),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(is_empty),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A whole number without a fraction: CloudFormation's TTLs may be written as `300.0`.
fn number(value: &Value) -> Option<String> {
    let text = text(value)?;
    let text = text.trim();
    text.parse::<f64>().ok().filter(|number| number.is_finite())?;
    Some(text.strip_suffix(".0").unwrap_or(text).to_owned())
}

fn write_element(xml: &mut String, element: &str, content: impl FnOnce(&mut String)) {
    open(xml, element);
    content(xml);
    close(xml, element);
}

fn open(xml: &mut String, element: &str) {
    xml.extend(["<", element, ">"]);
}

fn close(xml: &mut String, element: &str) {
    xml.extend(["</", element, ">"]);
}

/// Writes a text with XML's escapes. Other control characters cannot be part of XML and are left out.
pub(super) fn escape(xml: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '\r' => xml.push_str("&#13;"),
            '\n' | '\t' => xml.push(character),
            control if control.is_control() => {}
            other => xml.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, Path, Shape, field, renamed, to_xml};
    use serde_json::{Value, json};

    const FIELDS: &[Field] = &[
        field("Id", Shape::Text),
        renamed("ACMId", "AcmId", Shape::Text),
        field("Port", Shape::Number),
        field("Names", Shape::List("Name", &Shape::Text)),
        field("Groups", Shape::Switched("Group", &Shape::Text)),
        field("Grpc", Shape::Unmodelled),
    ];

    fn written(value: &Value) -> Result<String, String> {
        to_xml("X", &Shape::Structure(FIELDS), value, &Path::root("X")).map_err(|error| error.to_string())
    }

    #[test]
    fn lists_have_both_forms() {
        let list = "<X><Names><Quantity>2</Quantity><Items><Name>a</Name><Name>b</Name></Items></Names></X>";
        assert_eq!(written(&json!({"Names": ["a", "b"]})).unwrap(), list);
        assert_eq!(written(&json!({"Names": {"Quantity": 2, "Items": ["a", "b"]}})).unwrap(), list);
        assert!(written(&json!({"Names": {"Quantity": 0}})).unwrap().contains("<Quantity>0</Quantity>"));
        assert!(written(&json!({"Groups": ["a"]})).unwrap().contains("<Enabled>true</Enabled>"));
        assert!(written(&json!({"Groups": {"Enabled": false, "Quantity": 0}})).unwrap().contains("<Enabled>false"));
    }

    #[test]
    fn both_names_of_a_field_are_accepted_and_its_text_is_escaped() {
        for name in ["AcmId", "ACMId"] {
            assert_eq!(written(&json!({name: "a<b&c"})).unwrap(), "<X><ACMId>a&lt;b&amp;c</ACMId></X>");
        }
        assert_eq!(written(&json!({"Port": "80.0", "Id": 12})).unwrap(), "<X><Id>12</Id><Port>80</Port></X>");
    }

    #[test]
    fn a_field_that_is_unknown_or_not_modelled_is_refused_with_its_path() {
        assert_eq!(written(&json!({"Foo": 1})).unwrap_err(), "not modelled locally: the field Foo, at X.Foo");
        assert_eq!(written(&json!({"Grpc": {"Enabled": true}})).unwrap_err(), "not modelled locally: Grpc, at X.Grpc");
        assert_eq!(written(&json!({"Grpc": {"Enabled": false}})).unwrap(), "<X></X>");
        assert_eq!(written(&json!({"Port": "x"})).unwrap_err(), "X.Port: must be a number");
    }
}
