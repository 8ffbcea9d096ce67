//! Checks that the upload bucket accepts files from the site's pages, keeps them no longer than needed, and lets no one read a file
//! that was not scanned.

use aws_sdk_s3::{
    error::ProvideErrorMetadata as _,
    types::{CorsRule, ExpirationStatus, LifecycleRule},
};
use serde_json::Value;

use super::{Finding, Observed, Subject, policy, site_bucket};
use crate::{aws::CallError, deploy::InboxOutputs};

const CHECK: &str = "upload bucket";

/// The condition key of the tag that GuardDuty sets.
const SCAN_TAG_KEY: &str = "s3:ExistingObjectTag/GuardDutyMalwareScanStatus";

/// How long an upload may stay, in days.
const LONGEST_DAYS: i32 = 30;

/// What is known of the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    bucket: String,
    policy: Option<String>,
    /// Methods and origins of each CORS rule.
    cors: Vec<(Vec<String>, Vec<String>)>,
    /// After how many days each active rule deletes what arrived.
    expirations: Vec<i32>,
}

/// `None` if the system has no inbox.
pub(super) async fn observe(subject: &Subject, outputs: &Observed<Option<InboxOutputs>>) -> Observed<Option<Facts>> {
    let Some(outputs) = outputs.clone()? else { return Ok(None) };
    let (s3, bucket) = (subject.aws.s3(), outputs.upload_bucket);
    let cors = match s3.get_bucket_cors().bucket(&bucket).send().await {
        Ok(response) => response.cors_rules.unwrap_or_default(),
        Err(error) if error.code() == Some("NoSuchCORSConfiguration") => Vec::new(),
        Err(error) => return Err(CallError::new(format!("GetBucketCors of {bucket}"), &error)),
    };
    let rules = match s3.get_bucket_lifecycle_configuration().bucket(&bucket).send().await {
        Ok(response) => response.rules.unwrap_or_default(),
        Err(error) if error.code() == Some("NoSuchLifecycleConfiguration") => Vec::new(),
        Err(error) => return Err(CallError::new(format!("GetBucketLifecycleConfiguration of {bucket}"), &error)),
    };
    let methods_and_origins = |rule: CorsRule| (rule.allowed_methods, rule.allowed_origins);
    Ok(Some(Facts {
        policy: site_bucket::read(subject, &bucket).await?,
        cors: cors.into_iter().map(methods_and_origins).collect(),
        expirations: rules.iter().filter_map(days).collect(),
        bucket,
    }))
}

/// The days of an active rule.
fn days(rule: &LifecycleRule) -> Option<i32> {
    rule.expiration().filter(|_| *rule.status() == ExpirationStatus::Enabled)?.days()
}

/// `origins` are the allowed origins of the site.
pub(super) fn judge(stack: &str, origins: &[String], facts: &Observed<Option<Facts>>) -> Finding {
    let facts = match facts {
        Err(error) => return Finding::skipped(CHECK, error),
        Ok(None) => return Finding::pass(CHECK, "none: visitors cannot send files"),
        Ok(Some(facts)) => facts,
    };
    let bucket = &facts.bucket;
    let fix = || format!("restore {bucket} to inbox.yaml, with a drift-aware change set of {stack}-inbox or by hand");
    if let Some(found) = unprotected(facts.policy.as_deref()) {
        return Finding::fail(CHECK, format!("{found} {bucket}"), fix());
    }
    let accepts = |origin: &String| {
        let accepts = |rule: &(Vec<String>, Vec<String>)| {
            let (methods, origins) = rule;
            methods.iter().any(|method| method == "POST") && origins.iter().any(|one| one == "*" || one == origin)
        };
        facts.cors.iter().any(accepts)
    };
    if let Some(origin) = origins.iter().find(|origin| !accepts(origin)) {
        return Finding::fail(CHECK, format!("{bucket} accepts no POST from pages of {origin}"), fix());
    }
    match facts.expirations.iter().min() {
        Some(days) if *days <= LONGEST_DAYS => {
            Finding::pass(CHECK, format!("unscanned files cannot be read, and are deleted after {days} days"))
        }
        _ => Finding::warn(CHECK, format!("{bucket} keeps files that no event was received for"), fix()),
    }
}

/// What everyone may do who must not.
fn unprotected(policy: Option<&str>) -> Option<&'static str> {
    let document: Value = policy.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let statements = policy::denies(&document);
    let has = |action: &str, condition: Option<&str>| {
        statements.iter().any(|statement| {
            statement.is_for_everyone()
                && statement.has_action(action)
                && condition.is_none_or(|key| statement.has_condition("StringNotEquals", key))
        })
    };
    if !["s3:GetObject", "s3:GetObjectVersion"].iter().all(|action| has(action, Some(SCAN_TAG_KEY))) {
        Some("the policy does not prevent that an unscanned file is read from")
    } else if !["s3:PutObjectTagging", "s3:PutObjectVersionTagging"].iter().all(|action| has(action, None)) {
        Some("the policy does not prevent that others than the scanner tag files in")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::Verdict, *};

    fn fine() -> Facts {
        let policy = json!({"Statement": [
            {
                "Effect": "Deny", "Principal": "*", "Action": ["s3:GetObject", "s3:GetObjectVersion"],
                "Condition": {"StringNotEquals": {SCAN_TAG_KEY: "NO_THREATS_FOUND"}},
            },
            {
                "Effect": "Deny", "Principal": {"AWS": "*"},
                "Action": ["s3:PutObjectTagging", "s3:PutObjectVersionTagging"],
                "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::1:role/scanner"}},
            },
        ]});
        Facts {
            bucket: "uploads".into(),
            policy: Some(policy.to_string()),
            cors: vec![(vec!["POST".into()], vec!["*".into()])],
            expirations: vec![30],
        }
    }

    #[test]
    fn a_bucket_that_differs_from_its_template_is_reported() {
        let judge = |facts: Facts| judge("resume", &["https://example.com".to_owned()], &Ok(Some(facts)));
        assert_eq!(judge(fine()).verdict, Verdict::Pass);
        let own = vec![(vec!["POST".to_owned()], vec!["https://example.com".to_owned()])];
        assert_eq!(judge(Facts { cors: own, ..fine() }).verdict, Verdict::Pass);
        let policy = fine().policy.unwrap();
        let other = vec![(vec!["POST".to_owned()], vec!["https://example.org".to_owned()])];
        let get = vec![(vec!["GET".to_owned()], vec!["*".to_owned()])];
        for (facts, verdict, found) in [
            (Facts { policy: None, ..fine() }, Verdict::Fail, "unscanned"),
            (Facts { policy: Some(policy.replace("NotEquals", "Equals")), ..fine() }, Verdict::Fail, "unscanned"),
            (Facts { policy: Some(policy.replace("VersionTagging", "X")), ..fine() }, Verdict::Fail, "scanner"),
            (Facts { policy: Some(policy.replace("Deny", "Allow")), ..fine() }, Verdict::Fail, "unscanned"),
            (Facts { cors: vec![], ..fine() }, Verdict::Fail, "https://example.com"),
            (Facts { cors: other, ..fine() }, Verdict::Fail, "https://example.com"),
            (Facts { cors: get, ..fine() }, Verdict::Fail, "https://example.com"),
            (Facts { expirations: vec![], ..fine() }, Verdict::Warn, "keeps files"),
            (Facts { expirations: vec![365], ..fine() }, Verdict::Warn, "keeps files"),
        ] {
            let finding = judge(facts.clone());
            assert_eq!(finding.verdict, verdict, "{facts:?}");
            assert!(finding.found.contains(found), "{finding:?}");
        }
    }

    #[test]
    fn a_system_without_an_inbox_passes() {
        assert_eq!(judge("resume", &[], &Ok(None)).verdict, Verdict::Pass);
    }
}
