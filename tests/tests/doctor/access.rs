//! Faults in access control: the counter's permissions, the buckets' policies, the distribution's key group.

use aws_sdk_cloudfront::types::TrustedKeyGroups;
use aws_sdk_lambda::types::FunctionUrlAuthType;
use serde_json::Value;
use vitae_cloud::operate::doctor::Verdict::{Fail, Warn};

use crate::fixture::Fixture;

const URL: &str = "lambda:InvokeFunctionUrl";
const INVOKE: &str = "lambda:InvokeFunction";

/// Removes a permission of the counter. Returns its statement id and the ARN of the distribution it was for.
fn revoke(fixture: &Fixture, action: &str) -> (String, String) {
    let (lambda, function) = (fixture.root().lambda(), fixture.physical_id("CounterFunction"));
    let policy = fixture.running.block_on(lambda.get_policy().function_name(&function).send()).unwrap();
    let policy: Value = serde_json::from_str(policy.policy().unwrap()).unwrap();
    let statement =
        policy["Statement"].as_array().unwrap().iter().find(|statement| statement["Action"] == action).unwrap();
    let id = statement["Sid"].as_str().unwrap();
    let conditions = statement["Condition"].as_object().unwrap().values();
    let source = conditions
        .flat_map(|keys| keys.as_object().unwrap())
        .find(|(key, _)| key.eq_ignore_ascii_case("aws:SourceArn"));
    let source = source.unwrap().1.as_str().unwrap().to_owned();
    let removed = lambda.remove_permission().function_name(&function).statement_id(id).send();
    fixture.running.block_on(removed).unwrap();
    (id.to_owned(), source)
}

fn grant(fixture: &Fixture, action: &str, id: &str, source: &str) {
    let (lambda, function) = (fixture.root().lambda(), fixture.physical_id("CounterFunction"));
    let add = lambda.add_permission().function_name(function).statement_id(id).action(action).source_arn(source);
    let add = add.principal("cloudfront.amazonaws.com");
    let add = match action {
        URL => add.function_url_auth_type(FunctionUrlAuthType::AwsIam),
        _ => add.invoked_via_function_url(true),
    };
    fixture.running.block_on(add.send()).unwrap();
}

#[test]
fn a_missing_permission_of_the_counter_fails() {
    let fixture = Fixture::lock();
    for (action, check) in [(URL, "counter URL permission"), (INVOKE, "counter invoke permission")] {
        let (id, source) = revoke(&fixture, action);
        fixture.assert_finding(check, Fail, &format!("CloudFront has no {action}"), "aws lambda add-permission");
        grant(&fixture, action, &id, &source);
    }
}

#[test]
fn a_permission_for_another_distribution_fails() {
    let fixture = Fixture::lock();
    for (action, check) in [(URL, "counter URL permission"), (INVOKE, "counter invoke permission")] {
        let (id, source) = revoke(&fixture, action);
        grant(&fixture, action, &id, &source.replace("distribution/", "distribution/X"));
        fixture.assert_finding(check, Fail, "and not for this distribution", &format!("--source-arn {source}"));
        revoke(&fixture, action);
        grant(&fixture, action, &id, &source);
    }
}

/// Replaces a bucket's policy while `check` runs.
pub(crate) fn with_policy(
    fixture: &Fixture,
    bucket: &str,
    change: impl FnOnce(&str) -> Option<String>,
    check: impl FnOnce(),
) {
    let s3 = fixture.root().s3();
    let old = fixture.running.block_on(s3.get_bucket_policy().bucket(bucket).send()).unwrap().policy.unwrap();
    let put = |policy: &str| {
        fixture.running.block_on(s3.put_bucket_policy().bucket(bucket).policy(policy).send()).unwrap();
    };
    match change(&old) {
        Some(new) => put(&new),
        None => {
            fixture.running.block_on(s3.delete_bucket_policy().bucket(bucket).send()).unwrap();
        }
    }
    check();
    put(&old);
}

/// Removes a bucket's block of public access, which rejects public policies, while `check` runs.
fn without_public_access_block(fixture: &Fixture, bucket: &str, check: impl FnOnce()) {
    let s3 = fixture.root().s3();
    let old = fixture.running.block_on(s3.get_public_access_block().bucket(bucket).send()).unwrap();
    fixture.running.block_on(s3.delete_public_access_block().bucket(bucket).send()).unwrap();
    check();
    let put = s3.put_public_access_block().bucket(bucket);
    let put = put.set_public_access_block_configuration(old.public_access_block_configuration);
    fixture.running.block_on(put.send()).unwrap();
}

fn edit_statements(policy: &str, change: impl FnOnce(&mut Vec<Value>)) -> String {
    let mut policy: Value = serde_json::from_str(policy).unwrap();
    change(policy["Statement"].as_array_mut().unwrap());
    policy.to_string()
}

#[test]
fn a_bucket_that_another_distribution_or_none_or_anyone_may_read_fails() {
    let fixture = Fixture::lock();
    let outputs = fixture.running.system().outputs();
    for (bucket, check, resource) in [
        (&outputs.site_bucket, "site bucket policy", "SiteBucketPolicy"),
        (&outputs.cv_bucket, "CV bucket policy", "CvBucketPolicy"),
    ] {
        let another = |policy: &str| Some(policy.replace("distribution/", "distribution/X"));
        with_policy(&fixture, bucket, another, || fixture.assert_finding(check, Fail, "distribution/X", resource));
        with_policy(
            &fixture,
            bucket,
            |_| None,
            || fixture.assert_finding(check, Fail, "CloudFront may not read", resource),
        );
        let anyone = |policy: &str| {
            Some(edit_statements(policy, |statements| {
                statements[0]["Principal"] = "*".into();
                statements[0].as_object_mut().unwrap().remove("Condition");
            }))
        };
        without_public_access_block(&fixture, bucket, || {
            with_policy(&fixture, bucket, anyone, || fixture.assert_finding(check, Fail, "anyone may use", resource));
        });
    }
}

#[test]
fn the_distribution_must_be_able_to_list_the_site_bucket_and_not_the_cv_bucket() {
    let fixture = Fixture::lock();
    let outputs = fixture.running.system().outputs();
    let unlisted = |policy: &str| {
        Some(edit_statements(policy, |statements| {
            statements.retain(|statement| statement["Action"] != "s3:ListBucket");
        }))
    };
    with_policy(&fixture, &outputs.site_bucket, unlisted, || {
        fixture.assert_finding("site bucket policy", Warn, "403 and not 404", "SiteBucketPolicy");
    });
    let listed = |policy: &str| {
        Some(edit_statements(policy, |statements| {
            let mut listing = statements[0].clone();
            listing["Action"] = "s3:ListBucket".into();
            listing["Resource"] = format!("arn:aws:s3:::{}", outputs.cv_bucket).into();
            statements.push(listing);
        }))
    };
    with_policy(&fixture, &outputs.cv_bucket, listed, || {
        fixture.assert_finding("CV bucket policy", Fail, "may list the bucket", "CvBucketPolicy");
    });
}

#[test]
fn a_distribution_without_a_key_group_for_the_cv_fails() {
    let fixture = Fixture::lock();
    let (cloudfront, id) = (fixture.root().cloudfront(), &fixture.running.system().outputs().distribution_id);
    let old = fixture.running.block_on(cloudfront.get_distribution_config().id(id).send()).unwrap();
    let mut config = old.distribution_config.clone().unwrap();
    let behaviors = config.cache_behaviors.as_mut().unwrap().items.as_mut().unwrap();
    let cv = behaviors.iter_mut().find(|behavior| behavior.path_pattern == "/cv/*").unwrap();
    cv.trusted_key_groups = Some(TrustedKeyGroups::builder().enabled(false).quantity(0).build().unwrap());
    let put = |config, etag: &str| {
        let update = cloudfront.update_distribution().id(id).distribution_config(config).if_match(etag);
        fixture.running.block_on(update.send()).unwrap().e_tag.unwrap()
    };
    let etag = put(config, old.e_tag().unwrap());
    fixture.assert_finding("distribution", Fail, "anyone may fetch the CV", "restore it to stack.yaml");
    put(old.distribution_config.unwrap(), &etag);
}
