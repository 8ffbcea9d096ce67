//! The permissions that a deployment needs: CloudFormation manages resources with the caller's, and the command line calls AWS
//! itself.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use vitae_parameters::Prefix;

use super::policies;
use crate::aws::REGION;

/// What CloudFormation's handlers of our resource types call. A test compares it with the templates and CI's roles.
const HANDLERS: &str = include_str!("../../../../cloudformation/handler-permissions.json");

/// The permissions that handlers name, and those that a deployment needs none of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandlerPermissions {
    /// Where the data is from.
    pub source: String,
    /// Resource type, handler, permissions.
    pub types: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    /// Permissions that are named and not needed.
    pub left_out: Vec<LeftOut>,
}

/// Permissions that a deployment does not need.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Why, as a sentence.
    pub reason: String,
    /// The type for which they are left out; every type if missing.
    #[serde(rename = "type")]
    pub resource_type: Option<String>,
    /// Properties of the type that need them. No template may set one.
    #[serde(default)]
    pub properties: Vec<String>,
    /// The permissions.
    pub permissions: BTreeSet<String>,
}

/// A permission and an ARN that it is needed on: `*` for an action that does not support resource types.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// `s3:GetObject`.
    pub action: String,
    /// An ARN such as CloudFormation's generated names would have.
    pub resource: String,
}

/// The names from which ARNs are made.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The account's number.
    pub account: &'a str,
    /// The name of the system's stack.
    pub stack: &'a str,
    /// The artifact bucket.
    pub artifact_bucket: &'a str,
    /// The hosted zone's id.
    pub hosted_zone: &'a str,
    /// The domain from which mail is sent.
    pub mail_domain: &'a str,
}

/// Actions that CloudFormation needs here and that do not support resource types: only a statement on `*` allows them.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
const WITHOUT_RESOURCE_TYPE: [&str; 27] = [
    "acm:RequestCertificate",
    "application-autoscaling:Describe*",
    "cloudfront:CreateFunction",
    "cloudfront:CreateMonitoringSubscription",
    "cloudfront:CreateOriginAccessControl",
    "cloudfront:DeleteMonitoringSubscription",
    "cloudfront:GetMonitoringSubscription",
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "guardduty:CreateMalwareProtectionPlan",
    "logs:DescribeDeliveries",
    "logs:DescribeIndexPolicies",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "lambda:ListFunctions",
    "pricingplanmanager:AssociateResourcesToSubscription",
    "pricingplanmanager:CancelSubscription",
    "pricingplanmanager:CancelSubscriptionChange",
    "pricingplanmanager:CreateSubscription",
    "pricingplanmanager:DisassociateResourcesFromSubscription",
    "pricingplanmanager:GetSubscription",
    "pricingplanmanager:ListSubscriptions",
    "ses:DescribeConfigurationSet",
    "shield:ListProtections",
    "sns:GetSubscriptionAttributes",
    "sns:Unsubscribe",
    "ssm:DescribeParameters",
];

/// Permissions for settings that only the buckets of the inbox have.
const OF_THE_INBOX: [&str; 3] = ["s3:PutBucketCORS", "s3:PutBucketNotification", "s3:PutBucketVersioning"];

impl HandlerPermissions {
    /// Parses the data of the repository.
    ///
    /// # Panics
    /// If it is malformed, which its tests exclude.
    #[must_use]
    pub fn read() -> Self {
        serde_json::from_str(HANDLERS).unwrap_or_else(|error| panic!("handler-permissions.json: {error}"))
    }

    /// What the handlers of a type need, without what is left out. A type without an entry needs nothing that is known.
    pub fn of_type(&self, resource_type: &str) -> impl Iterator<Item = &str> {
        let handlers = self.types.get(resource_type).into_iter().flat_map(BTreeMap::values).flatten();
        let resource_type = resource_type.to_owned();
        handlers.map(String::as_str).filter(move |permission| !self.is_left_out(&resource_type, permission))
    }

    fn is_left_out(&self, resource_type: &str, permission: &str) -> bool {
        self.left_out.iter().any(|left_out| {
            left_out.permissions.contains(permission)
                && left_out.resource_type.as_ref().is_none_or(|only| only == resource_type)
        })
    }
}

/// The resource to which a permission of a type applies, if it is known.
#[must_use]
pub fn resource(names: &Names<'_>, resource_type: &str, permission: &str) -> Option<String> {
    if WITHOUT_RESOURCE_TYPE.contains(&permission) {
        return Some("*".to_owned());
    }
    let Names { account, stack, artifact_bucket, hosted_zone, mail_domain } = *names;
    let regional = |service: &str, name: &str| format!("arn:aws:{service}:{REGION}:{account}:{name}");
    let global = |service: &str, name: &str| format!("arn:aws:{service}::{account}:{name}");
    Some(match (resource_type, permission.split(':').next()?) {
        ("AWS::GuardDuty::MalwareProtectionPlan", "iam") => {
            global("iam", &format!("role/{stack}-inbox-ScannerRole-1A2B"))
        }
        ("AWS::GuardDuty::MalwareProtectionPlan", _) => regional("guardduty", "malware-protection-plan/1a2b"),
        (_, "iam") => global("iam", &format!("role/{stack}-EdgeRole-1A2B")),
        (_, "acm") => regional("acm", "certificate/12345678-1234-1234-1234-123456789012"),
        ("AWS::CloudFront::Distribution", _) => global("cloudfront", "distribution/E1"),
        ("AWS::CloudFront::Function", _) => global("cloudfront", &format!("function/{stack}-site")),
        ("AWS::CloudFront::OriginAccessControl", _) => global("cloudfront", "origin-access-control/E1"),
        ("AWS::CloudWatch::Alarm", _) => regional("cloudwatch", &format!("alarm:{stack}-counter-errors")),
        ("AWS::CloudWatch::Dashboard", _) => global("cloudwatch", &format!("dashboard/{stack}")),
        ("AWS::DynamoDB::GlobalTable", _) => regional("dynamodb", &format!("table/{stack}-CounterTable-1A2B")),
        ("AWS::Events::Rule", _) => regional("events", &format!("rule/{stack}-KeysSchedule-1A2B")),
        ("AWS::Lambda::Function", "s3") => format!("arn:aws:s3:::{artifact_bucket}/{stack}/edge/1a2b.zip"),
        (_, "lambda") => regional("lambda", &format!("function:{stack}-CounterFunction-1A2B")),
        ("AWS::Logs::Delivery", _) if permission.contains("DeliverySource") => {
            regional("logs", &format!("delivery-source:{stack}-access"))
        }
        ("AWS::Logs::Delivery", _) if permission.contains("DeliveryDestination") => {
            regional("logs", &format!("delivery-destination:{stack}-access"))
        }
        ("AWS::Logs::Delivery", _) => regional("logs", "delivery:1a2b"),
        ("AWS::Logs::DeliveryDestination", _) => regional("logs", &format!("delivery-destination:{stack}-access")),
        ("AWS::Logs::DeliverySource", _) => regional("logs", &format!("delivery-source:{stack}-access")),
        ("AWS::Logs::LogGroup", _) => regional("logs", &format!("log-group:/vitae/{stack}/edge")),
        (_, "route53") if permission == "route53:GetChange" => "arn:aws:route53:::change/C1".to_owned(),
        (_, "route53") => format!("arn:aws:route53:::hostedzone/{hosted_zone}"),
        ("AWS::S3::Bucket", _) if OF_THE_INBOX.contains(&permission) => {
            format!("arn:aws:s3:::{stack}-inbox-uploadbucket-1a2b")
        }
        ("AWS::S3::Bucket" | "AWS::S3::BucketPolicy", _) => format!("arn:aws:s3:::{stack}-sitebucket-1a2b"),
        ("AWS::SES::EmailIdentity", _) => regional("ses", &format!("identity/{mail_domain}")),
        (_, "ses") => regional("ses", &format!("configuration-set/{stack}-mail")),
        (_, "sns") => regional("sns", &format!("{stack}-observability-Alarms-1A2B")),
        ("AWS::SSM::Parameter", _) => regional("ssm", &format!("parameter/vitae/{stack}/config")),
        ("AWS::WAFv2::WebACL", _) => regional("wafv2", &format!("global/webacl/{stack}-distribution/1a2b")),
        _ => return None,
    })
}

/// What the handlers of these types need.
pub fn of_handlers<'a>(names: &Names<'_>, resource_types: impl IntoIterator<Item = &'a str>) -> BTreeSet<Permission> {
    let data = HandlerPermissions::read();
    let mut needed = BTreeSet::new();
    for resource_type in resource_types {
        for action in data.of_type(resource_type) {
            let resource = resource(names, resource_type, action);
            needed.extend(resource.map(|resource| Permission { action: action.to_owned(), resource }));
        }
    }
    needed
}

/// What the command line calls itself: the permissions that its user has in the local cloud.
#[must_use]
pub fn of_command_line(names: &Names<'_>, prefix: &Prefix) -> BTreeSet<Permission> {
    let policy = policies::deploy(names.stack, names.artifact_bucket, prefix);
    let list = |value: &Value| -> Vec<String> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        value
            .as_array()
            .map_or_else(|| text(value).into_iter().collect(), |items| items.iter().filter_map(text).collect())
    };
    let mut needed = BTreeSet::new();
    for statement in policy["Statement"].as_array().into_iter().flatten() {
        for resource in list(&statement["Resource"]) {
            let resource = concrete(&resource, names.account);
            for action in list(&statement["Action"]) {
                needed.insert(Permission { action, resource: resource.clone() });
            }
        }
    }
    needed
}

/// A resource that a pattern of the local cloud matches, in another account.
fn concrete(pattern: &str, account: &str) -> String {
    let concrete = pattern.replace(&format!(":{}:", policies::ACCOUNT), &format!(":{account}:"));
    if concrete == "*" { concrete } else { concrete.replace('*', "1a2b") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Names<'_> = Names {
        account: "111122223333",
        stack: "resume",
        artifact_bucket: "artifacts",
        hosted_zone: "Z1",
        mail_domain: "example.com",
    };

    #[test]
    fn every_permission_of_every_type_has_a_resource() {
        let data = HandlerPermissions::read();
        for resource_type in data.types.keys() {
            for action in data.of_type(resource_type) {
                assert!(resource(&NAMES, resource_type, action).is_some(), "{resource_type}: {action}");
            }
        }
        assert!(data.of_type("AWS::S3::Bucket").any(|action| action == "s3:CreateBucket"));
        assert!(!data.of_type("AWS::S3::Bucket").any(|action| action == "iam:PassRole"), "left out");
    }

    #[test]
    fn the_command_line_needs_permissions_on_resources_of_its_stack_in_the_account() {
        let needed = of_command_line(&NAMES, &Prefix::from_stack_name("resume").unwrap());
        let has = |action: &str, resource: &str| {
            needed.contains(&Permission { action: action.to_owned(), resource: resource.to_owned() })
        };
        assert!(has(
            "cloudformation:CreateChangeSet",
            "arn:aws:cloudformation:us-east-1:111122223333:stack/resume/1a2b"
        ));
        assert!(has("s3:PutObject", "arn:aws:s3:::artifacts/resume/1a2b"));
        assert!(has("lambda:ListFunctions", "*"));
        for Permission { action, resource } in &needed {
            assert!(
                resource == "*" || !resource.contains('*') && !resource.contains(":000000000000:"),
                "{action}: {resource}"
            );
        }
    }
}
