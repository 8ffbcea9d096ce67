//! `vitae doctor`: checks for common faults, each with a verdict and a fix.
//!
//! Each check is a file: it observes (effects), then judges the observation (a pure function). A check that the credentials do
//! not permit is a warning. Doctor changes nothing, counts no visit, and no secret leaves the process.
//!
//! Required permissions in an account: `cloudformation:DescribeStacks`, `ListStackResources`, `DetectStackDrift`,
//! `DescribeStackDriftDetectionStatus`, `DescribeStackResourceDrifts` (and, for drift, the read permissions of the stack's resources);
//! `lambda:GetPolicy` of the counter, `lambda:ListVersionsByFunction` of the edge function, `lambda:InvokeFunction` of the keys function (for
//! the status of the keys); `s3:GetBucketPolicy` of the buckets that the distribution reads or visitors write to, `s3:GetBucketCORS` and
//! `GetLifecycleConfiguration` of the latter, `guardduty:GetMalwareProtectionPlan`; `cloudfront:GetDistribution`, `GetKeyGroup`, `GetPublicKey`,
//! `ListPublicKeys`; `ssm:GetParameters` of `config` and `origins/*`, `ssm:GetServiceSetting`; `logs:DescribeLogGroups` in every
//! region of an edge; `sns:ListSubscriptionsByTopic`; `ses:GetAccount` and `ses:GetEmailIdentity`. `ssm:GetParameter` of `signer/active` allows a comparison of the key itself;
//! without it, the CV link shows whether the key works.

mod alarms;
pub mod before;
mod certificate;
mod counter;
mod credentials;
mod cv_bucket;
mod cv_link;
mod distribution;
mod drift;
mod edge_logs;
mod edge_versions;
mod finding;
mod inbox;
mod key_group;
mod logs;
mod mail;
mod notices;
mod parameters;
mod permissions;
mod policy;
mod preflight;
mod public_keys;
mod region;
mod scan_plan;
mod site_bucket;
mod stack;
mod subject;
mod throughput;
mod upload_bucket;

use vitae_setup::Step;

pub use self::{
    finding::{Finding, Verdict},
    subject::Subject,
};

use crate::{
    aws::{AwsClients, CallError},
    operate::http::HttpClient,
};

/// An observation, or why it failed.
pub(super) type Observed<T> = Result<T, CallError>;

/// Checks a stack and returns the findings, in order of dependency: if credentials or stack fail, the rest is skipped.
pub async fn examine(aws: &AwsClients, stack: &str, step: &Step) -> Vec<Finding> {
    step.update("credentials");
    let mut findings = vec![credentials::judge(&credentials::observe(aws).await)];
    if findings.iter().any(Finding::is_failure) {
        return findings;
    }
    step.update("stack");
    let described = stack::observe(aws, stack).await;
    findings.push(stack::judge(stack, &described));
    let subject = match described {
        Ok(Some(described)) => Subject::of(aws, stack, &described).await,
        Ok(None) | Err(_) => return findings,
    };
    match subject {
        Ok(subject) => findings.extend(subject_findings(&subject, step).await),
        Err(error) => findings.push(Finding::skipped("stack", &error)),
    }
    findings
}

async fn subject_findings(subject: &Subject, step: &Step) -> Vec<Finding> {
    let client = HttpClient::default();
    // One after the other, so that the progress display names the check that is running.
    let mut findings = vec![region::judge(&region::observe(subject))];
    step.update("permissions");
    findings.extend(permissions::judge(&subject.distribution_arn, &permissions::observe(subject).await));
    findings.push(site_bucket::judge(subject, &site_bucket::observe(subject).await));
    findings.push(cv_bucket::judge(subject, &cv_bucket::observe(subject).await));
    step.update("distribution");
    let distribution = distribution::observe(subject).await;
    findings.push(distribution::judge(subject, &distribution));
    step.update("keys");
    findings.push(key_group::judge(&key_group::observe(subject).await));
    findings.push(public_keys::judge(&public_keys::observe(subject).await));
    step.update("parameters");
    let values = parameters::observe(subject).await;
    findings.push(parameters::judge(&subject.prefix, &subject.outputs.distribution_domain_name, &values));
    findings.push(throughput::judge(&throughput::observe(subject).await));
    step.update("visits");
    findings.push(counter::judge(&counter::observe(subject, &client).await));
    step.update("CV link");
    findings.push(cv_link::judge(&cv_link::observe(subject, &client).await));
    step.update("preflights");
    let origins = parameters::origins(&subject.prefix, &values);
    findings.push(preflight::judge(&preflight::observe(subject, &client, &origins).await));
    step.update("certificates");
    let names = parameters::own_names(&values);
    findings.push(certificate::judge(&certificate::observe(&client, &names, &distribution).await));
    step.update("alarms");
    findings.push(alarms::judge(&alarms::observe(subject).await));
    step.update("mail");
    let topic = subject.outputs.links.as_ref().map(|links| links.notices_topic.as_str());
    findings.push(notices::judge(&notices::LINKS, &notices::observe(subject, topic).await));
    findings.push(mail::judge(&mail::observe(subject).await));
    step.update("inbox");
    let inbox = inbox::outputs(subject).await;
    findings.push(inbox::judge(&subject.name, &inbox::observe(subject, &client, &inbox).await));
    let uploads = upload_bucket::observe(subject, &inbox).await;
    findings.push(upload_bucket::judge(&subject.name, &origins, &uploads));
    findings.push(scan_plan::judge(&scan_plan::observe(&subject.aws, &client, &inbox).await));
    let topic = inbox.as_ref().ok().and_then(Option::as_ref).map(|outputs| outputs.notices_topic.as_str());
    findings.push(notices::judge(&notices::INBOX, &notices::observe(subject, topic).await));
    step.update("logs");
    findings.push(edge_logs::judge(&edge_logs::observe(subject, &client).await));
    findings.push(edge_versions::judge(&subject.outputs.edge_function_arn, &edge_versions::observe(subject).await));
    step.update("drift");
    findings.push(drift::judge(&drift::observe(subject).await));
    findings
}
