//! `vitae doctor --before` in a local account. The local cloud has no Service Quotas and no plans, and its simulation of permissions
//! ignores condition keys: unit tests cover those decisions.

mod common;

use std::fs;

use serde_json::{Value, json};
use vitae_cloud::{
    aws::AwsClients,
    deploy::{self, Deployment, Purpose, Settings, Template, release::Sources},
    dev::{ministack::Ministack, users},
    operate::doctor::{
        Finding, Verdict,
        before::{FirstDeployment, examine},
    },
};
use vitae_setup::Progress;

const STACK: &str = "resume";

/// Leftovers of earlier stacks, and a zone that has a record of the site's name.
const LEFTOVERS: &str = "
Resources:
  EdgeLogs:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: /vitae/resume/edge
  Zone:
    Type: AWS::Route53::HostedZone
    Properties:
      Name: example.com
  Record:
    Type: AWS::Route53::RecordSet
    Properties:
      HostedZoneId: !Ref Zone
      Name: www.example.com
      Type: CNAME
      TTL: 60
      ResourceRecords: [elsewhere.example.net]
Outputs:
  Zone:
    Value: !Ref Zone
";

/// Stands for the bootstrap stack, with its outputs.
const BOOTSTRAP: &str = "
Resources:
  Bucket:
    Type: AWS::S3::Bucket
Outputs:
  ArtifactBucket:
    Value: !Ref Bucket
  PermissionsBoundary:
    Value: arn:aws:iam::000000000000:policy/vitae/boundary
  OidcProvider:
    Value: arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com
";

async fn deploy_stack(aws: &AwsClients, stack: &str, template: &str) {
    let deployment = Deployment { purpose: Purpose::Deploy, stack, template: Template::new(template), parameters: &[] };
    let planned = deploy::plan(aws, &deployment).await.unwrap().expect("changes");
    deploy::execute(aws, stack, &planned, |_| ()).await.unwrap();
}

/// Clients of a user who may do everything except what the statement denies.
async fn user(ministack: &Ministack, name: &str, denied: Option<&str>) -> AwsClients {
    let mut statements = vec![json!({"Effect": "Allow", "Action": "*", "Resource": "*"})];
    statements.extend(denied.map(|action| json!({"Effect": "Deny", "Action": action, "Resource": "*"})));
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    let credentials = users::make(&ministack.root(), name, &policy).await.unwrap();
    AwsClients::local(ministack.endpoint(), credentials)
}

async fn findings(aws: &AwsClients, settings: &Value, role: Option<&str>) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("params.json");
    fs::write(&path, settings.to_string()).unwrap();
    let settings = Settings::read(&path).unwrap();
    let sources = Sources::read(&vitae_setup::repository()).unwrap();
    let deployment = FirstDeployment { aws, stack: STACK, settings: &settings, sources: &sources, role };
    examine(&deployment, &Progress::silent().step("doctor")).await
}

fn finding<'a>(findings: &'a [Finding], check: &str) -> &'a Finding {
    findings.iter().find(|finding| finding.check == check).unwrap_or_else(|| panic!("no {check}: {findings:#?}"))
}

#[tokio::test]
async fn an_account_is_ready_or_the_finding_says_what_to_fix() {
    let state = tempfile::tempdir().unwrap();
    let ministack = common::start(state.path()).await;
    let root = ministack.root();
    let without_plan = json!({"PricingPlan": "pay-as-you-go"});
    let administrator = user(&ministack, "administrator", None).await;

    let before = findings(&administrator, &without_plan, None).await;
    let failed: Vec<_> = before.iter().filter(|one| one.verdict != Verdict::Pass).map(|one| one.check).collect();
    assert_eq!(failed, ["bootstrap"], "{before:#?}");
    assert!(before.len() >= 14, "{before:#?}");

    deploy_stack(&root, "vitae-bootstrap", BOOTSTRAP).await;
    let before = findings(&administrator, &without_plan, None).await;
    assert!(finding(&before, "bootstrap").fix.as_ref().unwrap().contains("creates the provider"), "{before:#?}");
    let provider = root.iam().create_open_id_connect_provider().url("https://token.actions.githubusercontent.com");
    provider.client_id_list("sts.amazonaws.com").send().await.unwrap();
    let before = findings(&administrator, &without_plan, None).await;
    assert!(before.iter().all(|one| one.verdict == Verdict::Pass), "{before:#?}");

    // CloudFormation would create the table with this user's permissions.
    let limited = user(&ministack, "limited", Some("dynamodb:CreateTable")).await;
    for (caller, role) in [(&limited, None), (&administrator, Some("arn:aws:iam::000000000000:user/limited"))] {
        let before = findings(caller, &without_plan, role).await;
        let permissions = finding(&before, "permissions");
        let missing = "dynamodb:CreateTable on arn:aws:dynamodb:us-east-1:000000000000:table/resume-CounterTable-1A2B";
        assert!(permissions.is_failure() && permissions.found.contains(missing), "{permissions:#?}");
        assert!(permissions.found.contains("lacks 1 of"), "{permissions:#?}");
    }
    let blind = user(&ministack, "blind", Some("iam:SimulatePrincipalPolicy")).await;
    let before = findings(&blind, &without_plan, None).await;
    assert_eq!(finding(&before, "permissions").verdict, Verdict::Warn, "{before:#?}");

    deploy_stack(&root, "leftovers", LEFTOVERS).await;
    let zone = deploy::output_values(&root, "leftovers").await.unwrap().unwrap().remove("Zone").unwrap();
    let zone = zone.trim_start_matches("/hostedzone/");
    let settings =
        json!({"PricingPlan": "pay-as-you-go", "DomainName": "example.com", "Www": "true", "HostedZoneId": zone});
    let before = findings(&administrator, &settings, None).await;
    assert!(finding(&before, "log groups").found.contains("/vitae/resume/edge"), "{before:#?}");
    let domain = finding(&before, "domain");
    assert!(domain.is_failure() && domain.found.contains("CNAME of www.example.com"), "{domain:#?}");

    deploy_stack(&root, STACK, "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n").await;
    let before = findings(&administrator, &without_plan, None).await;
    assert_eq!(finding(&before, "stack").verdict, Verdict::Warn, "{before:#?}");
    assert_eq!(finding(&before, "log groups").verdict, Verdict::Pass, "they may be the stack's");
    ministack.shutdown().await.unwrap();
}
