use aws_sdk_cloudfront::types::{
    CustomOriginConfig, DefaultCacheBehavior, DistributionConfig, Origin, OriginProtocolPolicy, Origins,
    TrustedKeyGroups, ViewerProtocolPolicy,
};

use super::*;

impl Observed {
    async fn distribution_that_trusts(&self, group_id: &str) {
        let trusted = TrustedKeyGroups::builder().enabled(true).quantity(1).items(group_id).build().unwrap();
        let behavior = DefaultCacheBehavior::builder()
            .target_origin_id("cv")
            .viewer_protocol_policy(ViewerProtocolPolicy::HttpsOnly)
            .cache_policy_id("658327ea-f89d-4fab-a63d-7e88639e58f6")
            .trusted_key_groups(trusted);
        let custom = CustomOriginConfig::builder()
            .http_port(80)
            .https_port(443)
            .origin_protocol_policy(OriginProtocolPolicy::HttpsOnly);
        let origin = Origin::builder().id("cv").domain_name("cv.example").custom_origin_config(custom.build().unwrap());
        let config = DistributionConfig::builder()
            .caller_reference("r-1")
            .comment("")
            .enabled(true)
            .origins(Origins::builder().quantity(1).items(origin.build().unwrap()).build().unwrap())
            .default_cache_behavior(behavior.build().unwrap());
        let create = self.cloudfront.create_distribution().distribution_config(config.build().unwrap());
        create.send().await.unwrap();
    }
}

#[tokio::test]
async fn a_deletion_leaves_nothing_and_a_second_one_succeeds() {
    let observed = Observed::start().await;
    observed.request("Create").await;
    for parameter in [Parameter::SignerNext, Parameter::SignerState, Parameter::SignerStatus] {
        observed.put(parameter, "left by the running system").await;
    }
    for _ in 0..2 {
        let answer = observed.request("Delete").await;
        assert_eq!((&answer["Status"], &answer["Reason"]), (&json!("SUCCESS"), &json!("")));
        observed.assert_nothing_left().await;
    }
}

#[tokio::test]
async fn a_deletion_after_a_creation_that_was_cut_off_anywhere_leaves_nothing() {
    let observed = Observed::start().await;
    for actions in 0..=5 {
        observed.crash_after(actions).await;
        assert_eq!(observed.request("Delete").await["Status"], "SUCCESS", "after {actions} actions");
        observed.assert_nothing_left().await;
    }
}

#[tokio::test]
async fn a_deletion_takes_nothing_of_another_stack_or_of_the_owner() {
    let observed = Observed::start().await;
    observed.register_foreign_key("vitae-resume").await;
    let other = observed.request_with("Create", &properties("resume-2", P256)).await;
    observed.request("Create").await;
    observed.put(Parameter::OriginProd, "https://example.com").await;
    assert_eq!(observed.request("Delete").await["Status"], "SUCCESS");
    let groups = observed.groups().await;
    assert_eq!((groups.len(), other["Data"]["KeyGroupId"].as_str()), (1, Some(groups[0].0.as_str())));
    assert_eq!(observed.public_keys().await.len(), 2);
    assert!(observed.parameter(Parameter::OriginProd).await.is_some());
    let again = observed.request_with("Create", &properties("resume-2", P256)).await;
    assert_eq!(again["Data"], other["Data"]);
}

#[tokio::test]
async fn a_group_that_a_distribution_trusts_is_said_and_its_keys_go_on_signing() {
    let observed = Observed::start().await;
    let created = observed.request("Create").await;
    let group_id = created["Data"]["KeyGroupId"].as_str().unwrap();
    observed.distribution_that_trusts(group_id).await;
    let answer = observed.request("Delete").await;
    let reason = answer["Reason"].as_str().unwrap();
    assert_eq!(answer["Status"], "FAILED");
    assert!(reason.contains(group_id) && reason.contains("distribution"), "{reason}");
    observed.assert_one_key(&created["Data"]["KeyGroupId"]).await;
}

#[tokio::test]
async fn a_parameter_that_is_no_pair_is_deleted_all_the_same() {
    let observed = Observed::start().await;
    observed.put(Parameter::SignerActive, "garbage").await;
    assert_eq!(observed.request("Delete").await["Status"], "SUCCESS");
    observed.assert_nothing_left().await;
}
