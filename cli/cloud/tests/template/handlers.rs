//! CloudFormation manages a resource with the caller's permissions. `handler-permissions.json` has, for each type, the
//! permissions that its handlers name; CI's deploy role must have each one on the resource that it is for.
//!
//! Conditions are not evaluated here. The tests of the local cloud evaluate them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vitae_cloud::deploy::required_permissions::{HandlerPermissions, Names, resource};
use vitae_parameters::metric;

use crate::{
    document::{deploy_policies, list, parse, statement_actions, statements},
    text::read,
};

/// The stack of the role.
const STACK: &str = "resume";
const ARTIFACTS: &str = "vitae-bootstrap-artifacts-1a2b";
const ZONE: &str = "Z1";
const DOMAIN: &str = "example.com";
const NAMES: Names<'_> =
    Names { account: "111122223333", stack: STACK, artifact_bucket: ARTIFACTS, hosted_zone: ZONE, mail_domain: DOMAIN };

/// The text of a policy's resource in the account of [`NAMES`].
fn text(value: &Value) -> String {
    let substituted = match value {
        Value::String(text) => text.clone(),
        Value::Object(entries) => match &entries.get("Fn::Sub").or_else(|| entries.get("Fn::GetAtt")) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(arguments)) if arguments[0] == "Artifacts" => "${Artifacts.Arn}".to_owned(),
            Some(Value::Array(arguments)) => arguments[0].as_str().unwrap().to_owned(),
            _ if value["Ref"] == "AWS::StackId" => "arn:aws:cloudformation:::stack/vitae-bootstrap/1a2b".to_owned(),
            _ => panic!("{value}"),
        },
        _ => panic!("{value}"),
    };
    let variables = [
        ("${AWS::Partition}", "aws"),
        ("${AWS::Region}", "us-east-1"),
        ("${AWS::AccountId}", "111122223333"),
        ("${!aws:PrincipalTag/vitae-stack}", STACK),
        ("${!aws:PrincipalTag/vitae-domain}", DOMAIN),
        ("${Artifacts.Arn}", &format!("arn:aws:s3:::{ARTIFACTS}")),
        ("${Zone}", ZONE),
    ];
    let text = variables.iter().fold(substituted, |text, (name, value)| text.replace(name, value));
    assert!(!text.contains('$'), "{text} has another variable");
    text
}

/// Whether a pattern of a policy, in which `*` is any text, matches.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// What the deploy role's policies allow: patterns of actions and of resources.
fn allowed() -> Vec<(Vec<String>, Vec<String>)> {
    let bootstrap = parse("bootstrap.yaml");
    let policies = deploy_policies(&bootstrap).into_iter().flat_map(|policy| statements(&bootstrap, &policy));
    policies
        .filter(|statement| statement["Effect"] == "Allow")
        .map(|statement| (statement_actions(&statement), list(&statement["Resource"]).iter().map(text).collect()))
        .collect()
}

fn is_allowed(allowed: &[(Vec<String>, Vec<String>)], action: &str, resource: &str) -> bool {
    allowed.iter().any(|(actions, resources)| {
        actions.iter().any(|pattern| matches(pattern, action))
            && resources.iter().any(|pattern| matches(pattern, resource))
    })
}

/// The properties that our templates set, by resource type. Properties of properties count too.
fn properties() -> BTreeMap<String, BTreeSet<String>> {
    fn names(node: &Value, found: &mut BTreeSet<String>) {
        match node {
            Value::Object(entries) => {
                found.extend(entries.keys().cloned());
                entries.values().for_each(|value| names(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| names(item, found)),
            _ => {}
        }
    }
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for template in ["stack.yaml", "observability.yaml", "inbox.yaml"] {
        for resource in parse(template)["Resources"].as_object().unwrap().values() {
            let resource_type = resource["Type"].as_str().unwrap();
            // The stack's own function serves these.
            if !resource_type.starts_with("Custom::") {
                names(&resource["Properties"], found.entry(resource_type.to_owned()).or_default());
            }
        }
    }
    found
}

#[test]
fn a_deploy_role_has_every_permission_that_the_handlers_of_our_resource_types_name() {
    let data = HandlerPermissions::read();
    assert!(data.source.contains("resource provider schemas"));
    let allowed = allowed();
    let mut missing = Vec::new();
    for resource_type in properties().keys() {
        assert!(data.types.contains_key(resource_type), "{resource_type} has no entry");
        for permission in data.of_type(resource_type).collect::<BTreeSet<_>>() {
            let resource = resource(&NAMES, resource_type, permission).unwrap_or_else(|| {
                panic!("{resource_type}: {permission}: name the resource that this permission is for")
            });
            if !is_allowed(&allowed, permission, &resource) {
                missing.push(format!("{resource_type}: {permission} on {resource}"));
            }
        }
    }
    assert!(missing.is_empty(), "allow these in bootstrap.yaml, or give a reason in left_out:\n{}", missing.join("\n"));
}

#[test]
fn a_deploy_role_cannot_write_metrics_that_the_functions_write_or_the_alarms_read() {
    let bootstrap = parse("bootstrap.yaml");
    let policies = deploy_policies(&bootstrap).into_iter().flat_map(|policy| statements(&bootstrap, &policy));
    let writing = policies.filter(|one| statement_actions(one).contains(&"cloudwatch:PutMetricData".to_owned()));
    let excluded: Vec<_> =
        writing.map(|one| list(&one["Condition"]["StringNotEquals"]["cloudwatch:namespace"])).collect();
    let observability = read("observability.yaml");
    let alarms = observability.lines().filter_map(|line| line.trim().strip_prefix("Namespace: "));
    let every: BTreeSet<&str> = alarms.chain([metric::NAMESPACE, metric::PAGE_VIEW_NAMESPACE]).collect();
    assert_eq!(excluded, [every.into_iter().map(Value::from).collect::<Vec<_>>()]);
}

#[test]
fn no_template_sets_a_property_for_which_permissions_are_left_out() {
    let properties = properties();
    for left_out in HandlerPermissions::read().left_out {
        assert!(left_out.reason.ends_with('.'), "{}", left_out.reason);
        let Some(resource_type) = &left_out.resource_type else { continue };
        assert!(!left_out.properties.is_empty(), "{}", left_out.reason);
        for property in &left_out.properties {
            assert!(
                !properties[resource_type].contains(property),
                "{resource_type} sets {property}: {}",
                left_out.reason
            );
        }
    }
}

#[test]
fn the_data_has_exactly_our_types_and_leaves_out_only_what_their_handlers_name() {
    let data = HandlerPermissions::read();
    let types: BTreeSet<_> = data.types.keys().collect();
    assert_eq!(types, properties().keys().collect());
    for left_out in &data.left_out {
        for permission in &left_out.permissions {
            let mut handlers =
                data.types.iter().filter(|(name, _)| left_out.resource_type.as_ref().is_none_or(|only| only == *name));
            assert!(
                handlers.any(|(_, handlers)| handlers.values().any(|named| named.contains(permission))),
                "{permission} is not needed: remove it"
            );
        }
    }
}

#[test]
fn a_pattern_matches_as_in_a_policy() {
    for (pattern, text) in [("*", ""), ("a*", "a"), ("a*b*", "axbx"), ("a", "a"), ("a*c", "abc")] {
        assert!(matches(pattern, text), "{pattern} {text}");
    }
    for (pattern, text) in [("a", "ab"), ("a*c", "ab"), ("a-*", "ab-c"), ("*b", "ba"), ("ab*b", "ab")] {
        assert!(!matches(pattern, text), "{pattern} {text}");
    }
}
