//! CloudFormation manages a resource with the caller's permissions. `handler-permissions.json` has, for each type, the
//! permissions that its handlers name; CI's deploy role must have each one on the resource that it is for.
//!
//! Conditions are not evaluated here. The tests of the local cloud evaluate them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use vitae_parameters::metric;

use crate::{
    document::{deploy_policies, list, parse, statement_actions, statements},
    text::read,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandlerPermissions {
    source: String,
    /// Resource type, handler, permissions.
    types: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    left_out: Vec<LeftOut>,
}

/// Permissions that the deploy role does not have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOut {
    reason: String,
    /// The type for which they are left out; every type if missing.
    #[serde(rename = "type")]
    resource_type: Option<String>,
    /// Properties of the type that need them. No template may set one.
    #[serde(default)]
    properties: Vec<String>,
    permissions: BTreeSet<String>,
}

/// The stack of the role.
const STACK: &str = "resume";

/// Actions that CloudFormation needs here and that do not support resource types: only a statement on `*` allows them.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
const WITHOUT_RESOURCE_TYPE: [&str; 15] = [
    "acm:RequestCertificate",
    "application-autoscaling:Describe*",
    "cloudfront:CreateFunction",
    "cloudfront:CreateMonitoringSubscription",
    "cloudfront:CreateOriginAccessControl",
    "cloudfront:DeleteMonitoringSubscription",
    "cloudfront:GetMonitoringSubscription",
    "cloudwatch:PutMetricData",
    "logs:DescribeDeliveries",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "lambda:ListFunctions",
    "sns:GetSubscriptionAttributes",
    "sns:Unsubscribe",
    "ssm:DescribeParameters",
];

/// The resource to which a permission of a type applies: an ARN such as CloudFormation's names would have.
fn resource(resource_type: &str, permission: &str) -> String {
    if WITHOUT_RESOURCE_TYPE.contains(&permission) {
        return "*".to_owned();
    }
    let (region, account) = ("us-east-1", "111122223333");
    let regional = |service: &str, name: &str| format!("arn:aws:{service}:{region}:{account}:{name}");
    let global = |service: &str, name: &str| format!("arn:aws:{service}::{account}:{name}");
    let function = || regional("lambda", &format!("function:{STACK}-CounterFunction-1A2B"));
    match (resource_type, permission.split(':').next().unwrap()) {
        (_, "iam") => global("iam", &format!("role/{STACK}-EdgeRole-1A2B")),
        (_, "acm") => regional("acm", "certificate/12345678-1234-1234-1234-123456789012"),
        ("AWS::CloudFront::Distribution", _) => global("cloudfront", "distribution/E1"),
        ("AWS::CloudFront::Function", _) => global("cloudfront", &format!("function/{STACK}-site")),
        ("AWS::CloudFront::OriginAccessControl", _) => global("cloudfront", "origin-access-control/E1"),
        ("AWS::CloudWatch::Alarm", _) => regional("cloudwatch", &format!("alarm:{STACK}-counter-errors")),
        ("AWS::CloudWatch::Dashboard", _) => global("cloudwatch", &format!("dashboard/{STACK}")),
        ("AWS::DynamoDB::GlobalTable", _) => regional("dynamodb", &format!("table/{STACK}-CounterTable-1A2B")),
        ("AWS::Events::Rule", _) => regional("events", &format!("rule/{STACK}-KeysSchedule-1A2B")),
        ("AWS::Lambda::Function", "s3") => format!("arn:aws:s3:::{ARTIFACTS}/{STACK}/edge/1a2b.zip"),
        (_, "lambda") => function(),
        ("AWS::Logs::Delivery", _) if permission.contains("DeliverySource") => {
            regional("logs", &format!("delivery-source:{STACK}-access"))
        }
        ("AWS::Logs::Delivery", _) if permission.contains("DeliveryDestination") => {
            regional("logs", &format!("delivery-destination:{STACK}-access"))
        }
        ("AWS::Logs::Delivery", _) => regional("logs", "delivery:1a2b"),
        ("AWS::Logs::DeliveryDestination", _) => regional("logs", &format!("delivery-destination:{STACK}-access")),
        ("AWS::Logs::DeliverySource", _) => regional("logs", &format!("delivery-source:{STACK}-access")),
        ("AWS::Logs::LogGroup", _) => regional("logs", &format!("log-group:/vitae/{STACK}/edge")),
        (_, "route53") if permission == "route53:GetChange" => "arn:aws:route53:::change/C1".to_owned(),
        (_, "route53") => format!("arn:aws:route53:::hostedzone/{ZONE}"),
        ("AWS::S3::Bucket" | "AWS::S3::BucketPolicy", _) => format!("arn:aws:s3:::{STACK}-sitebucket-1a2b"),
        (_, "sns") => regional("sns", &format!("{STACK}-observability-Alarms-1A2B")),
        ("AWS::SSM::Parameter", _) => regional("ssm", &format!("parameter/vitae/{STACK}/config")),
        ("AWS::WAFv2::WebACL", _) => regional("wafv2", &format!("global/webacl/{STACK}-distribution/1a2b")),
        _ => panic!("{resource_type}: {permission}: name the resource that this permission is for"),
    }
}

const ARTIFACTS: &str = "vitae-bootstrap-artifacts-1a2b";
const ZONE: &str = "Z1";

/// The text of a policy's resource in the account of [`resource`].
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
    for template in ["stack.yaml", "observability.yaml"] {
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

fn handler_permissions() -> HandlerPermissions {
    serde_json::from_str(&read("handler-permissions.json")).unwrap()
}

#[test]
fn a_deploy_role_has_every_permission_that_the_handlers_of_our_resource_types_name() {
    let data = handler_permissions();
    assert!(data.source.contains("resource provider schemas"));
    let allowed = allowed();
    let mut missing = Vec::new();
    for resource_type in properties().keys() {
        let handlers = data.types.get(resource_type).unwrap_or_else(|| panic!("{resource_type} has no entry"));
        let is_left_out = |permission: &str| {
            data.left_out.iter().any(|left_out| {
                left_out.permissions.contains(permission)
                    && left_out.resource_type.as_ref().is_none_or(|only| only == resource_type)
            })
        };
        for permission in handlers.values().flatten().collect::<BTreeSet<_>>() {
            if is_left_out(permission) {
                continue;
            }
            let resource = resource(resource_type, permission);
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
    for left_out in handler_permissions().left_out {
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
    let data = handler_permissions();
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
