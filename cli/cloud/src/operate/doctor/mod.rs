//! `vitae doctor`: what breaks in practice, each with a verdict and what to do.
//!
//! Every check is a file: it observes (effects), then judges what was observed (a pure function). A check that may not look says
//! so and warns. Nothing is changed, no visit is counted, and no secret leaves this process.
//!
//! In an account it takes: `cloudformation:DescribeStacks`, `ListStackResources`, `DetectStackDrift`,
//! `DescribeStackDriftDetectionStatus`, `DescribeStackResourceDrifts` (and, for drift, reading what the stack made);
//! `lambda:GetPolicy` of the counter, `lambda:ListVersionsByFunction` of the edge function, `lambda:InvokeFunction` of the keys function (it
//! tells their status); `s3:GetBucketPolicy` of both buckets; `cloudfront:GetDistribution`, `GetKeyGroup`, `GetPublicKey`,
//! `ListPublicKeys`; `ssm:GetParameters` of `config` and `origins/*`, `ssm:GetServiceSetting`; `logs:DescribeLogGroups` in every
//! region of an edge; `sns:ListSubscriptionsByTopic`. `ssm:GetParameter` of `signer/active` lets it compare the key itself;
//! without, the mint shows whether the key signs.

mod alarms;
mod certificate;
mod counter;
mod credentials;
mod cv_bucket;
mod distribution;
mod drift;
mod edge_logs;
mod edge_versions;
mod finding;
mod key_group;
mod logs;
mod mint;
mod parameters;
mod permissions;
mod policy;
mod preflight;
mod public_keys;
mod region;
mod site_bucket;
mod stack;
mod subject;
mod throughput;

pub use self::{
    finding::{Finding, Verdict},
    subject::Subject,
};
use crate::{
    aws::{AwsClients, CallError},
    operate::http::Visitor,
    progress::Step,
};

/// What was seen, or why it could not be.
type Observed<T> = Result<T, CallError>;

/// Examines a stack. The findings, in the order of what depends on what: where credentials or the stack fail, the rest is not
/// looked at.
pub async fn examine(aws: &AwsClients, stack: &str, step: &Step) -> Vec<Finding> {
    step.at("credentials");
    let mut findings = vec![credentials::judge(&credentials::observe(aws).await)];
    if findings.iter().any(Finding::is_failure) {
        return findings;
    }
    step.at("stack");
    let described = stack::observe(aws, stack).await;
    findings.push(stack::judge(stack, &described));
    let subject = match described {
        Ok(Some(described)) => Subject::of(aws, stack, &described).await,
        Ok(None) | Err(_) => return findings,
    };
    match subject {
        Ok(subject) => findings.extend(subject_findings(&subject, step).await),
        Err(error) => findings.push(Finding::unseen("stack", &error)),
    }
    findings
}

async fn subject_findings(subject: &Subject, step: &Step) -> Vec<Finding> {
    let visitor = Visitor::default();
    // One after the other: each takes a moment, and an answer is told to which check it belongs.
    let mut findings = vec![region::judge(&region::observe(subject))];
    step.at("permissions");
    findings.extend(permissions::judge(&subject.distribution_arn, &permissions::observe(subject).await));
    findings.push(site_bucket::judge(subject, &site_bucket::observe(subject).await));
    findings.push(cv_bucket::judge(subject, &cv_bucket::observe(subject).await));
    step.at("distribution");
    let distribution = distribution::observe(subject).await;
    findings.push(distribution::judge(subject, &distribution));
    step.at("keys");
    findings.push(key_group::judge(&key_group::observe(subject).await));
    findings.push(public_keys::judge(&public_keys::observe(subject).await));
    step.at("parameters");
    let values = parameters::observe(subject).await;
    findings.push(parameters::judge(&subject.prefix, &subject.outputs.distribution_domain_name, &values));
    findings.push(throughput::judge(&throughput::observe(subject).await));
    step.at("visits");
    findings.push(counter::judge(&counter::observe(subject, &visitor).await));
    step.at("mint");
    findings.push(mint::judge(&mint::observe(subject, &visitor).await));
    step.at("preflights");
    let origins = parameters::origins(&subject.prefix, &values);
    findings.push(preflight::judge(&preflight::observe(subject, &visitor, &origins).await));
    step.at("certificates");
    let names = parameters::own_names(&values);
    findings.push(certificate::judge(&certificate::observe(&visitor, &names, &distribution).await));
    step.at("alarms");
    findings.push(alarms::judge(&alarms::observe(subject).await));
    step.at("logs");
    findings.push(edge_logs::judge(&edge_logs::observe(subject, &visitor).await));
    findings.push(edge_versions::judge(&subject.outputs.edge_function_arn, &edge_versions::observe(subject).await));
    step.at("drift");
    findings.push(drift::judge(&drift::observe(subject).await));
    findings
}
