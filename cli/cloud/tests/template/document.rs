//! Templates as data. CloudFormation's short forms become the long ones: `!Sub "${X}"` becomes `{"Fn::Sub": "${X}"}`.

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::{Map, Value, json};

use crate::text::read;

/// A file of `cloudformation/`.
pub(crate) fn parse(name: &str) -> Value {
    parse_text(&read(name))
}

/// A YAML document.
pub(crate) fn parse_text(text: &str) -> Value {
    let documents = Yaml::load_from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(documents.len(), 1, "{text}");
    long_form(&documents[0])
}

fn long_form(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => json!(value),
            Scalar::Integer(value) => json!(value),
            Scalar::FloatingPoint(value) => json!(value.into_inner()),
            Scalar::String(value) => json!(value),
        },
        Yaml::Sequence(items) => items.iter().map(long_form).collect(),
        Yaml::Mapping(entries) => {
            let entry = |(name, value): (&Yaml<'_>, &Yaml<'_>)| {
                (name.as_str().unwrap_or_else(|| panic!("{name:?} is not a name")).to_owned(), long_form(value))
            };
            Value::Object(entries.iter().map(entry).collect())
        }
        Yaml::Tagged(tag, value) => function(&tag.suffix, long_form(value)),
        other => panic!("{other:?} is not part of a template"),
    }
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>
fn function(name: &str, argument: Value) -> Value {
    let (name, argument) = match (name, argument) {
        ("Ref" | "Condition", argument) => (name.to_owned(), argument),
        ("GetAtt", Value::String(path)) => {
            let (resource, attribute) = path.split_once('.').unwrap_or_else(|| panic!("!GetAtt {path} has no dot"));
            ("Fn::GetAtt".to_owned(), json!([resource, attribute]))
        }
        (_, argument) => (format!("Fn::{name}"), argument),
    };
    Value::Object(Map::from_iter([(name, argument)]))
}

/// Calls `visit` with every string of a document, except those in which `Fn::Sub` substitutes.
pub(crate) fn strings_outside_sub(node: &Value, visit: &mut impl FnMut(&str)) {
    match node {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| strings_outside_sub(item, visit)),
        Value::Object(entries) => {
            for (name, value) in entries {
                match (name.as_str(), value) {
                    ("Fn::Sub", Value::String(_)) => {}
                    ("Fn::Sub", Value::Array(arguments)) => {
                        arguments[1..].iter().for_each(|variables| strings_outside_sub(variables, visit));
                    }
                    _ => {
                        visit(name);
                        strings_outside_sub(value, visit);
                    }
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A string or a list of strings, as policies write actions and resources.
pub(crate) fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}

/// The actions of a statement.
pub(crate) fn statement_actions(statement: &Value) -> Vec<String> {
    list(&statement["Action"]).iter().map(|action| action.as_str().unwrap().to_owned()).collect()
}

/// The statements of a managed policy of `bootstrap.yaml`.
pub(crate) fn statements(bootstrap: &Value, policy: &str) -> Vec<Value> {
    let statements = &bootstrap["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"];
    statements.as_array().unwrap_or_else(|| panic!("no policy {policy}")).clone()
}

/// The policies of CI's deploy roles, by logical id.
pub(crate) fn deploy_policies(bootstrap: &Value) -> Vec<String> {
    let policies = |role: &str| {
        let attached = list(&bootstrap["Resources"][role]["Properties"]["ManagedPolicyArns"]);
        attached.iter().map(|policy| policy["Ref"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let policies_of_staging = policies("StagingDeployRole");
    assert_eq!(policies_of_staging, policies("ProductionDeployRole"));
    policies_of_staging
}

#[test]
fn no_text_outside_fn_sub_contains_the_escape_of_fn_sub() {
    for name in ["bootstrap.yaml", "stack.yaml", "observability.yaml", "inbox.yaml"] {
        strings_outside_sub(&parse(name), &mut |text| {
            assert!(!text.contains("${!"), "{name}: {text:?} is not in Fn::Sub: write ${{ without !");
        });
    }
}

#[test]
fn short_forms_become_long_forms() {
    let documents =
        Yaml::load_from_str("[!Sub \"${X}\", !GetAtt A.B.C, !Ref X, !If [Y, 1, \"1\"], !Condition Z]").unwrap();
    let expected = json!([
        {"Fn::Sub": "${X}"}, {"Fn::GetAtt": ["A", "B.C"]}, {"Ref": "X"}, {"Fn::If": ["Y", 1, "1"]}, {"Condition": "Z"},
    ]);
    assert_eq!(long_form(&documents[0]), expected);
    let mut texts = Vec::new();
    strings_outside_sub(&json!({"a": {"Fn::Sub": ["${!x}", {"y": "z"}]}, "b": {"Fn::Sub": "${!x}"}}), &mut |text| {
        texts.push(text.to_owned());
    });
    assert_eq!(texts, ["a", "y", "z", "b"]);
}
