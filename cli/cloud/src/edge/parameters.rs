//! Values of a template's parameters: `KEY=VALUE`, or a file in one of the forms of AWS's tools. Items of key value stores.

use std::collections::BTreeMap;

use serde_json::Value;

/// `KEY=VALUE`, if the text has this form. A key has letters and digits only, so that a path is not one.
pub(super) fn key_and_value(text: &str) -> Option<(String, String)> {
    let (key, value) = text.split_once('=')?;
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_key.then(|| (key.to_owned(), value.to_owned()))
}

/// The parameters of a JSON file: a list of `ParameterKey` and `ParameterValue` (AWS CLI), an object with `Parameters`
/// (CodePipeline), or an object of values.
///
/// # Errors
/// What is wrong.
pub(super) fn parse_file(text: &str) -> Result<BTreeMap<String, String>, String> {
    let file: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let expected = || "must be a list of ParameterKey and ParameterValue, or an object of values".to_owned();
    let parameters = match &file {
        Value::Array(list) => {
            let entry = |entry: &Value| {
                Some((entry.get("ParameterKey")?.as_str()?.to_owned(), scalar(entry.get("ParameterValue")?)?))
            };
            list.iter().map(entry).collect::<Option<_>>()
        }
        Value::Object(fields) => {
            let fields = match fields.get("Parameters") {
                Some(Value::Object(parameters)) => parameters,
                _ => fields,
            };
            fields.iter().map(|(key, value)| Some((key.clone(), scalar(value)?))).collect()
        }
        _ => None,
    };
    parameters.ok_or_else(expected)
}

/// The items of a key value store, in the form of its import from S3: `{"data": [{"key": ..., "value": ...}]}`.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions-create-s3-kvp.html>
///
/// # Errors
/// What is wrong.
pub(super) fn parse_store(text: &str) -> Result<BTreeMap<String, String>, String> {
    let file: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let item = |item: &Value| Some((item.get("key")?.as_str()?.to_owned(), item.get("value")?.as_str()?.to_owned()));
    let items = file.get("data").and_then(Value::as_array).and_then(|items| items.iter().map(item).collect());
    items.ok_or_else(|| "must have the form {\"data\": [{\"key\": \"...\", \"value\": \"...\"}]}".to_owned())
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{key_and_value, parse_file};

    #[test]
    fn a_key_is_followed_by_its_value() {
        assert_eq!(key_and_value("Stage=a=b"), Some(("Stage".to_owned(), "a=b".to_owned())));
        assert_eq!(key_and_value("./a=b/parameters.json"), None);
        assert_eq!(key_and_value("parameters.json"), None);
    }

    #[test]
    fn the_three_forms_of_a_file_are_equal() {
        let expected = [("A".to_owned(), "1".to_owned()), ("B".to_owned(), "x".to_owned())].into();
        for text in [
            r#"[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "ParameterValue": "x"}]"#,
            r#"{"Parameters": {"A": 1, "B": "x"}, "Tags": {}}"#,
            r#"{"A": "1", "B": "x"}"#,
        ] {
            assert_eq!(parse_file(text), Ok(std::collections::BTreeMap::clone(&expected)), "{text}");
        }
        assert!(parse_file("[1]").is_err() && parse_file("x").is_err() && parse_file(r#"{"A": []}"#).is_err());
    }
}
