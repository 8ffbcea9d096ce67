//! Policies of the local cloud's users. They list exact actions on exact names, so that missing permissions show up locally.

use serde_json::{Value, json};
use vitae_parameters::{Parameter, Prefix};

use crate::{
    aws::REGION,
    deploy::{Outputs, StackKind},
};

/// ministack's default account.
pub(super) const ACCOUNT: &str = "000000000000";

/// The policy of `deploy`: uploads artifacts, executes change sets of this system, uploads and invalidates site and CV, writes
/// `origins/*`, rotates keys, and reads what `vitae doctor` checks.
///
/// It has no permissions on the resources of the template, which a deployment to an account needs: ministack's CloudFormation
/// requires none.
#[must_use]
pub fn deploy(stack: &str, artifact_bucket: &str, prefix: &Prefix) -> Value {
    // CloudFormation's generated names begin with the stack's name, and bucket names are in lower case.
    let bucket = |logical_id: &str| format!("arn:aws:s3:::{}-{logical_id}-*", stack.to_lowercase());
    let (site, cv) = (bucket("sitebucket"), bucket("cvbucket"));
    let uploads = bucket("inbox-uploadbucket");
    let stacks = StackKind::ALL
        .map(|kind| format!("arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{}/*", kind.stack_name(stack)));
    let function = |logical_id: &str| format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{stack}-{logical_id}-*");
    json!({"Version": "2012-10-17", "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "cloudformation:CreateChangeSet",
                "cloudformation:DeleteChangeSet",
                "cloudformation:DeleteStack",
                "cloudformation:DescribeChangeSet",
                "cloudformation:DescribeEvents",
                "cloudformation:DescribeStackEvents",
                "cloudformation:DescribeStackResource",
                "cloudformation:DescribeStackResourceDrifts",
                "cloudformation:DescribeStacks",
                "cloudformation:DetectStackDrift",
                "cloudformation:ExecuteChangeSet",
                "cloudformation:ListStackResources",
            ],
            "Resource": stacks,
        },
        {
            // The edge function of a deleted stack is found by its name.
            "Effect": "Allow",
            "Action": "lambda:ListFunctions",
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": "lambda:DeleteFunction",
            "Resource": format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{stack}-EdgeFunction-*"),
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
            "Resource": format!("arn:aws:s3:::{artifact_bucket}/{stack}/*"),
        },
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": [format!("arn:aws:s3:::{artifact_bucket}"), site, cv],
        },
        {
            "Effect": "Allow",
            "Action": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            "Resource": [format!("{site}/*"), format!("{cv}/*")],
        },
        {
            "Effect": "Allow",
            "Action": ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"],
            "Resource": format!("arn:aws:cloudfront::{ACCOUNT}:distribution/*"),
        },
        {
            "Effect": "Allow",
            "Action": ["ssm:DeleteParameter", "ssm:PutParameter"],
            "Resource": [parameter(prefix, Parameter::OriginDev), parameter(prefix, Parameter::OriginProd)],
        },
        {
            // Not signer/active: a deployment does not need the signing key.
            "Effect": "Allow",
            "Action": "ssm:GetParameters",
            "Resource": [
                parameter(prefix, Parameter::Config),
                parameter(prefix, Parameter::OriginDev),
                parameter(prefix, Parameter::OriginProd),
            ],
        },
        {
            "Effect": "Allow",
            "Action": "lambda:InvokeFunction",
            "Resource": function("KeysFunction"),
        },
        {
            "Effect": "Allow",
            "Action": "lambda:GetPolicy",
            "Resource": function("CounterFunction"),
        },
        {
            "Effect": "Allow",
            "Action": "lambda:ListVersionsByFunction",
            "Resource": function("EdgeFunction"),
        },
        {
            "Effect": "Allow",
            "Action": "s3:GetBucketPolicy",
            "Resource": [site, cv, uploads],
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetBucketCORS", "s3:GetLifecycleConfiguration"],
            "Resource": uploads,
        },
        {
            "Effect": "Allow",
            "Action": "cloudfront:GetDistribution",
            "Resource": format!("arn:aws:cloudfront::{ACCOUNT}:distribution/*"),
        },
        {
            "Effect": "Allow",
            "Action": "sns:ListSubscriptionsByTopic",
            "Resource": format!("arn:aws:sns:{REGION}:{ACCOUNT}:{stack}-*"),
        },
        {
            // These actions have no resource type, or are called in every region of an edge.
            "Effect": "Allow",
            "Action": [
                "cloudformation:DescribeStackDriftDetectionStatus",
                "cloudfront:GetKeyGroup",
                "cloudfront:GetPublicKey",
                "cloudfront:ListPublicKeys",
                "logs:DescribeLogGroups",
                "ses:GetAccount",
                "ses:GetEmailIdentity",
                "ssm:GetServiceSetting",
            ],
            "Resource": "*",
        },
    ]})
}

/// The policy of `owner`: creates, lists and revokes named links, erases what is stored about a visitor, and reads and deletes the
/// files of the inbox. CI does not have these permissions.
#[must_use]
pub fn owner(stack: &str, prefix: &Prefix) -> Value {
    let inbox = StackKind::Inbox.stack_name(stack);
    let stacks = [stack, &inbox].map(|name| format!("arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/*"));
    let files =
        ["inboxbucket", "quarantinebucket"].map(|bucket| format!("arn:aws:s3:::{}-{bucket}-*/*", inbox.to_lowercase()));
    json!({"Version": "2012-10-17", "Statement": [
        {
            "Effect": "Allow",
            "Action": "cloudformation:DescribeStacks",
            "Resource": stacks,
        },
        {
            "Effect": "Allow",
            "Action": ["dynamodb:DeleteItem", "dynamodb:Scan"],
            "Resource": format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{inbox}-InboxTable-*"),
        },
        {
            // The only user that reads the quarantine.
            "Effect": "Allow",
            "Action": ["s3:DeleteObject", "s3:GetObject"],
            "Resource": files,
        },
        {
            "Effect": "Allow",
            "Action": ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:UpdateItem"],
            "Resource": format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{stack}-LinksTable-*"),
        },
        {
            // With the key, the hash of an address is computed.
            "Effect": "Allow",
            "Action": "ssm:GetParameters",
            "Resource": [parameter(prefix, Parameter::Config), parameter(prefix, Parameter::LinksKey)],
        },
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": format!("arn:aws:s3:::{}-cvbucket-*", stack.to_lowercase()),
        },
    ]})
}

/// The policy of `local-edge`: the permissions of CloudFront and Lambda@Edge in an account. The local edge reads the distribution
/// and checks policies as AWS does; its own credentials fetch from the origins, and the function runs with the edge role.
#[must_use]
pub fn local_edge(stack: &str, outputs: &Outputs, edge_role: &str) -> Value {
    let function = |logical_id: &str| format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{stack}-{logical_id}*");
    let buckets = [&outputs.site_bucket, &outputs.cv_bucket].map(|bucket| format!("arn:aws:s3:::{bucket}"));
    let origins = ["CounterFunction-", "LinksFunction-", "inbox-InboxFunction-"].map(function);
    json!({"Version": "2012-10-17", "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "cloudfront:DescribeFunction",
                "cloudfront:GetCachePolicy",
                "cloudfront:GetDistribution",
                "cloudfront:GetFunction",
                "cloudfront:GetInvalidation",
                "cloudfront:GetKeyGroup",
                "cloudfront:GetOriginAccessControl",
                "cloudfront:GetOriginRequestPolicy",
                "cloudfront:GetPublicKey",
                "cloudfront:GetResponseHeadersPolicy",
                "cloudfront:ListInvalidations",
            ],
            "Resource": "*",
        },
        {
            // A function URL does not name its function, so the local edge lists the functions.
            "Effect": "Allow",
            "Action": "lambda:ListFunctions",
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            // ministack 1.5.33 authorizes ListFunctionUrlConfigs as GetFunction.
            "Action": ["lambda:ListFunctionUrlConfigs", "lambda:GetFunction"],
            "Resource": function(""),
        },
        {
            "Effect": "Allow",
            "Action": "lambda:GetFunction",
            "Resource": outputs.edge_function_arn,
        },
        {
            "Effect": "Allow",
            "Action": ["lambda:GetPolicy", "lambda:InvokeFunction", "lambda:InvokeFunctionUrl"],
            "Resource": origins,
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetBucketPolicy", "s3:ListBucket"],
            "Resource": buckets,
        },
        {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": buckets.each_ref().map(|bucket| format!("{bucket}/*")),
        },
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": role_arn(edge_role),
        },
    ]})
}

/// Adds a user to the trust policy of the edge role. In the local cloud, `local-edge` is the counterpart of
/// `edgelambda.amazonaws.com`.
#[must_use]
pub fn trust(mut template: Value, user: &str) -> Value {
    let statement = json!({
        "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:user/{user}")},
        "Action": "sts:AssumeRole",
    });
    if let Some(statements) = template["Statement"].as_array_mut()
        && !statements.contains(&statement)
    {
        statements.push(statement);
    }
    template
}

fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

fn parameter(prefix: &Prefix, name: Parameter) -> String {
    format!("arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{}", prefix.name(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn outputs() -> Outputs {
        let text = |text: &str| text.to_owned();
        Outputs {
            distribution_id: text("E1"),
            distribution_domain_name: text("d1.cloudfront.net"),
            site_url: text("https://d1.cloudfront.net"),
            site_bucket: text("site"),
            cv_bucket: text("cv"),
            counter_url: text("https://x.lambda-url.us-east-1.on.aws/"),
            counter_function: text("resume-CounterFunction-1"),
            counter_table: text("table"),
            keys_function: text("resume-KeysFunction-1"),
            key_group_id: text("group"),
            parameter_prefix: text("/vitae/resume/"),
            edge_function_arn: text("arn:aws:lambda:us-east-1:000000000000:function:resume-EdgeFunction-1:7"),
            links: None,
            mail: None,
            inbox: false,
        }
    }

    fn actions(policy: &Value) -> BTreeSet<String> {
        let mut actions = BTreeSet::new();
        for statement in policy["Statement"].as_array().unwrap() {
            match &statement["Action"] {
                Value::Array(several) => {
                    actions.extend(several.iter().map(|action| action.as_str().unwrap().to_owned()));
                }
                one => _ = actions.insert(one.as_str().unwrap().to_owned()),
            }
        }
        actions
    }

    #[test]
    fn local_edge_has_exactly_the_permissions_that_the_local_edge_uses() {
        let policy = local_edge("resume", &outputs(), "resume-EdgeRole-1");
        // The function reads its parameters with its role, which local-edge may assume.
        let needed = vitae_local::IAM_ACTIONS.iter().filter(|action| **action != "ssm:GetParameters");
        let needed: BTreeSet<_> = needed.map(|action| (*action).to_owned()).collect();
        assert_eq!(actions(&policy), needed);
    }

    #[test]
    fn no_user_has_a_wildcard_action() {
        let prefix = Prefix::from_stack_name("resume").unwrap();
        let local_edge = local_edge("resume", &outputs(), "resume-EdgeRole-1");
        let policies = [deploy("resume", "artifacts", &prefix), owner("resume", &prefix), local_edge];
        assert!(policies.iter().flat_map(actions).all(|action| !action.contains('*')));
    }

    #[test]
    fn trust_is_added_once_and_keeps_the_other_statements() {
        let template = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ]});
        let once = trust(template.clone(), "local-edge");
        assert_eq!(once["Statement"].as_array().unwrap().len(), 2);
        assert_eq!(once["Statement"][0], template["Statement"][0]);
        assert_eq!(trust(once.clone(), "local-edge"), once);
    }
}
