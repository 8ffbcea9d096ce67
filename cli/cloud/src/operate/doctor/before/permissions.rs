//! Simulates the permissions of the principal that will deploy. Without one, a deployment fails after minutes and is rolled back.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::{
    error::ProvideErrorMetadata as _,
    types::{ContextEntry, ContextKeyTypeEnum, PolicyEvaluationDecisionType},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use vitae_parameters::Prefix;

use super::{Finding, FirstDeployment, Observed, Resource, set};
use crate::{
    aws::{AwsClients, CallError},
    deploy::required_permissions::{Names, Permission, of_command_line, of_handlers},
};

const CHECK: &str = "permissions";

/// The number of concurrent simulations. IAM limits their rate.
const CONCURRENT: usize = 4;

/// How many missing permissions a finding names.
const NAMED: usize = 10;

/// Stands for the artifact bucket and the hosted zone in an account that has none yet.
const UNKNOWN: &str = "unknown";

pub(super) struct Facts {
    /// The user or role that is simulated; `None` for the account's root user, who has every permission.
    principal: Option<String>,
    simulated: usize,
    missing: BTreeSet<Permission>,
}

/// What the deployment needs: CloudFormation's handlers with the caller's permissions, and the command line.
pub(super) fn needed(
    deployment: &FirstDeployment<'_>,
    principal: &str,
    artifact_bucket: Option<&str>,
    resources: &[Resource<'_>],
) -> BTreeSet<Permission> {
    let mail_from = set(deployment.settings, "MailFrom");
    let names = Names {
        account: principal.split(':').nth(4).unwrap_or_default(),
        stack: deployment.stack,
        artifact_bucket: artifact_bucket.unwrap_or(UNKNOWN),
        hosted_zone: set(deployment.settings, "HostedZoneId").unwrap_or(UNKNOWN),
        mail_domain: mail_from.and_then(|address| address.rsplit('@').next()).unwrap_or(UNKNOWN),
    };
    let types: BTreeSet<_> = resources.iter().map(|resource| resource.planned.resource_type).collect();
    let mut needed = of_handlers(&names, types);
    if let Ok(prefix) = Prefix::from_stack_name(deployment.stack) {
        needed.extend(of_command_line(&names, &prefix));
    }
    // A wildcard is a pattern of permissions, which cannot be simulated; and without a zone or a bucket nothing is needed on it.
    needed.retain(|one| !one.action.contains('*') && !one.resource.contains(UNKNOWN));
    needed
}

/// The condition keys of a deployment's requests, with all values that one of them can have.
pub(super) fn context(
    deployment: &FirstDeployment<'_>,
    boundary: Option<&str>,
) -> Vec<(&'static str, ContextKeyTypeEnum, Vec<String>)> {
    use ContextKeyTypeEnum::{String as One, StringList as Many};
    let stack = deployment.stack.to_owned();
    let mut context = vec![
        ("aws:PrincipalTag/vitae-stack", One, vec![stack.clone()]),
        ("aws:RequestTag/vitae-stack", One, vec![stack.clone()]),
        ("aws:ResourceTag/vitae-stack", One, vec![stack]),
        ("aws:CalledVia", Many, vec!["cloudformation.amazonaws.com".to_owned()]),
        ("iam:PassedToService", One, vec!["lambda.amazonaws.com".to_owned()]),
        // Not a namespace that alarms read.
        ("cloudwatch:namespace", One, vec!["AWS/DynamoDB".to_owned()]),
    ];
    if let Some(boundary) = boundary {
        context.push(("iam:PermissionsBoundary", One, vec![boundary.to_owned()]));
    }
    let domain_names = deployment.domain_names();
    if let Some(domain) = domain_names.first() {
        context.push(("aws:PrincipalTag/vitae-domain", One, vec![domain.clone()]));
        context.push(("route53:ChangeResourceRecordSetsNormalizedRecordNames", Many, domain_names));
    }
    context
}

pub(super) async fn observe(
    aws: &AwsClients,
    principal: &str,
    needed: &BTreeSet<Permission>,
    context: &[(&'static str, ContextKeyTypeEnum, Vec<String>)],
) -> Observed<Facts> {
    if principal.ends_with(":root") {
        return Ok(Facts { principal: None, simulated: 0, missing: BTreeSet::new() });
    }
    let principal = identity(aws, principal).await?;
    let mut by_resource: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for Permission { action, resource } in needed {
        by_resource.entry(resource).or_default().push(action.clone());
    }
    let context = context.iter().map(|(name, key_type, values)| {
        let entry = ContextEntry::builder().context_key_name(*name).context_key_type(key_type.clone());
        entry.set_context_key_values(Some(values.clone())).build()
    });
    let context: Vec<_> = context.collect();
    let calls = by_resource.into_iter().map(|(resource, actions)| {
        let (principal, context) = (&principal, context.clone());
        async move { simulate(aws, principal, resource, actions, context).await }
    });
    let missing: Vec<_> = stream::iter(calls).buffer_unordered(CONCURRENT).try_collect().await?;
    Ok(Facts { principal: Some(principal), simulated: needed.len(), missing: missing.into_iter().flatten().collect() })
}

/// The ARN of the user or role of a caller: a session's ARN has the role's name, without its path.
async fn identity(aws: &AwsClients, caller: &str) -> Observed<String> {
    let Some((_, session)) = caller.split_once(":assumed-role/") else { return Ok(caller.to_owned()) };
    let name = session.split('/').next().unwrap_or_default();
    let role = aws.iam().get_role().role_name(name).send().await;
    let role = role.map_err(|error| CallError::new(format!("GetRole of {name}"), &error))?;
    Ok(role.role().map_or_else(|| caller.to_owned(), |role| role.arn().to_owned()))
}

/// The actions on a resource that the principal may not call.
async fn simulate(
    aws: &AwsClients,
    principal: &str,
    resource: &str,
    actions: Vec<String>,
    context: Vec<ContextEntry>,
) -> Observed<Vec<Permission>> {
    let mut missing = Vec::new();
    let simulation = aws.iam().simulate_principal_policy().policy_source_arn(principal).resource_arns(resource);
    let simulation = simulation.set_action_names(Some(actions)).set_context_entries(Some(context));
    let mut pages = simulation.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| {
            let hint = match error.code() {
                Some("NoSuchEntity" | "NoSuchEntityException") => " (is --role the ARN of a role of this account?)",
                _ => "",
            };
            CallError::new(format!("SimulatePrincipalPolicy of {principal}{hint}"), &error)
        })?;
        for result in page.evaluation_results() {
            if *result.eval_decision() != PolicyEvaluationDecisionType::Allowed {
                missing
                    .push(Permission { action: result.eval_action_name().to_owned(), resource: resource.to_owned() });
            }
        }
    }
    Ok(missing)
}

pub(super) fn judge(facts: &Observed<Facts>) -> Finding {
    let Facts { principal, simulated, missing } = match facts {
        Err(error) => {
            let mut finding = Finding::skipped(CHECK, error);
            let advice = "run this as an administrator, with --role and the ARN of the role that will deploy";
            finding.fix = Some(finding.fix.map_or_else(|| advice.to_owned(), |fix| format!("{fix}, or {advice}")));
            return finding;
        }
        Ok(facts) => facts,
    };
    let Some(principal) = principal else {
        let found = "the caller is the account's root user, who has every permission";
        return Finding::warn(CHECK, found, "sign in as a user or role: AWS advises against deploying as root");
    };
    if missing.is_empty() {
        return Finding::pass(CHECK, format!("{principal} has all {simulated} permissions that a deployment needs"));
    }
    let named = missing.iter().take(NAMED).map(|one| format!("{} on {}", one.action, one.resource));
    let named = named.collect::<Vec<_>>().join(", ");
    let more = missing.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(", and {more} more") };
    Finding::fail(
        CHECK,
        format!("{principal} lacks {} of {simulated} permissions: {named}{more}", missing.len()),
        "for CI's role, update the bootstrap stack with `cargo vitae bootstrap` of this version; for another one, allow these",
    )
}

#[cfg(test)]
mod tests {
    use super::{super::super::Verdict, *};

    fn facts(missing: usize) -> Facts {
        let permission =
            |number| Permission { action: format!("s3:Get{number:02}"), resource: "arn:aws:s3:::b".into() };
        let missing = (0..missing).map(permission).collect();
        Facts { principal: Some("arn:aws:iam::111122223333:role/vitae/deploy".into()), simulated: 200, missing }
    }

    #[test]
    fn missing_permissions_are_a_failure_that_names_the_first_ones() {
        assert_eq!(judge(&Ok(facts(0))).verdict, Verdict::Pass);
        let finding = judge(&Ok(facts(2)));
        assert!(
            finding.is_failure() && finding.found.ends_with("s3:Get00 on arn:aws:s3:::b, s3:Get01 on arn:aws:s3:::b")
        );
        let finding = judge(&Ok(facts(12)));
        assert!(finding.found.contains("lacks 12 of 200") && finding.found.contains("and 2 more"), "{finding:?}");
    }

    #[test]
    fn a_simulation_that_is_not_permitted_is_a_warning_with_the_way_to_run_it() {
        let error = CallError { call: "SimulatePrincipalPolicy of x".into(), reason: "AccessDenied: no".into() };
        let finding = judge(&Err(error));
        assert!(finding.verdict == Verdict::Warn && finding.fix.unwrap().contains("--role"));
        let root = Facts { principal: None, simulated: 0, missing: BTreeSet::new() };
        assert_eq!(judge(&Ok(root)).verdict, Verdict::Warn);
    }
}
