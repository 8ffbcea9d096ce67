//! What CI's roles are allowed. The policies are read back from the local cloud as it stored them, and its IAM evaluates
//! calls with the context that AWS documents for them.

use std::{
    collections::BTreeMap,
    env,
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use vitae_cloud::aws::AwsClients;

/// A call: its action, the resource's ARN without `arn:aws:`, and its condition keys.
type Call = (&'static str, &'static str, Value);

const STAGING: &str = "vitae-staging";
const PRODUCTION: &str = "vitae-production";

/// The policies attached to a role, as stored.
async fn stored(aws: &AwsClients, role: &str) -> Vec<String> {
    let attached = aws.iam().list_attached_role_policies().role_name(role).send().await.unwrap();
    let mut documents = Vec::new();
    for policy in attached.attached_policies() {
        documents.push(document(aws, policy.policy_arn().unwrap()).await);
    }
    documents
}

/// The default version of a managed policy.
pub(crate) async fn document(aws: &AwsClients, arn: &str) -> String {
    let policy = aws.iam().get_policy().policy_arn(arn).send().await.unwrap();
    let version = policy.policy().and_then(|policy| policy.default_version_id()).unwrap().to_owned();
    let version = aws.iam().get_policy_version().policy_arn(arn).version_id(version).send().await.unwrap();
    let document = version.policy_version().and_then(|version| version.document()).unwrap();
    percent_decode(document)
}

pub(crate) fn percent_decode(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
            u8::from_str_radix(str::from_utf8(&digits).unwrap(), 16).unwrap()
        } else {
            byte
        });
    }
    String::from_utf8(decoded).unwrap()
}

/// The local cloud does not support policy variables: puts the values of a role's tags in a stored policy.
pub(crate) fn with_tags(document: &str, stack: &str, domain: &str) -> String {
    let document = document.replace("${aws:PrincipalTag/vitae-stack}", stack);
    let document = document.replace("${aws:PrincipalTag/vitae-domain}", domain);
    assert!(!document.contains("${"), "{document}");
    document
}

/// The decision on each call.
fn evaluate(policies: &[String], calls: &[Call]) -> Vec<String> {
    let calls: Vec<_> = calls
        .iter()
        .map(|(action, resource, context)| {
            let resource = if *resource == "*" { "*".to_owned() } else { format!("arn:aws:{resource}") };
            json!({"action": action, "resource": resource, "context": context})
        })
        .collect();
    let python = env::var_os("VITAE_PYTHON").expect("VITAE_PYTHON is not set: run `cargo vitae test`");
    let mut child = Command::new(python)
        .args(["-c", include_str!("evaluate.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let request = json!({"policies": policies, "calls": calls}).to_string();
    child.stdin.take().unwrap().write_all(request.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn assert_decisions(role: &str, policies: &[String], calls: &[Call], is_allowed: bool) {
    let decisions = evaluate(policies, calls);
    assert_eq!(decisions.len(), calls.len());
    let wrong: Vec<_> = calls.iter().zip(&decisions).filter(|(_, found)| (*found == "Allow") != is_allowed).collect();
    assert!(wrong.is_empty(), "{role}: expected allowed = {is_allowed}, found {wrong:#?}");
}

/// The tags of a resource or a request.
fn has(stack: &str) -> Value {
    json!({"aws:ResourceTag/vitae-stack": stack})
}

fn gets(stack: &str) -> Value {
    json!({"aws:RequestTag/vitae-stack": stack})
}

fn had_and_gets(old: &str, new: &str) -> Value {
    json!({"aws:ResourceTag/vitae-stack": old, "aws:RequestTag/vitae-stack": new})
}

fn names(names: &[&str]) -> Value {
    json!({"route53:ChangeResourceRecordSetsNormalizedRecordNames": names})
}

fn change_set(name: &str) -> Value {
    json!({"cloudformation:ChangeSetName": name})
}

fn by_cloudformation() -> Value {
    json!({"aws:CalledVia": ["cloudformation.amazonaws.com"]})
}

fn none() -> Value {
    json!({})
}

const PRODUCTION_STACK: &str = "cloudformation:us-east-1:000000000000:stack/vitae-production/1a2b";
const STAGING_STACK: &str = "cloudformation:us-east-1:000000000000:stack/vitae-staging/1a2b";
const BOOTSTRAP_STACK: &str = "cloudformation:us-east-1:000000000000:stack/vitae-bootstrap/1a2b";
const DISTRIBUTION: &str = "cloudfront::000000000000:distribution/E1";
const CERTIFICATE: &str = "acm:us-east-1:000000000000:certificate/12345678-1234-1234-1234-123456789012";
const DELIVERY: &str = "logs:us-east-1:000000000000:delivery:1a2b";
const SCAN_PLAN: &str = "guardduty:us-east-1:000000000000:malware-protection-plan/1a2b";
const STAGING_INBOX: &str = "cloudformation:us-east-1:000000000000:stack/vitae-staging-inbox/1a2b";
const PRODUCTION_INBOX: &str = "cloudformation:us-east-1:000000000000:stack/vitae-production-inbox/1a2b";
const ZONE: &str = "route53:::hostedzone/Z0123456789";

/// Calls that staging's deploy role is refused, by what they are about.
#[expect(clippy::too_many_lines, reason = "a table")]
fn denied_to_staging(bucket: &'static str, boundary: &str) -> Vec<(&'static str, Vec<Call>)> {
    let other_boundary = format!("{boundary}-other");
    vec![
        (
            "tags: a distribution of production does not become staging's",
            vec![
                ("cloudfront:TagResource", DISTRIBUTION, had_and_gets(PRODUCTION, STAGING)),
                ("cloudfront:TagResource", DISTRIBUTION, has(PRODUCTION)),
                ("cloudfront:TagResource", DISTRIBUTION, gets(PRODUCTION)),
                ("cloudfront:UntagResource", DISTRIBUTION, has(PRODUCTION)),
                ("cloudfront:UntagResource", DISTRIBUTION, none()),
                ("cloudfront:CreateDistribution", DISTRIBUTION, gets(PRODUCTION)),
                ("cloudfront:CreateDistribution", DISTRIBUTION, none()),
                ("cloudfront:UpdateDistribution", DISTRIBUTION, has(PRODUCTION)),
                ("cloudfront:UpdateDistribution", DISTRIBUTION, none()),
                ("cloudfront:DeleteDistribution", DISTRIBUTION, has(PRODUCTION)),
                ("cloudfront:DeleteDistribution", DISTRIBUTION, none()),
                ("cloudfront:CreateInvalidation", DISTRIBUTION, has(PRODUCTION)),
                ("cloudfront:GetDistribution", DISTRIBUTION, has(PRODUCTION)),
                ("cloudfront:AllowVendedLogDeliveryForResource", DISTRIBUTION, has(PRODUCTION)),
                ("cloudfront:DeleteMonitoringSubscription", DISTRIBUTION, has(PRODUCTION)),
            ],
        ),
        (
            "tags: a certificate of production does not become staging's",
            vec![
                ("acm:AddTagsToCertificate", CERTIFICATE, had_and_gets(PRODUCTION, STAGING)),
                ("acm:AddTagsToCertificate", CERTIFICATE, gets(PRODUCTION)),
                ("acm:RemoveTagsFromCertificate", CERTIFICATE, has(PRODUCTION)),
                ("acm:RequestCertificate", "*", gets(PRODUCTION)),
                ("acm:RequestCertificate", "*", none()),
                ("acm:DeleteCertificate", CERTIFICATE, has(PRODUCTION)),
                ("acm:DeleteCertificate", CERTIFICATE, none()),
                ("acm:DescribeCertificate", CERTIFICATE, has(PRODUCTION)),
            ],
        ),
        (
            "key groups and policies of CloudFront",
            vec![
                ("cloudfront:CreateKeyGroup", "*", none()),
                ("cloudfront:UpdateKeyGroup", "*", none()),
                ("cloudfront:DeleteKeyGroup", "*", none()),
                ("cloudfront:CreatePublicKey", "*", none()),
                ("cloudfront:UpdatePublicKey", "*", none()),
                ("cloudfront:DeletePublicKey", "*", none()),
                ("cloudfront:UpdateCachePolicy", "cloudfront::000000000000:cache-policy/1a2b", none()),
                ("cloudfront:DeleteCachePolicy", "cloudfront::000000000000:cache-policy/1a2b", none()),
                (
                    "cloudfront:UpdateResponseHeadersPolicy",
                    "cloudfront::000000000000:response-headers-policy/1a2b",
                    none(),
                ),
                (
                    "cloudfront:UpdateOriginAccessControl",
                    "cloudfront::000000000000:origin-access-control/E1",
                    json!({"aws:CalledVia": ["athena.amazonaws.com"]}),
                ),
                ("cloudfront:UpdateFunction", "cloudfront::000000000000:function/vitae-production-site", none()),
                ("cloudfront:TagResource", "cloudfront::000000000000:function/vitae-production-site", gets(STAGING)),
                ("cloudfront:DeleteFunction", "cloudfront::000000000000:function/other", none()),
            ],
        ),
        (
            "DNS",
            vec![
                ("route53:ChangeResourceRecordSets", ZONE, names(&["example.com"])),
                ("route53:ChangeResourceRecordSets", ZONE, names(&["www.example.com"])),
                ("route53:ChangeResourceRecordSets", ZONE, names(&["notstaging.example.com"])),
                ("route53:ChangeResourceRecordSets", ZONE, names(&["staging.example.com", "www.example.com"])),
                ("route53:ChangeResourceRecordSets", ZONE, none()),
                ("route53:ChangeResourceRecordSets", "route53:::hostedzone/ZOTHER", names(&["staging.example.com"])),
                ("route53:DeleteHostedZone", ZONE, none()),
            ],
        ),
        (
            "artifacts",
            vec![
                ("s3:PutObject", bucket_path(bucket, "vitae-production/edge/1a2b.zip"), none()),
                ("s3:GetObject", bucket_path(bucket, "vitae-production/edge/1a2b.zip"), none()),
                ("s3:GetObjectVersion", bucket_path(bucket, "vitae-production/regional/1a2b.zip"), none()),
                ("s3:PutObject", bucket_path(bucket, "vitae-staging-2/edge/1a2b.zip"), none()),
                ("s3:PutObject", bucket_path(bucket, "edge/1a2b.zip"), none()),
                ("s3:DeleteObject", bucket_path(bucket, "vitae-staging/edge/1a2b.zip"), none()),
                ("s3:DeleteObjectVersion", bucket_path(bucket, "vitae-staging/edge/1a2b.zip"), none()),
                ("s3:PutBucketPolicy", bucket_path(bucket, ""), none()),
                ("s3:DeleteBucket", bucket_path(bucket, ""), none()),
                ("s3:PutBucketVersioning", bucket_path(bucket, ""), none()),
                ("s3:PutObject", "s3:::vitae-production-sitebucket-1a2b/index.html", none()),
                ("s3:PutObject", "s3:::vitae-staging-observability-accesslogbucket-1a2b/x", none()),
                ("s3:DeleteBucketPolicy", "s3:::vitae-production-cvbucket-1a2b", none()),
            ],
        ),
        (
            "deliveries, alarms and dashboards",
            vec![
                ("logs:TagResource", DELIVERY, had_and_gets(PRODUCTION, STAGING)),
                ("logs:CreateDelivery", DELIVERY, gets(PRODUCTION)),
                ("logs:CreateDelivery", DELIVERY, none()),
                ("logs:DeleteDelivery", DELIVERY, has(PRODUCTION)),
                ("logs:DeleteDelivery", DELIVERY, none()),
                ("logs:UpdateDeliveryConfiguration", DELIVERY, has(PRODUCTION)),
                ("logs:GetDelivery", DELIVERY, has(PRODUCTION)),
                (
                    "logs:PutDeliverySource",
                    "logs:us-east-1:000000000000:delivery-source:vitae-production-access",
                    none(),
                ),
                (
                    "logs:PutDeliveryDestinationPolicy",
                    "logs:us-east-1:000000000000:delivery-destination:vitae-production-access",
                    none(),
                ),
                ("logs:DeleteLogGroup", "logs:us-east-1:000000000000:log-group:/vitae/vitae-production/edge", none()),
                ("sns:Unsubscribe", "*", none()),
                ("sns:Subscribe", "sns:us-east-1:000000000000:vitae-production-observability-Alarms-1", none()),
                ("cloudwatch:DeleteAlarms", "cloudwatch:us-east-1:000000000000:alarm:vitae-production-5xx", none()),
                ("cloudwatch:PutDashboard", "cloudwatch::000000000000:dashboard/vitae-production", none()),
            ],
        ),
        (
            "stacks and change sets",
            vec![
                ("cloudformation:CreateChangeSet", PRODUCTION_STACK, change_set("deploy-1")),
                ("cloudformation:ExecuteChangeSet", PRODUCTION_STACK, change_set("deploy-1")),
                ("cloudformation:DeleteStack", PRODUCTION_STACK, none()),
                ("cloudformation:DeleteStack", BOOTSTRAP_STACK, none()),
                ("cloudformation:CreateChangeSet", BOOTSTRAP_STACK, change_set("deploy-1")),
                (
                    "cloudformation:CreateChangeSet",
                    STAGING_STACK,
                    json!({"cloudformation:ImportResourceTypes": ["AWS::CloudFront::CachePolicy"]}),
                ),
                ("cloudformation:SetStackPolicy", STAGING_STACK, none()),
            ],
        ),
        (
            "roles",
            vec![
                ("iam:CreateRole", "iam::000000000000:role/vitae-staging-X-1", none()),
                (
                    "iam:CreateRole",
                    "iam::000000000000:role/vitae-staging-X-1",
                    json!({"iam:PermissionsBoundary": other_boundary}),
                ),
                (
                    "iam:PutRolePolicy",
                    "iam::000000000000:role/vitae-production-EdgeRole-1",
                    json!({"iam:PermissionsBoundary": boundary}),
                ),
                ("iam:TagRole", "iam::000000000000:role/vitae-staging-EdgeRole-1", gets(PRODUCTION)),
                ("iam:UntagRole", "iam::000000000000:role/vitae-staging-EdgeRole-1", none()),
                ("iam:AttachRolePolicy", "iam::000000000000:role/vitae-staging-EdgeRole-1", none()),
                ("iam:DeleteRolePermissionsBoundary", "iam::000000000000:role/vitae-staging-EdgeRole-1", none()),
                (
                    "iam:UpdateAssumeRolePolicy",
                    "iam::000000000000:role/vitae/vitae-bootstrap-StagingDeployRole-1",
                    none(),
                ),
                ("iam:TagRole", "iam::000000000000:role/vitae/vitae-bootstrap-StagingDeployRole-1", gets(STAGING)),
                ("iam:CreatePolicyVersion", "iam::000000000000:policy/vitae/vitae-bootstrap-DeployStack-1", none()),
                (
                    "iam:PassRole",
                    "iam::000000000000:role/vitae-staging-EdgeRole-1",
                    json!({"iam:PassedToService": "ec2.amazonaws.com"}),
                ),
            ],
        ),
        (
            "the inbox: another stack's plan, and what visitors sent",
            vec![
                ("guardduty:CreateMalwareProtectionPlan", "*", gets(PRODUCTION)),
                ("guardduty:CreateMalwareProtectionPlan", "*", none()),
                ("guardduty:TagResource", SCAN_PLAN, had_and_gets(PRODUCTION, STAGING)),
                ("guardduty:UpdateMalwareProtectionPlan", SCAN_PLAN, has(PRODUCTION)),
                ("guardduty:UpdateMalwareProtectionPlan", SCAN_PLAN, none()),
                ("guardduty:DeleteMalwareProtectionPlan", SCAN_PLAN, has(PRODUCTION)),
                ("guardduty:GetMalwareProtectionPlan", SCAN_PLAN, has(PRODUCTION)),
                ("guardduty:DeleteDetector", "guardduty:us-east-1:000000000000:detector/1a2b", has(STAGING)),
                ("s3:GetObject", "s3:::vitae-staging-inbox-uploadbucket-1a2b/incoming/a", none()),
                ("s3:GetObject", "s3:::vitae-staging-inbox-inboxbucket-1a2b/files/a", none()),
                ("s3:GetObject", "s3:::vitae-staging-inbox-quarantinebucket-1a2b/files/a", none()),
                ("s3:PutObject", "s3:::vitae-staging-inbox-inboxbucket-1a2b/files/a", none()),
                ("s3:PutObjectTagging", "s3:::vitae-staging-inbox-uploadbucket-1a2b/incoming/a", none()),
                ("s3:PutBucketCORS", "s3:::vitae-production-inbox-uploadbucket-1a2b", none()),
                ("s3:PutBucketVersioning", "s3:::vitae-staging-sitebucket-1a2b", none()),
                ("dynamodb:Scan", "dynamodb:us-east-1:000000000000:table/vitae-staging-inbox-InboxTable-1", none()),
                (
                    "iam:PassRole",
                    "iam::000000000000:role/vitae-staging-EdgeRole-1",
                    json!({"iam:PassedToService": "malware-protection-plan.guardduty.amazonaws.com"}),
                ),
                ("cloudformation:ExecuteChangeSet", PRODUCTION_INBOX, change_set("deploy-1")),
            ],
        ),
        (
            "functions, parameters and data",
            vec![
                (
                    "lambda:UpdateFunctionCode",
                    "lambda:us-east-1:000000000000:function:vitae-production-KeysFunction-1",
                    none(),
                ),
                (
                    "lambda:InvokeFunction",
                    "lambda:us-east-1:000000000000:function:vitae-production-KeysFunction-1",
                    none(),
                ),
                (
                    "lambda:InvokeFunction",
                    "lambda:us-east-1:000000000000:function:vitae-staging-CounterFunction-1",
                    none(),
                ),
                ("ssm:GetParameters", "ssm:us-east-1:000000000000:parameter/vitae/vitae-production/config", none()),
                ("ssm:GetParameters", "ssm:us-east-1:000000000000:parameter/vitae/vitae-staging/signer/active", none()),
                ("ssm:PutParameter", "ssm:us-east-1:000000000000:parameter/vitae/vitae-staging/signer/next", none()),
                (
                    "dynamodb:DeleteTable",
                    "dynamodb:us-east-1:000000000000:table/vitae-production-CounterTable-1",
                    none(),
                ),
                ("dynamodb:UpdateItem", "dynamodb:us-east-1:000000000000:table/vitae-staging-CounterTable-1", none()),
                ("events:DeleteRule", "events:us-east-1:000000000000:rule/vitae-production-KeysSchedule-1", none()),
                (
                    "wafv2:DeleteWebACL",
                    "wafv2:us-east-1:000000000000:global/webacl/vitae-production-distribution/1a2b",
                    none(),
                ),
                ("kms:Decrypt", "kms:us-east-1:000000000000:key/1a2b", none()),
            ],
        ),
    ]
}

/// A path of a bucket. The calls are constants, apart from the names that the stack gave.
fn bucket_path(bucket: &'static str, key: &str) -> &'static str {
    let slash = if key.is_empty() { "" } else { "/" };
    format!("s3:::{bucket}{slash}{key}").leak()
}

/// Calls that staging's deploy role is allowed.
fn allowed_to_staging(bucket: &'static str, boundary: &str) -> Vec<Call> {
    let role = "iam::000000000000:role/vitae-staging-EdgeRole-1";
    vec![
        ("cloudfront:CreateDistribution", DISTRIBUTION, gets(STAGING)),
        ("cloudfront:TagResource", DISTRIBUTION, gets(STAGING)),
        ("cloudfront:TagResource", DISTRIBUTION, had_and_gets(STAGING, STAGING)),
        ("cloudfront:TagResource", DISTRIBUTION, has(STAGING)),
        ("cloudfront:UpdateDistribution", DISTRIBUTION, has(STAGING)),
        ("cloudfront:DeleteDistribution", DISTRIBUTION, has(STAGING)),
        // A new distribution, whose tags have not reached IAM.
        ("cloudfront:GetDistribution", DISTRIBUTION, none()),
        ("cloudfront:ListTagsForResource", DISTRIBUTION, none()),
        ("cloudfront:AllowVendedLogDeliveryForResource", DISTRIBUTION, none()),
        ("cloudfront:AllowVendedLogDeliveryForResource", DISTRIBUTION, has(STAGING)),
        ("cloudfront:CreateMonitoringSubscription", "*", none()),
        ("cloudfront:CreateFunction", "*", none()),
        ("cloudfront:CreateFunction", "cloudfront::000000000000:function/vitae-staging-site", none()),
        ("cloudfront:ListTagsForResource", "cloudfront::000000000000:function/vitae-staging-site", none()),
        ("cloudfront:CreateOriginAccessControl", "*", none()),
        (
            "cloudfront:UpdateOriginAccessControl",
            "cloudfront::000000000000:origin-access-control/E1",
            by_cloudformation(),
        ),
        (
            "cloudfront:DeleteOriginAccessControl",
            "cloudfront::000000000000:origin-access-control/E1",
            by_cloudformation(),
        ),
        ("acm:RequestCertificate", "*", gets(STAGING)),
        ("acm:AddTagsToCertificate", CERTIFICATE, gets(STAGING)),
        ("acm:AddTagsToCertificate", CERTIFICATE, had_and_gets(STAGING, STAGING)),
        ("acm:DescribeCertificate", CERTIFICATE, none()),
        ("acm:DeleteCertificate", CERTIFICATE, has(STAGING)),
        ("route53:ChangeResourceRecordSets", ZONE, names(&["staging.example.com"])),
        ("route53:ChangeResourceRecordSets", ZONE, names(&["www.staging.example.com", "_1a2b.staging.example.com"])),
        ("route53:ListResourceRecordSets", ZONE, none()),
        ("s3:PutObject", bucket_path(bucket, "vitae-staging/edge/1a2b.zip"), none()),
        ("s3:GetObject", bucket_path(bucket, "vitae-staging/edge/1a2b.zip"), none()),
        ("s3:GetObjectVersion", bucket_path(bucket, "vitae-staging/regional/1a2b.zip"), none()),
        ("s3:ListBucket", bucket_path(bucket, ""), none()),
        ("s3:TagResource", "s3:::vitae-staging-observability-accesslogbucket-1a2b", none()),
        ("logs:CreateDelivery", DELIVERY, gets(STAGING)),
        ("logs:CreateDelivery", "logs:us-east-1:000000000000:delivery-source:vitae-staging-access", gets(STAGING)),
        ("logs:TagResource", DELIVERY, gets(STAGING)),
        ("logs:DeleteDelivery", DELIVERY, has(STAGING)),
        ("logs:GetDelivery", DELIVERY, none()),
        (
            "logs:GetDeliveryDestinationPolicy",
            "logs:us-east-1:000000000000:delivery-destination:vitae-staging-access",
            none(),
        ),
        ("sns:GetSubscriptionAttributes", "*", none()),
        ("sns:Unsubscribe", "*", by_cloudformation()),
        ("cloudwatch:TagResource", "cloudwatch::000000000000:dashboard/vitae-staging", none()),
        ("cloudformation:CreateChangeSet", STAGING_STACK, change_set("deploy-1")),
        ("cloudformation:ExecuteChangeSet", STAGING_STACK, change_set("deploy-1")),
        (
            "cloudformation:CreateChangeSet",
            "cloudformation:us-east-1:000000000000:stack/vitae-staging-observability/1a2b",
            change_set("deploy-1"),
        ),
        ("cloudformation:CreateChangeSet", STAGING_INBOX, change_set("deploy-1")),
        ("guardduty:CreateMalwareProtectionPlan", "*", gets(STAGING)),
        ("guardduty:TagResource", SCAN_PLAN, gets(STAGING)),
        ("guardduty:UpdateMalwareProtectionPlan", SCAN_PLAN, has(STAGING)),
        // A new plan, whose tags have not reached IAM.
        ("guardduty:GetMalwareProtectionPlan", SCAN_PLAN, none()),
        (
            "iam:PassRole",
            "iam::000000000000:role/vitae-staging-inbox-ScannerRole-1",
            json!({"iam:PassedToService": "malware-protection-plan.guardduty.amazonaws.com"}),
        ),
        ("s3:PutBucketNotification", "s3:::vitae-staging-inbox-uploadbucket-1a2b", none()),
        ("iam:CreateRole", role, json!({"iam:PermissionsBoundary": boundary, "aws:RequestTag/vitae-stack": STAGING})),
        ("iam:TagRole", role, gets(STAGING)),
        ("iam:PassRole", role, json!({"iam:PassedToService": "lambda.amazonaws.com"})),
        ("lambda:UpdateFunctionCode", "lambda:us-east-1:000000000000:function:vitae-staging-EdgeFunction-1", none()),
        ("logs:DescribeLogGroups", "*", none()),
    ]
}

/// Evaluates the stored policies of CI's roles, for a role of staging in an account with both environments.
pub(crate) async fn check(aws: &AwsClients, outputs: &BTreeMap<String, String>) {
    let name = |output: &str| outputs[output].rsplit('/').next().unwrap().to_owned();
    let bucket: &'static str = outputs["ArtifactBucket"].clone().leak();
    let boundary = &outputs["PermissionsBoundary"];

    let deploy = stored(aws, &name("StagingDeployRole")).await;
    assert!(deploy.iter().all(|document| !document.contains("${!")), "IAM received the escape of Fn::Sub");
    let staging: Vec<_> = deploy.iter().map(|document| with_tags(document, STAGING, "staging.example.com")).collect();
    let denied = denied_to_staging(bucket, boundary);
    for (about, calls) in &denied {
        assert_decisions(about, &staging, calls, false);
    }
    assert_decisions("staging", &staging, &allowed_to_staging(bucket, boundary), true);
    let calls: usize = denied.iter().map(|(_, calls)| calls.len()).sum();
    eprintln!("staging: {calls} denied, {} allowed", allowed_to_staging(bucket, boundary).len());
    assert!(calls >= 60, "{calls}");

    let production = stored(aws, &name("ProductionDeployRole")).await;
    let production: Vec<_> = production.iter().map(|document| with_tags(document, PRODUCTION, "example.com")).collect();
    let allowed = [
        ("cloudfront:UpdateDistribution", DISTRIBUTION, has(PRODUCTION)),
        ("s3:PutObject", bucket_path(bucket, "vitae-production/edge/1a2b.zip"), none()),
        ("route53:ChangeResourceRecordSets", ZONE, names(&["example.com", "www.example.com"])),
    ];
    assert_decisions("production", &production, &allowed, true);
    let denied = [
        ("cloudfront:TagResource", DISTRIBUTION, had_and_gets(STAGING, PRODUCTION)),
        ("s3:PutObject", bucket_path(bucket, "vitae-staging/edge/1a2b.zip"), none()),
        ("route53:ChangeResourceRecordSets", ZONE, names(&["example.org"])),
    ];
    assert_decisions("production", &production, &denied, false);

    let plan = stored(aws, &name("PlanRole")).await;
    let plan: Vec<_> = plan.iter().map(|document| with_tags(document, STAGING, "staging.example.com")).collect();
    let arn = |name: &str| change_set(&format!("arn:aws:cloudformation:us-east-1:000000000000:changeSet/{name}/1a2b"));
    let allowed = [
        ("cloudformation:CreateChangeSet", STAGING_STACK, change_set("plan-1")),
        ("cloudformation:DescribeChangeSet", STAGING_STACK, arn("plan-1")),
        ("cloudformation:DeleteChangeSet", STAGING_STACK, arn("plan-1")),
        ("cloudformation:DescribeStacks", STAGING_STACK, none()),
        ("cloudformation:CreateChangeSet", STAGING_INBOX, change_set("plan-1")),
        ("s3:GetObject", bucket_path(bucket, "vitae-staging/edge/1a2b.zip"), none()),
    ];
    assert_decisions("plan", &plan, &allowed, true);
    let denied = [
        ("cloudformation:CreateChangeSet", STAGING_STACK, change_set("deploy-1")),
        ("cloudformation:CreateChangeSet", STAGING_STACK, none()),
        ("cloudformation:DeleteChangeSet", STAGING_STACK, change_set("deploy-1")),
        ("cloudformation:DeleteChangeSet", STAGING_STACK, arn("deploy-1")),
        ("cloudformation:ExecuteChangeSet", STAGING_STACK, change_set("plan-1")),
        ("cloudformation:CreateChangeSet", PRODUCTION_STACK, change_set("plan-1")),
        ("cloudformation:CreateChangeSet", PRODUCTION_INBOX, change_set("plan-1")),
        ("cloudformation:CreateChangeSet", STAGING_INBOX, change_set("deploy-1")),
        ("cloudformation:DeleteStack", STAGING_STACK, none()),
        ("s3:PutObject", bucket_path(bucket, "vitae-staging/edge/1a2b.zip"), none()),
        ("s3:GetObject", bucket_path(bucket, "vitae-production/edge/1a2b.zip"), none()),
    ];
    assert_decisions("plan", &plan, &denied, false);
}
