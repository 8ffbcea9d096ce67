//! Faults in who may read what: the counter's permissions, the buckets' policies, the distribution.

use aws_sdk_cloudfront::types::TrustedKeyGroups;
use aws_sdk_lambda::types::FunctionUrlAuthType;
use serde_json::Value;
use vitae_cloud::doctor::Verdict::{Fail, Warn};

use crate::patient::Patient;

const URL: &str = "lambda:InvokeFunctionUrl";
const INVOKE: &str = "lambda:InvokeFunction";

/// Takes a permission of the counter away. Its statement's id, and the distribution that it named.
fn revoke(patient: &Patient, action: &str) -> (String, String) {
    let (lambda, function) = (patient.root().lambda(), patient.physical_id("CounterFunction"));
    let policy = patient.running.block_on(lambda.get_policy().function_name(&function).send()).unwrap();
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
    patient.running.block_on(removed).unwrap();
    (id.to_owned(), source)
}

fn grant(patient: &Patient, action: &str, id: &str, source: &str) {
    let (lambda, function) = (patient.root().lambda(), patient.physical_id("CounterFunction"));
    let add = lambda.add_permission().function_name(function).statement_id(id).action(action).source_arn(source);
    let add = add.principal("cloudfront.amazonaws.com");
    let add = match action {
        URL => add.function_url_auth_type(FunctionUrlAuthType::AwsIam),
        _ => add.invoked_via_function_url(true),
    };
    patient.running.block_on(add.send()).unwrap();
}

#[test]
fn each_of_the_counters_permissions_that_is_missing_is_named() {
    let patient = Patient::alone();
    for (action, check) in [(URL, "counter URL permission"), (INVOKE, "counter invoke permission")] {
        let (id, source) = revoke(&patient, action);
        patient.finds(check, Fail, &format!("CloudFront has no {action}"), "aws lambda add-permission");
        grant(&patient, action, &id, &source);
    }
}

#[test]
fn a_permission_for_another_distribution_is_none() {
    let patient = Patient::alone();
    for (action, check) in [(URL, "counter URL permission"), (INVOKE, "counter invoke permission")] {
        let (id, source) = revoke(&patient, action);
        grant(&patient, action, &id, &source.replace("distribution/", "distribution/X"));
        patient.finds(check, Fail, "and not for this distribution", &format!("--source-arn {source}"));
        revoke(&patient, action);
        grant(&patient, action, &id, &source);
    }
}

/// Puts another policy on a bucket, has it looked at, and puts the old one back.
fn with_policy(patient: &Patient, bucket: &str, change: impl FnOnce(&str) -> Option<String>, look: impl FnOnce()) {
    let s3 = patient.root().s3();
    let old = patient.running.block_on(s3.get_bucket_policy().bucket(bucket).send()).unwrap().policy.unwrap();
    let put = |policy: &str| {
        patient.running.block_on(s3.put_bucket_policy().bucket(bucket).policy(policy).send()).unwrap();
    };
    match change(&old) {
        Some(new) => put(&new),
        None => {
            patient.running.block_on(s3.delete_bucket_policy().bucket(bucket).send()).unwrap();
        }
    }
    look();
    put(&old);
}

/// Without the bucket's block of public access, which lets no such policy in.
fn with_public_policies(patient: &Patient, bucket: &str, look: impl FnOnce()) {
    let s3 = patient.root().s3();
    let old = patient.running.block_on(s3.get_public_access_block().bucket(bucket).send()).unwrap();
    patient.running.block_on(s3.delete_public_access_block().bucket(bucket).send()).unwrap();
    look();
    let put = s3.put_public_access_block().bucket(bucket);
    let put = put.set_public_access_block_configuration(old.public_access_block_configuration);
    patient.running.block_on(put.send()).unwrap();
}

fn changed(policy: &str, change: impl FnOnce(&mut Vec<Value>)) -> String {
    let mut policy: Value = serde_json::from_str(policy).unwrap();
    change(policy["Statement"].as_array_mut().unwrap());
    policy.to_string()
}

#[test]
fn a_bucket_that_another_distribution_or_none_may_read_is_named() {
    let patient = Patient::alone();
    let outputs = patient.running.system().outputs();
    for (bucket, check, resource) in [
        (&outputs.site_bucket, "site bucket policy", "SiteBucketPolicy"),
        (&outputs.cv_bucket, "CV bucket policy", "CvBucketPolicy"),
    ] {
        let another = |policy: &str| Some(policy.replace("distribution/", "distribution/X"));
        with_policy(&patient, bucket, another, || patient.finds(check, Fail, "distribution/X", resource));
        with_policy(&patient, bucket, |_| None, || patient.finds(check, Fail, "CloudFront may not read", resource));
        let anyone = |policy: &str| {
            Some(changed(policy, |statements| {
                statements[0]["Principal"] = "*".into();
                statements[0].as_object_mut().unwrap().remove("Condition");
            }))
        };
        with_public_policies(&patient, bucket, || {
            with_policy(&patient, bucket, anyone, || patient.finds(check, Fail, "anyone may use", resource));
        });
    }
}

#[test]
fn who_may_list_the_buckets_is_judged() {
    let patient = Patient::alone();
    let outputs = patient.running.system().outputs();
    let unlisted = |policy: &str| {
        Some(changed(policy, |statements| statements.retain(|statement| statement["Action"] != "s3:ListBucket")))
    };
    with_policy(&patient, &outputs.site_bucket, unlisted, || {
        patient.finds("site bucket policy", Warn, "403 and not 404", "SiteBucketPolicy");
    });
    let listed = |policy: &str| {
        Some(changed(policy, |statements| {
            let mut listing = statements[0].clone();
            listing["Action"] = "s3:ListBucket".into();
            listing["Resource"] = format!("arn:aws:s3:::{}", outputs.cv_bucket).into();
            statements.push(listing);
        }))
    };
    with_policy(&patient, &outputs.cv_bucket, listed, || {
        patient.finds("CV bucket policy", Fail, "may be listed", "CvBucketPolicy");
    });
}

#[test]
fn a_distribution_that_guards_the_cv_by_no_key_group_is_named() {
    let patient = Patient::alone();
    let (cloudfront, id) = (patient.root().cloudfront(), &patient.running.system().outputs().distribution_id);
    let old = patient.running.block_on(cloudfront.get_distribution_config().id(id).send()).unwrap();
    let mut config = old.distribution_config.clone().unwrap();
    let behaviors = config.cache_behaviors.as_mut().unwrap().items.as_mut().unwrap();
    let cv = behaviors.iter_mut().find(|behavior| behavior.path_pattern == "/cv/*").unwrap();
    cv.trusted_key_groups = Some(TrustedKeyGroups::builder().enabled(false).quantity(0).build().unwrap());
    let put = |config, etag: &str| {
        let update = cloudfront.update_distribution().id(id).distribution_config(config).if_match(etag);
        patient.running.block_on(update.send()).unwrap().e_tag.unwrap()
    };
    let etag = put(config, old.e_tag().unwrap());
    patient.finds("distribution", Fail, "anyone may fetch the CV", "put it back as stack.yaml says");
    put(old.distribution_config.unwrap(), &etag);
}
