//! What `bootstrap.yaml` allows is what `stack.yaml` needs, and no more than one repository may ask for it.

use std::collections::BTreeSet;

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
