//! Checks that only the distribution can read the CV bucket, and that it cannot list it.

use serde_json::Value;

use super::{Finding, Observed, Subject, policy, site_bucket};

const CHECK: &str = "CV bucket policy";

/// The bucket's policy; `None` if it has none.
pub(super) async fn observe(subject: &Subject) -> Observed<Option<String>> {
    site_bucket::read(subject, &subject.outputs.cv_bucket).await
}

pub(super) fn judge(subject: &Subject, policy: &Observed<Option<String>>) -> Finding {
    match policy {
        Ok(policy) => of(&subject.outputs.cv_bucket, &subject.distribution_arn, &subject.name, policy.as_deref()),
        Err(error) => Finding::skipped(CHECK, error),
    }
}

fn of(bucket: &str, distribution_arn: &str, stack: &str, policy: Option<&str>) -> Finding {
    let document: Value = policy.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let statements = policy::allows(&document).unwrap_or_default();
    let fix = || site_bucket::fix(stack, "CvBucketPolicy", distribution_arn);
    if let Some(found) = site_bucket::reading(bucket, distribution_arn, &statements) {
        return Finding::fail(CHECK, found, fix());
    }
    if statements.iter().any(|statement| statement.has_action("s3:ListBucket")) {
        return Finding::fail(CHECK, "CloudFront may list the bucket, which reveals its file names", fix());
    }
    Finding::pass(CHECK, "only this distribution can read the CV")
}
