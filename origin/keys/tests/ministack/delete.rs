use aws_sdk_cloudfront::types::{
    CustomOriginConfig, DefaultCacheBehavior, DistributionConfig, Origin, OriginProtocolPolicy, Origins,
    TrustedKeyGroups, ViewerProtocolPolicy,
};

use super::*;

impl Fixture {
    async fn create_distribution_trusting(&self, group_id: &str) {
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
    let fixture = Fixture::start().await;
    fixture.request("Create").await;
    for parameter in [Parameter::SignerNext, Parameter::SignerState, Parameter::SignerStatus] {
        fixture.put(parameter, "left by the running system").await;
    }
    for _ in 0..2 {
        let response = fixture.request("Delete").await;
        assert_eq!((&response["Status"], &response["Reason"]), (&json!("SUCCESS"), &json!("")));
        fixture.assert_nothing_left().await;
    }
}

#[tokio::test]
async fn a_deletion_after_an_interrupted_creation_leaves_nothing() {
    let fixture = Fixture::start().await;
    for actions in 0..=5 {
        fixture.crash_after(actions).await;
        assert_eq!(fixture.request("Delete").await["Status"], "SUCCESS", "after {actions} actions");
        fixture.assert_nothing_left().await;
    }
}

#[tokio::test]
async fn a_deletion_keeps_resources_of_other_stacks_and_of_the_owner() {
    let fixture = Fixture::start().await;
    fixture.register_foreign_key("vitae-resume").await;
    let other = fixture.request_with("Create", &properties("resume-2", P256)).await;
    fixture.request("Create").await;
    fixture.put(Parameter::OriginProd, "https://example.com").await;
    assert_eq!(fixture.request("Delete").await["Status"], "SUCCESS");
    let groups = fixture.groups().await;
    assert_eq!((groups.len(), other["Data"]["KeyGroupId"].as_str()), (1, Some(groups[0].0.as_str())));
    assert_eq!(fixture.public_keys().await.len(), 2);
    assert!(fixture.parameter(Parameter::OriginProd).await.is_some());
    let again = fixture.request_with("Create", &properties("resume-2", P256)).await;
    assert_eq!(again["Data"], other["Data"]);
}

#[tokio::test]
async fn a_group_that_a_distribution_trusts_is_reported_and_its_keys_are_kept() {
    let fixture = Fixture::start().await;
    let created = fixture.request("Create").await;
    let group_id = created["Data"]["KeyGroupId"].as_str().unwrap();
    fixture.create_distribution_trusting(group_id).await;
    let response = fixture.request("Delete").await;
    let reason = response["Reason"].as_str().unwrap();
    assert_eq!(response["Status"], "FAILED");
    assert!(reason.contains(group_id) && reason.contains("distribution"), "{reason}");
    fixture.assert_one_key(&created["Data"]["KeyGroupId"]).await;
}

#[tokio::test]
async fn an_invalid_parameter_is_deleted_too() {
    let fixture = Fixture::start().await;
    fixture.put(Parameter::SignerActive, "garbage").await;
    assert_eq!(fixture.request("Delete").await["Status"], "SUCCESS");
    fixture.assert_nothing_left().await;
}
