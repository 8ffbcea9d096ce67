//! What `bootstrap.yaml` allows is what `stack.yaml` needs, and no more than one repository may ask for it.

use std::collections::BTreeSet;

use serde_json::Value;
use vitae_cloud::policies;
use vitae_parameters::Prefix;

use crate::text::{actions, entry, read, value};

/// Roles of the stack, by their logical ids.
const ROLES: [&str; 3] = ["EdgeRole", "CounterRole", "KeysRole"];

#[test]
fn the_boundary_is_what_the_stacks_roles_do_and_nothing_else() {
    let (stack, bootstrap) = (read("stack.yaml"), read("bootstrap.yaml"));
    let roles = ROLES.map(|role| entry(&stack, "Resources", role));
    let mut needed: BTreeSet<_> = roles.iter().flat_map(|role| actions(role)).collect();
    // In the trust policy: who may become the role, which a boundary says nothing about.
    needed.remove("sts:AssumeRole");
    let boundary = entry(&bootstrap, "Resources", "PermissionsBoundary");
    assert_eq!(actions(&boundary).into_iter().collect::<BTreeSet<_>>(), needed);
}

#[test]
fn every_role_of_the_stack_carries_the_boundary_and_the_tag_that_it_reads() {
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
fn a_deploy_role_makes_no_role_without_the_boundary() {
    let policy = entry(&read("bootstrap.yaml"), "Resources", "DeployStack");
    let statements: Vec<_> = policy.split("- Sid: ").skip(1).collect();
    for action in ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"] {
        let granting: Vec<_> = statements.iter().filter(|statement| actions(statement).contains(&action)).collect();
        assert_eq!(granting.len(), 1, "{action}");
        assert!(granting[0].contains("\"iam:PermissionsBoundary\": !Ref PermissionsBoundary"), "{action}");
    }
    for never in
        ["iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:CreatePolicyVersion", "iam:CreateUser"]
    {
        assert!(!actions(&policy).contains(&never), "{never}");
    }
}

#[test]
fn pull_requests_change_nothing() {
    let plan = entry(&read("bootstrap.yaml"), "Resources", "Plan");
    let allowed: BTreeSet<_> = actions(&plan).into_iter().collect();
    let of_change_sets = ["CreateChangeSet", "DeleteChangeSet", "DescribeChangeSet", "DescribeStacks"];
    assert_eq!(
        allowed,
        of_change_sets.map(|action| format!("cloudformation:{action}")).iter().map(String::as_str).collect()
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
        assert!(!role.contains("StringLike"), "a pattern would trust more than it says");
    }
}

/// Every action of a policy as JSON.
fn actions_of(policy: &Value) -> BTreeSet<String> {
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
fn what_the_command_line_is_allowed_in_the_local_cloud_a_deploy_role_is_allowed_too() {
    let bootstrap = read("bootstrap.yaml");
    let policies = ["DeployStack", "DeployServices", "DeploySite"].map(|policy| entry(&bootstrap, "Resources", policy));
    let granted: BTreeSet<_> = policies.iter().flat_map(|policy| actions(policy)).collect();
    let local = policies::deploy("resume", "artifacts", &Prefix::of_stack("resume").unwrap());
    let missing: Vec<_> = actions_of(&local).into_iter().filter(|action| !granted.contains(action.as_str())).collect();
    assert!(missing.is_empty(), "bootstrap.yaml does not allow {missing:?}");
}

/// CloudFormation calls as whoever deploys: for a type, at least these. A handler's own list is longer; what is missing from it
/// shows when it is first deployed, what is missing here would show to nobody.
#[test]
fn a_deploy_role_may_make_and_remove_every_type_of_the_stacks() {
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
        let (make, remove) = match name.as_str() {
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
            other => panic!("{other}: say here what makes and removes it, and allow it in bootstrap.yaml"),
        };
        for action in [make, remove] {
            assert!(granted.contains(action), "{name}: {action}");
        }
    }
}
