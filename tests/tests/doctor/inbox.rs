//! Faults of the inbox: its bucket's policy, CORS rules and lifecycle, and the distribution's origin.

use aws_sdk_s3::types::{BucketLifecycleConfiguration, CorsConfiguration};
use vitae_cloud::operate::doctor::Verdict::{Fail, Warn};

use crate::{access::with_policy, fixture::Fixture};

const CHECK: &str = "upload bucket";

#[test]
fn a_bucket_from_which_unscanned_files_can_be_read_or_in_which_anyone_may_tag_fails() {
    let fixture = Fixture::lock();
    let bucket = &fixture.running.system().inbox().upload_bucket;
    with_policy(&fixture, bucket, |_| None, || fixture.assert_finding(CHECK, Fail, "unscanned file", "inbox.yaml"));
    let other_tag = |policy: &str| Some(policy.replace("GuardDutyMalwareScanStatus", "Scanned"));
    with_policy(&fixture, bucket, other_tag, || fixture.assert_finding(CHECK, Fail, "unscanned file", "inbox.yaml"));
    let no_versions = |policy: &str| Some(policy.replace("s3:PutObjectVersionTagging", "s3:PutObjectTagging"));
    with_policy(&fixture, bucket, no_versions, || fixture.assert_finding(CHECK, Fail, "scanner", "inbox.yaml"));
}

#[test]
fn a_bucket_that_rejects_the_sites_pages_fails() {
    let fixture = Fixture::lock();
    let (s3, bucket) = (fixture.root().s3(), &fixture.running.system().inbox().upload_bucket);
    let rules = fixture.running.block_on(s3.get_bucket_cors().bucket(bucket).send()).unwrap().cors_rules;
    fixture.running.block_on(s3.delete_bucket_cors().bucket(bucket).send()).unwrap();
    fixture.assert_finding(CHECK, Fail, "accepts no POST from pages of", "inbox.yaml");
    let cors = CorsConfiguration::builder().set_cors_rules(rules).build().unwrap();
    fixture.running.block_on(s3.put_bucket_cors().bucket(bucket).cors_configuration(cors).send()).unwrap();
}

#[test]
fn a_bucket_that_keeps_files_forever_is_a_warning() {
    let fixture = Fixture::lock();
    let (s3, bucket) = (fixture.root().s3(), &fixture.running.system().inbox().upload_bucket);
    let old = fixture.running.block_on(s3.get_bucket_lifecycle_configuration().bucket(bucket).send()).unwrap();
    fixture.running.block_on(s3.delete_bucket_lifecycle().bucket(bucket).send()).unwrap();
    fixture.assert_finding(CHECK, Warn, "keeps files", "inbox.yaml");
    let rules = BucketLifecycleConfiguration::builder().set_rules(old.rules).build().unwrap();
    let put = s3.put_bucket_lifecycle_configuration().bucket(bucket).lifecycle_configuration(rules);
    fixture.running.block_on(put.send()).unwrap();
}

#[test]
fn a_distribution_that_sends_requests_to_another_function_fails() {
    let fixture = Fixture::lock();
    let (cloudfront, id) = (fixture.root().cloudfront(), &fixture.running.system().outputs().distribution_id);
    let old = fixture.running.block_on(cloudfront.get_distribution_config().id(id).send()).unwrap();
    let mut config = old.distribution_config.clone().unwrap();
    let origins = &mut config.origins.as_mut().unwrap().items;
    let origin = origins.iter_mut().find(|origin| origin.id == "inbox").unwrap();
    origin.domain_name = "other.lambda-url.us-east-1.on.aws".to_owned();
    let put = |config, etag: &str| {
        let update = cloudfront.update_distribution().id(id).distribution_config(config).if_match(etag);
        fixture.running.block_on(update.send()).unwrap().e_tag.unwrap()
    };
    let etag = put(config, old.e_tag().unwrap());
    fixture.assert_finding("inbox", Fail, "other.lambda-url.us-east-1.on.aws", "cargo vitae deploy");
    put(old.distribution_config.unwrap(), &etag);
}
