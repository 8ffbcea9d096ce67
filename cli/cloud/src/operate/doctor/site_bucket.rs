//! Checks that only the distribution can read the site bucket.

use aws_sdk_s3::error::ProvideErrorMetadata as _;
use serde_json::Value;

use super::{Finding, Observed, Subject, policy};
use crate::aws::CallError;

const CHECK: &str = "site bucket policy";

/// The bucket's policy; `None` if it has none.
pub(super) async fn observe(subject: &Subject) -> Observed<Option<String>> {
    read(subject, &subject.outputs.site_bucket).await
}

pub(super) fn judge(subject: &Subject, policy: &Observed<Option<String>>) -> Finding {
    let bucket = &subject.outputs.site_bucket;
    match policy {
        Ok(policy) => of(bucket, &subject.distribution_arn, &subject.name, policy.as_deref()),
        Err(error) => Finding::skipped(CHECK, error),
    }
}

/// A bucket's policy; `None` if it has none.
pub(super) async fn read(subject: &Subject, bucket: &str) -> Observed<Option<String>> {
    match subject.aws.s3().get_bucket_policy().bucket(bucket).send().await {
        Ok(answer) => Ok(answer.policy),
        Err(error) if error.code() == Some("NoSuchBucketPolicy") => Ok(None),
        Err(error) => Err(CallError::new(format!("GetBucketPolicy of {bucket}"), &error)),
    }
}

/// What is wrong with the read permissions of a bucket, if anything.
pub(super) fn reading(bucket: &str, distribution_arn: &str, statements: &[policy::Statement<'_>]) -> Option<String> {
    if statements.iter().any(policy::Statement::is_for_anyone) {
        return Some(format!("anyone may use {bucket} without the distribution"));
    }
    let objects = format!("arn:aws:s3:::{bucket}/*");
    let reads = statements.iter().filter(|statement| {
        statement.is_for_cloudfront() && statement.has_action("s3:GetObject") && statement.has_resource(&objects)
    });
    let sources: Vec<_> = reads
        .map(|statement| statement.condition("aws:SourceArn").unwrap_or("any distribution of any account"))
        .collect();
    match sources.as_slice() {
        [] => Some(format!("CloudFront may not read {bucket}")),
        sources if sources.iter().all(|source| *source == distribution_arn) => None,
        sources => Some(format!("CloudFront may read {bucket} for {}", sources.join(", "))),
    }
}

/// How to restore a bucket's policy: CloudFormation writes it again once it differs from the stack's record.
pub(super) fn fix(stack: &str, logical_id: &str, distribution_arn: &str) -> String {
    format!(
        "put back what {logical_id} of stack.yaml says, with AWS:SourceArn {distribution_arn}: `aws s3api put-bucket-policy`, or a \
         drift-aware change set of {stack}"
    )
}

fn of(bucket: &str, distribution_arn: &str, stack: &str, policy: Option<&str>) -> Finding {
    let document: Value = policy.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let statements = policy::allows(&document).unwrap_or_default();
    let fix = || fix(stack, "SiteBucketPolicy", distribution_arn);
    if let Some(found) = reading(bucket, distribution_arn, &statements) {
        return Finding::fail(CHECK, found, fix());
    }
    let lists =
        |statement: &policy::Statement<'_>| statement.is_for_cloudfront() && statement.has_action("s3:ListBucket");
    if statements.iter().any(lists) {
        Finding::pass(CHECK, "only this distribution can read the site")
    } else {
        Finding::warn(CHECK, "CloudFront may not list the bucket: a missing page is 403 and not 404", fix())
    }
}
