//! `vitae doctor --before`: checks an account before the first deployment of a stack, with the credentials that will deploy it.
//!
//! Required permissions in an account, besides those of a deployment: `iam:SimulatePrincipalPolicy` and `iam:GetRole` of the
//! deploying role, `iam:ListOpenIDConnectProviders`, `iam:GetOpenIDConnectProvider`, `cloudfront:ListDistributions`, `ListKeyGroups`,
//! `ListPublicKeys`, `ListOriginAccessControls` and `ListFunctions`, `servicequotas:ListServiceQuotas`, `lambda:GetAccountSettings`,
//! `logs:DescribeLogGroups`, `freetier:GetAccountPlanState`, `pricingplanmanager:ListSubscriptions`; with a domain
//! `route53:GetHostedZone` and `ListResourceRecordSets` of its zone, or `acm:DescribeCertificate`. A check that is not permitted is
//! a warning.

mod bootstrap;
mod certificate;
mod concurrency;
mod domain;
mod existing_stack;
mod log_groups;
mod names;
mod permissions;
mod pricing_plan;
mod quotas;

use vitae_setup::Step;

use super::{Finding, Observed, credentials};
use crate::{
    aws::AwsClients,
    deploy::{PlannedResource, Settings, StackKind, release::Sources},
    operate::http::HttpClient,
};

/// A stack that does not exist yet.
#[derive(Clone, Copy, Debug)]
pub struct FirstDeployment<'a> {
    /// Clients with the credentials that will deploy it.
    pub aws: &'a AwsClients,
    /// The name of the system's stack.
    pub stack: &'a str,
    /// The owner's parameters.
    pub settings: &'a Settings,
    /// The templates.
    pub sources: &'a Sources,
    /// The ARN of the role that will deploy, if that is not the caller.
    pub role: Option<&'a str>,
}

/// A resource that a deployment creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Resource<'a> {
    kind: StackKind,
    planned: PlannedResource<'a>,
}

impl<'a> FirstDeployment<'a> {
    /// The resources of all stacks that these settings create.
    fn resources(&self) -> Vec<Resource<'a>> {
        let all = StackKind::wanted(self.settings).flat_map(|kind| {
            self.sources.template(kind).resources().into_iter().map(move |planned| Resource { kind, planned })
        });
        all.filter(|resource| resource.planned.condition.is_none_or(|name| is_met(name, self.settings))).collect()
    }

    /// The domain names of the site.
    fn domain_names(&self) -> Vec<String> {
        let Some(name) = set(self.settings, "DomainName") else { return Vec::new() };
        let www = is_true(self.settings, "Www").then(|| format!("www.{name}"));
        std::iter::once(name.to_owned()).chain(www).collect()
    }
}

/// The value of a setting, if it is not empty.
fn set<'a>(settings: &'a Settings, name: &str) -> Option<&'a str> {
    settings.get(name).filter(|value| !value.is_empty())
}

fn is_true(settings: &Settings, name: &str) -> bool {
    settings.get(name) == Some("true")
}

/// Whether a condition of the templates is met. One that is not known here is taken for met.
fn is_met(condition: &str, settings: &Settings) -> bool {
    let has = |name| set(settings, name).is_some();
    match condition {
        "HasDomain" => has("DomainName"),
        "MakesCertificate" => has("DomainName") && !has("CertificateArn"),
        "MakesRecords" => has("DomainName") && has("HostedZoneId"),
        "MakesWwwRecords" => has("DomainName") && has("HostedZoneId") && is_true(settings, "Www"),
        "IsFree" => settings.has_free_plan(),
        "HasWebAcl" => settings.has_free_plan() || is_true(settings, "WebAcl"),
        "HasLinks" => is_true(settings, "Links"),
        "HasNoticesEmail" => is_true(settings, "Links") && has("NoticesEmail"),
        "HasMail" => is_true(settings, "Links") && has("MailFrom"),
        "MakesMailRecords" => is_true(settings, "Links") && has("MailFrom") && has("DomainName") && has("HostedZoneId"),
        "HasInbox" => settings.has_inbox(),
        "HasInboxEmail" => settings.has_inbox() && has("InboxEmail"),
        "HasGuardDuty" => settings.get("Scanner") != Some("none"),
        "HasEmail" => has("AlarmEmail"),
        "HasAccessLogs" => is_true(settings, "AccessLogs"),
        "HasAdditionalMetrics" => is_true(settings, "AdditionalMetrics"),
        _ => true,
    }
}

/// Checks the account and returns the findings. Without credentials nothing else is checked.
pub async fn examine(deployment: &FirstDeployment<'_>, step: &Step) -> Vec<Finding> {
    let FirstDeployment { aws, stack, settings, role, .. } = *deployment;
    let client = HttpClient::default();
    step.update("credentials");
    let caller = credentials::observe(aws).await;
    let mut findings = vec![credentials::judge(&caller)];
    let Ok(caller) = caller else { return findings };
    let resources = deployment.resources();

    step.update("stack");
    let existing = existing_stack::observe(aws, stack).await;
    findings.push(existing_stack::judge(stack, &existing));
    findings.push(names::judge(stack, &resources));
    step.update("bootstrap");
    let bootstrap = bootstrap::observe(aws).await;
    findings.push(bootstrap::judge(&bootstrap));
    step.update("permissions");
    let principal = role.unwrap_or(&caller);
    let needed = permissions::needed(deployment, principal, bootstrap.artifact_bucket(), &resources);
    let context = permissions::context(deployment, bootstrap.permissions_boundary());
    findings.push(permissions::judge(&permissions::observe(aws, principal, &needed, &context).await));
    step.update("quotas");
    findings.extend(quotas::judge(&quotas::observe(aws, &client).await));
    findings.push(concurrency::judge(&concurrency::observe(aws).await));
    step.update("log groups");
    findings.push(log_groups::judge(&log_groups::observe(aws, &client, stack, &existing).await));
    step.update("domain");
    let zone = set(settings, "HostedZoneId");
    findings.push(domain::judge(&domain::observe(aws, &client, &deployment.domain_names(), zone).await));
    let certificate = set(settings, "CertificateArn");
    findings
        .push(certificate::judge(&certificate::observe(aws, &client, certificate, deployment.domain_names()).await));
    step.update("pricing plan");
    findings.push(pricing_plan::judge(pricing_plan::observe(aws, &client, settings.has_free_plan()).await.as_ref()));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("params.json");
        std::fs::write(&path, text).unwrap();
        Settings::read(&path).unwrap()
    }

    #[test]
    fn every_condition_of_a_resource_depends_on_the_settings() {
        let sources = Sources::read(&vitae_setup::repository()).unwrap();
        let none = settings(r#"{"PricingPlan": "pay-as-you-go", "Scanner": "none"}"#);
        let all = settings(
            r#"{"DomainName": "example.com", "Www": "true", "HostedZoneId": "Z1", "AlarmEmail": "a@example.com", "AccessLogs": "true",
                "AdditionalMetrics": "true", "Links": "true", "NoticesEmail": "a@example.com", "MailFrom": "cv@example.com",
                "Inbox": "true", "InboxEmail": "a@example.com"}"#,
        );
        let mut conditions = 0;
        for kind in StackKind::ALL {
            for resource in sources.template(kind).resources() {
                let Some(condition) = resource.condition else { continue };
                conditions += 1;
                assert!(!is_met(condition, &none) && is_met(condition, &all), "{}: {condition}", resource.logical_id);
            }
        }
        assert!(conditions > 10, "{conditions}");
    }

    #[test]
    fn the_domain_names_are_the_domain_and_www() {
        let aws = AwsClients::local(
            "http://127.0.0.1:1",
            aws_credential_types::Credentials::new("a", "b", None, None, "test"),
        );
        let sources = Sources::read(&vitae_setup::repository()).unwrap();
        for (text, names) in [
            ("{}", &[][..]),
            (r#"{"DomainName": "example.com"}"#, &["example.com"]),
            (r#"{"DomainName": "example.com", "Www": "true"}"#, &["example.com", "www.example.com"]),
        ] {
            let settings = settings(text);
            let deployment =
                FirstDeployment { aws: &aws, stack: "resume", settings: &settings, sources: &sources, role: None };
            assert_eq!(deployment.domain_names(), names);
        }
    }
}
