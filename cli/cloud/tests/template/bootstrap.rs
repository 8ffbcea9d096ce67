//! `bootstrap.yaml` grants what `stack.yaml` needs, and trusts one repository only.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vitae_cloud::deploy::policies;
use vitae_parameters::Prefix;

use crate::{
    document::{deploy_policies, list, parse, statement_actions, statements},
    text::{actions, entry, read, value},
};

/// Logical ids of the stack's roles.
const ROLES: [&str; 3] = ["EdgeRole", "CounterRole", "KeysRole"];

#[test]
fn the_boundary_allows_exactly_the_actions_of_the_stacks_roles() {
    let (stack, bootstrap) = (read("stack.yaml"), read("bootstrap.yaml"));
    let roles = ROLES.map(|role| entry(&stack, "Resources", role));
    let mut needed: BTreeSet<_> = roles.iter().flat_map(|role| actions(role)).collect();
    // Part of the trust policy, to which a boundary does not apply.
    needed.remove("sts:AssumeRole");
    let boundary = entry(&bootstrap, "Resources", "PermissionsBoundary");
    assert_eq!(actions(&boundary).into_iter().collect::<BTreeSet<_>>(), needed);
}

#[test]
fn every_role_of_the_stack_has_the_boundary_and_the_tag_that_the_boundary_reads() {
    let stack = read("stack.yaml");
    for role in ROLES {
        let role = entry(&stack, "Resources", role);
        assert_eq!(
            value(&role, "PermissionsBoundary"),
            "!If [HasBoundary, !Ref PermissionsBoundary, !Ref \"AWS::NoValue\"]"
        );
        assert_eq!((value(&role, "- Key"), value(&role, "Value")), ("vitae-stack", "!Ref AWS::StackName"));
    }
    let boundary = entry(&read("bootstrap.yaml"), "Resources", "PermissionsBoundary");
    assert!(boundary.contains("/vitae/${!aws:PrincipalTag/vitae-stack}/"));
}

#[test]
fn a_deploy_role_cannot_create_a_role_without_the_boundary() {
    let policy = entry(&read("bootstrap.yaml"), "Resources", "DeployStack");
    let statements: Vec<_> = policy.split("- Sid: ").skip(1).collect();
    for action in ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"] {
        let granting: Vec<_> = statements.iter().filter(|statement| actions(statement).contains(&action)).collect();
        assert_eq!(granting.len(), 1, "{action}");
        assert!(granting[0].contains("\"iam:PermissionsBoundary\": !Ref PermissionsBoundary"), "{action}");
    }
    for forbidden in
        ["iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:CreatePolicyVersion", "iam:CreateUser"]
    {
        assert!(!actions(&policy).contains(&forbidden), "{forbidden}");
    }
}

#[test]
fn pull_requests_can_create_read_and_delete_change_sets_only() {
    let plan = entry(&read("bootstrap.yaml"), "Resources", "Plan");
    let allowed: BTreeSet<_> = actions(&plan).into_iter().collect();
    let change_set_calls = ["CreateChangeSet", "DeleteChangeSet", "DescribeChangeSet", "DescribeStacks"];
    assert_eq!(
        allowed,
        change_set_calls.map(|action| format!("cloudformation:{action}")).iter().map(String::as_str).collect()
    );
}

#[test]
fn each_role_trusts_one_subject_of_one_repository_in_both_forms() {
    let bootstrap = read("bootstrap.yaml");
    for (role, subject) in [
        ("StagingDeployRole", "environment:${StagingEnvironment}"),
        ("ProductionDeployRole", "environment:${ProductionEnvironment}"),
        ("PlanRole", "pull_request"),
    ] {
        let role = entry(&bootstrap, "Resources", role);
        let subjects: Vec<_> = role.lines().filter_map(|line| line.split_once("!Sub \"repo:")).collect();
        let subjects: Vec<_> = subjects.into_iter().map(|(_, subject)| subject.trim_end_matches('"')).collect();
        assert_eq!(
            subjects,
            [
                format!("${{RepositoryOwner}}/${{RepositoryName}}:{subject}"),
                format!("${{RepositoryOwner}}@${{OwnerId}}/${{RepositoryName}}@${{RepositoryId}}:{subject}"),
            ]
        );
        assert!(!role.contains("StringLike"), "a pattern could match other subjects");
    }
}

/// The actions in a JSON policy.
fn json_actions(policy: &Value) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for statement in policy["Statement"].as_array().unwrap() {
        match &statement["Action"] {
            Value::Array(several) => all.extend(several.iter().map(|action| action.as_str().unwrap().to_owned())),
            one => _ = all.insert(one.as_str().unwrap().to_owned()),
        }
    }
    all
}

#[test]
fn a_deploy_role_has_every_permission_that_the_cli_has_in_the_local_cloud() {
    let bootstrap = read("bootstrap.yaml");
    let policies = ["DeployStack", "DeployServices", "DeploySite"].map(|policy| entry(&bootstrap, "Resources", policy));
    let granted: BTreeSet<_> = policies.iter().flat_map(|policy| actions(policy)).collect();
    let local = policies::deploy("resume", "artifacts", &Prefix::from_stack_name("resume").unwrap());
    let missing: Vec<_> =
        json_actions(&local).into_iter().filter(|action| !granted.contains(action.as_str())).collect();
    assert!(missing.is_empty(), "bootstrap.yaml does not allow {missing:?}");
}

/// CloudFormation calls services with the deploying role's permissions. A resource handler needs more actions than the two
/// that this test checks; only a deployment into an account shows which.
#[test]
fn a_deploy_role_can_create_and_delete_every_resource_type_of_the_stacks() {
    let bootstrap = read("bootstrap.yaml");
    let policies = ["DeployStack", "DeployServices", "DeploySite"].map(|policy| entry(&bootstrap, "Resources", policy));
    let granted: BTreeSet<_> = policies.iter().flat_map(|policy| actions(policy)).collect();
    let mut types = BTreeSet::new();
    for template in ["stack.yaml", "observability.yaml"] {
        let text = read(template);
        let lines = text.lines().filter_map(|line| line.strip_prefix("    Type: AWS::"));
        types.extend(lines.map(str::to_owned));
    }
    for name in types {
        let (create, delete) = match name.as_str() {
            "CertificateManager::Certificate" => ("acm:RequestCertificate", "acm:DeleteCertificate"),
            "CloudFront::CachePolicy" => ("cloudfront:CreateCachePolicy", "cloudfront:DeleteCachePolicy"),
            "CloudFront::Distribution" => ("cloudfront:CreateDistribution", "cloudfront:DeleteDistribution"),
            "CloudFront::Function" => ("cloudfront:CreateFunction", "cloudfront:DeleteFunction"),
            "CloudFront::MonitoringSubscription" => {
                ("cloudfront:CreateMonitoringSubscription", "cloudfront:DeleteMonitoringSubscription")
            }
            "CloudFront::OriginAccessControl" => {
                ("cloudfront:CreateOriginAccessControl", "cloudfront:DeleteOriginAccessControl")
            }
            "CloudFront::ResponseHeadersPolicy" => {
                ("cloudfront:CreateResponseHeadersPolicy", "cloudfront:DeleteResponseHeadersPolicy")
            }
            "CloudWatch::Alarm" => ("cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"),
            "CloudWatch::Dashboard" => ("cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"),
            "DynamoDB::Table" => ("dynamodb:CreateTable", "dynamodb:DeleteTable"),
            "Events::Rule" => ("events:PutRule", "events:DeleteRule"),
            "IAM::Role" => ("iam:CreateRole", "iam:DeleteRole"),
            "Lambda::Function" => ("lambda:CreateFunction", "lambda:DeleteFunction"),
            "Lambda::Permission" => ("lambda:AddPermission", "lambda:RemovePermission"),
            "Lambda::Url" => ("lambda:CreateFunctionUrlConfig", "lambda:DeleteFunctionUrlConfig"),
            "Lambda::Version" => ("lambda:PublishVersion", "lambda:DeleteFunction"),
            "Logs::Delivery" => ("logs:CreateDelivery", "logs:DeleteDelivery"),
            "Logs::DeliveryDestination" => ("logs:PutDeliveryDestination", "logs:DeleteDeliveryDestination"),
            "Logs::DeliverySource" => ("logs:PutDeliverySource", "logs:DeleteDeliverySource"),
            "Logs::LogGroup" => ("logs:CreateLogGroup", "logs:DeleteLogGroup"),
            "Route53::RecordSet" => ("route53:ChangeResourceRecordSets", "route53:ChangeResourceRecordSets"),
            "S3::Bucket" => ("s3:CreateBucket", "s3:DeleteBucket"),
            "S3::BucketPolicy" => ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
            "SNS::Subscription" => ("sns:Subscribe", "sns:Unsubscribe"),
            "SNS::Topic" => ("sns:CreateTopic", "sns:DeleteTopic"),
            "SNS::TopicPolicy" => ("sns:SetTopicAttributes", "sns:SetTopicAttributes"),
            "SSM::Parameter" => ("ssm:PutParameter", "ssm:DeleteParameter"),
            "WAFv2::WebACL" => ("wafv2:CreateWebACL", "wafv2:DeleteWebACL"),
            other => panic!("{other}: add its create and delete actions here, and allow them in bootstrap.yaml"),
        };
        for action in [create, delete] {
            assert!(granted.contains(action), "{name}: {action}");
        }
    }
}

#[test]
fn a_deploy_role_cannot_tag_a_resource_that_has_another_stacks_tag() {
    let bootstrap = parse("bootstrap.yaml");
    let own = json!("${aws:PrincipalTag/vitae-stack}");
    let mut checked = 0;
    for policy in deploy_policies(&bootstrap) {
        for statement in statements(&bootstrap, &policy) {
            let tags: Vec<_> = statement_actions(&statement)
                .into_iter()
                .filter(|action| action.contains(":Tag") || action.contains(":AddTags"))
                .collect();
            let names_the_stack = |resource: &Value| resource.to_string().contains("${!aws:PrincipalTag/vitae-stack}");
            if tags.is_empty() || list(&statement["Resource"]).iter().all(names_the_stack) {
                continue;
            }
            checked += 1;
            let condition = &statement["Condition"];
            let is_own = |operator: &str, key: &str| condition[operator][format!("aws:{key}/vitae-stack")] == own;
            let has_own_tag = is_own("StringEquals", "ResourceTag");
            let gets_own_tag = is_own("StringEquals", "RequestTag") && is_own("StringEqualsIfExists", "ResourceTag");
            assert!(has_own_tag || gets_own_tag, "{policy}: {}: {tags:?}", statement["Sid"]);
        }
    }
    assert!(checked >= 4, "{checked}");
}
