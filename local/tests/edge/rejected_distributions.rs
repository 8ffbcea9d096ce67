//! Distributions that are rejected when they are loaded.

use aws_sdk_cloudfront::types::{EventType, TrustedKeyGroups};
use vitae_local::Clock;

use crate::support::cloud::zip;
use crate::support::distribution::ALL_EXCEPT_HOST;
use crate::support::{Cloud, Keys, behavior, bucket_origin, cloudfront_function, config, lambda_at_edge};

const HANDLER: &str = "export const handler = async () => ({ status: '200' });";

async fn load_error(
    cloud: &Cloud,
    config: aws_sdk_cloudfront::types::builders::DistributionConfigBuilder,
    reference: &str,
) -> String {
    let (id, _) = cloud.distribution(config.caller_reference(reference).build().unwrap()).await;
    let started = cloud.serve_at(&id, Clock::system()).await;
    started.err().unwrap_or_else(|| panic!("{reference} was accepted")).to_string()
}

#[tokio::test]
async fn features_that_are_not_modelled_are_rejected_by_name() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let site = bucket_origin(&cloud, "site").await;
    let plain = || behavior("*", "site");
    let with = |behavior| config(vec![site.clone()], vec![behavior]);

    let error = load_error(&cloud, with(plain().smooth_streaming(true)), "smooth").await;
    assert_eq!(error, "not modelled locally: SmoothStreaming, in the behavior \"*\"");

    let disabled = with(plain()).enabled(false);
    assert!(
        load_error(&cloud, disabled, "disabled").await.starts_with("not modelled locally: a disabled distribution")
    );
}

#[tokio::test]
async fn distributions_that_cloudfront_would_reject_are_rejected() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let site = bucket_origin(&cloud, "site").await;
    let with = |behavior| config(vec![site.clone()], vec![behavior]);
    let cloudfront = cloud.cloudfront_function("f", "function handler(event) { return event.request; }").await;
    let version = cloud.function_version("edge", HANDLER).await;

    let both = behavior("*", "site")
        .function_associations(cloudfront_function(&cloudfront))
        .lambda_function_associations(lambda_at_edge(&version, EventType::ViewerRequest, false));
    let error = load_error(&cloud, with(both), "both").await;
    assert!(error.contains("a CloudFront Function and a Lambda@Edge function on its viewer events"), "{error}");

    let latest = version.replace(":1", ":$LATEST");
    let latest =
        behavior("*", "site").lambda_function_associations(lambda_at_edge(&latest, EventType::ViewerRequest, false));
    let error = load_error(&cloud, with(latest), "latest").await;
    assert!(error.contains("name a numbered version"), "{error}");

    let slow = cloud.function_version_with("slow", &[("index.mjs", HANDLER)], 6).await;
    let slow =
        behavior("*", "site").lambda_function_associations(lambda_at_edge(&slow, EventType::ViewerRequest, false));
    let error = load_error(&cloud, with(slow), "slow").await;
    assert!(error.contains("a timeout of 6 s, at most 5"), "{error}");

    let broken = cloud
        .cloudfront_function("broken", "import fs from 'fs';\nfunction handler(event) { return event.request; }")
        .await;
    let broken = behavior("*", "site").function_associations(cloudfront_function(&broken));
    let error = load_error(&cloud, with(broken), "import").await;
    assert!(error.starts_with("function broken: ") && error.contains("fs"), "{error}");

    let long = format!("function handler(event) {{ return event.request; }} // {}", "x".repeat(10_240));
    let long = cloud.cloudfront_function("long", &long).await;
    let long = behavior("*", "site").function_associations(cloudfront_function(&long));
    let error = load_error(&cloud, with(long), "long").await;
    assert!(error.contains("limit of 10240"), "{error}");
}

#[tokio::test]
async fn key_groups_over_cloudfronts_limits_are_rejected() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let site = bucket_origin(&cloud, "site").await;
    let key = Keys::p256().public_pem;
    let (group, _) = cloud.key_group("one", &[&key]).await;
    let (large, _) = cloud.key_group("six", &[key.as_str(); 6]).await;
    let trusting = |groups: &[&String]| {
        let quantity = i32::try_from(groups.len()).unwrap();
        let items = groups.iter().map(ToString::to_string).collect();
        let trusted = TrustedKeyGroups::builder().enabled(true).quantity(quantity).set_items(Some(items));
        config(vec![site.clone()], vec![behavior("*", "site").trusted_key_groups(trusted.build().unwrap())])
    };
    let error = load_error(&cloud, trusting(&[&group; 5]), "groups").await;
    assert!(error.ends_with("behavior \"*\": 5 trusted key groups, at most 4"), "{error}");
    let error = load_error(&cloud, trusting(&[&large]), "keys").await;
    assert!(error.contains("has 6 keys, it needs 1 to 5"), "{error}");
    let error = load_error(&cloud, trusting(&[&"nowhere".to_owned()]), "nowhere").await;
    assert!(error.starts_with("cloudfront:GetKeyGroup nowhere failed"), "{error}");
}

#[tokio::test]
async fn code_that_differs_from_the_versions_hash_is_rejected() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let version = cloud.function_version("edge", HANDLER).await;
    // The local cloud returns the newest code for every version.
    let newer =
        aws_sdk_lambda::primitives::Blob::new(zip(&[("index.mjs", "export const handler = async (event) => event;")]));
    cloud.lambda.update_function_code().function_name("edge").zip_file(newer).send().await.unwrap();
    let behavior =
        behavior("*", "site").lambda_function_associations(lambda_at_edge(&version, EventType::ViewerRequest, false));
    let behavior = behavior.origin_request_policy_id(ALL_EXCEPT_HOST);
    let error = load_error(&cloud, config(vec![bucket_origin(&cloud, "site").await], vec![behavior]), "stale").await;
    assert!(error.contains("the Lambda API returned code that is not version 1's"), "{error}");
}

#[tokio::test]
async fn a_program_that_is_not_node_is_rejected() {
    let mut cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let version = cloud.function_version("edge", HANDLER).await;
    // A program that every machine has and that does not print a version of Node.
    cloud.node = "/bin/echo".into();
    let behavior =
        behavior("*", "site").lambda_function_associations(lambda_at_edge(&version, EventType::ViewerRequest, false));
    let error = load_error(&cloud, config(vec![bucket_origin(&cloud, "site").await], vec![behavior]), "node").await;
    assert!(error.starts_with("Node.js at /bin/echo: ") && error.contains("nodejs24.x"), "{error}");
}

#[tokio::test]
async fn an_unknown_distribution_is_an_error_with_the_services_message() {
    let cloud = Cloud::start().await;
    let error = cloud.serve_at("ENOTHERE", Clock::system()).await.unwrap_err().to_string();
    assert!(
        error.starts_with("cloudfront:GetDistribution ENOTHERE failed: ") && error.contains("NoSuchDistribution"),
        "{error}"
    );
}
