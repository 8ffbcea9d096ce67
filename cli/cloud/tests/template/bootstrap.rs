//! `bootstrap.yaml` grants what `stack.yaml` needs, and trusts one repository only.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vitae_cloud::deploy::policies;
use vitae_parameters::Prefix;

use crate::{
    document::{deploy_policies, list, parse, statement_actions, statements},
    text::{actions, entry, read, repository, value},
};

/// The roles of a system, by template and logical id.
const ROLES: [(&str, &str); 7] = [
    ("stack.yaml", "EdgeRole"),
    ("stack.yaml", "CounterRole"),
    ("stack.yaml", "KeysRole"),
    ("stack.yaml", "LinksRole"),
    ("inbox.yaml", "ScannerRole"),
    ("inbox.yaml", "InboxRole"),
    ("inbox.yaml", "InboxEventsRole"),
];

#[test]
fn the_boundary_allows_exactly_the_actions_of_the_stacks_roles() {
    let bootstrap = read("bootstrap.yaml");
    let roles = ROLES.map(|(template, role)| entry(&read(template), "Resources", role));
    let mut needed: BTreeSet<_> = roles.iter().flat_map(|role| actions(role)).collect();
    // Part of the trust policy, to which a boundary does not apply.
    needed.remove("sts:AssumeRole");
    let boundary = entry(&bootstrap, "Resources", "PermissionsBoundary");
    assert_eq!(actions(&boundary).into_iter().collect::<BTreeSet<_>>(), needed);
}

#[test]
fn every_role_of_the_stack_has_the_boundary_and_the_tag_that_the_boundary_reads() {
    for (template, role) in ROLES {
        let role = entry(&read(template), "Resources", role);
        assert_eq!(
            value(&role, "PermissionsBoundary"),
            "!If [HasBoundary, !Ref PermissionsBoundary, !Ref \"AWS::NoValue\"]"
        );
        let stack = if template == "stack.yaml" { "!Ref AWS::StackName" } else { "!Ref Stack" };
        assert_eq!((value(&role, "- Key"), value(&role, "Value")), ("vitae-stack", stack));
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
fn pull_requests_can_manage_change_sets_and_read_artifacts_only() {
    let plan = entry(&read("bootstrap.yaml"), "Resources", "Plan");
    let allowed: BTreeSet<_> = actions(&plan).into_iter().collect();
    let expected = [
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeEvents",
        "cloudformation:DescribeStacks",
        "s3:GetObject",
        "s3:ListBucket",
    ];
    assert_eq!(allowed, expected.into());
}

#[test]
fn every_role_that_creates_change_sets_can_read_why_one_was_rejected() {
    let bootstrap = parse("bootstrap.yaml");
    for (policy, change_sets) in [("DeployStack", "changeSet/deploy-*"), ("Plan", "changeSet/plan-*")] {
        let statements = statements(&bootstrap, policy);
        let reads =
            |statement: &&Value| statement_actions(statement).contains(&"cloudformation:DescribeEvents".to_owned());
        let reading: Vec<_> = statements.iter().filter(reads).collect();
        assert_eq!(reading.len(), 1, "{policy}");
        // CloudFormation may authorize the request for the change set or for its stack.
        let resources = reading[0]["Resource"].to_string();
        for resource in [change_sets, ":stack/${!aws:PrincipalTag/vitae-stack}/*", "-observability/*", "-inbox/*"] {
            assert!(resources.contains(resource), "{policy}: {resources}");
        }
    }
}

#[test]
fn each_role_trusts_one_subject_and_with_ids_only_the_one_that_contains_them() {
    let bootstrap = parse("bootstrap.yaml");
    for (role, subject) in [
        ("StagingDeployRole", "environment:${StagingEnvironment}"),
        ("ProductionDeployRole", "environment:${ProductionEnvironment}"),
        ("PlanRole", "pull_request"),
    ] {
        let statements = &bootstrap["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"];
        assert_eq!(statements.as_array().unwrap().len(), 1, "{role}");
        let conditions = statements[0]["Condition"].as_object().unwrap();
        assert_eq!(
            conditions.keys().collect::<Vec<_>>(),
            ["StringEquals"],
            "{role}: a pattern could match other subjects"
        );
        let with_ids =
            format!("repo:${{RepositoryOwner}}@${{OwnerId}}/${{RepositoryName}}@${{RepositoryId}}:{subject}");
        let without_ids = format!("repo:${{RepositoryOwner}}/${{RepositoryName}}:{subject}");
        assert_eq!(
            conditions["StringEquals"]["token.actions.githubusercontent.com:sub"],
            json!({"Fn::If": ["HasIds", {"Fn::Sub": with_ids}, {"Fn::Sub": without_ids}]}),
            "{role}"
        );
    }
}

#[test]
fn the_deploy_roles_trust_the_deploying_workflow_on_main_only() {
    let bootstrap = parse("bootstrap.yaml");
    for role in ["StagingDeployRole", "ProductionDeployRole"] {
        let trust = &bootstrap["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0];
        let equals = &trust["Condition"]["StringEquals"];
        assert_eq!(equals["token.actions.githubusercontent.com:ref"], "refs/heads/main", "{role}");
        let workflow = "${RepositoryOwner}/${RepositoryName}/.github/workflows/stack.yml@refs/heads/main";
        assert_eq!(
            equals["token.actions.githubusercontent.com:job_workflow_ref"],
            json!({"Fn::Sub": workflow}),
            "{role}"
        );
    }
    assert!(repository().join(".github/workflows/stack.yml").is_file());
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
    let bootstrap = parse("bootstrap.yaml");
    let policies = deploy_policies(&bootstrap);
    let statements = policies.iter().flat_map(|policy| statements(&bootstrap, policy));
    let granted: BTreeSet<_> = statements.flat_map(|statement| statement_actions(&statement)).collect();
    let local = policies::deploy("resume", "artifacts", &Prefix::from_stack_name("resume").unwrap());
    let missing: Vec<_> =
        json_actions(&local).into_iter().filter(|action| !granted.contains(action.as_str())).collect();
    assert!(missing.is_empty(), "bootstrap.yaml does not allow {missing:?}");
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
