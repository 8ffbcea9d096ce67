//! Builders for distributions, origins and policies.

use aws_sdk_cloudfront::types as t;
use aws_sdk_cloudfront::types::builders::{CacheBehaviorBuilder, DistributionConfigBuilder};
use aws_sdk_cloudfront::types::{
    AllowedMethods, CacheBehavior, CachedMethods, CustomOriginConfig, DefaultCacheBehavior, DistributionConfig,
    EventType, FunctionAssociation, FunctionAssociations, LambdaFunctionAssociation, LambdaFunctionAssociations,
    Method, Origin, OriginAccessControlConfig, OriginAccessControlOriginTypes, OriginAccessControlSigningBehaviors,
    OriginAccessControlSigningProtocols, OriginProtocolPolicy, Origins, S3OriginConfig, ViewerProtocolPolicy,
};

use super::Cloud;

/// CachingOptimized: the key has only the encoding, and the default TTL is a day.
pub(crate) const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/// CachingDisabled.
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/// AllViewerExceptHostHeader.
pub(crate) const ALL_EXCEPT_HOST: &str = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
/// AllViewer, which includes the viewer's Host.
pub(crate) const ALL_VIEWER: &str = "216adef6-5c7f-47e4-b989-5492eafa07d3";

/// A behavior for `origin` that allows every method and forwards nothing.
pub(crate) fn behavior(pattern: &str, origin: &str) -> CacheBehaviorBuilder {
    let methods =
        [Method::Get, Method::Head, Method::Options, Method::Put, Method::Patch, Method::Post, Method::Delete];
    let cached = CachedMethods::builder().quantity(2).items(Method::Get).items(Method::Head).build().unwrap();
    let methods =
        AllowedMethods::builder().quantity(7).set_items(Some(methods.to_vec())).cached_methods(cached).build().unwrap();
    CacheBehavior::builder()
        .path_pattern(pattern)
        .target_origin_id(origin)
        .viewer_protocol_policy(ViewerProtocolPolicy::RedirectToHttps)
        .allowed_methods(methods)
        .cache_policy_id(CACHING_DISABLED)
}

/// A cache policy: TTLs in seconds, and the query parameters and headers in the key.
#[derive(Clone, Copy)]
pub(crate) struct CachePolicy<'a> {
    pub(crate) min: i64,
    pub(crate) default: i64,
    pub(crate) max: i64,
    pub(crate) query: &'a [&'a str],
    pub(crate) headers: &'a [&'a str],
}

impl CachePolicy<'_> {
    /// A default TTL of a minute, and an empty key.
    pub(crate) const MINUTE: CachePolicy<'static> =
        CachePolicy { min: 0, default: 60, max: 600, query: &[], headers: &[] };

    /// Creates the policy; returns its id.
    pub(crate) async fn create(self, cloud: &Cloud, name: &str) -> String {
        let owned = |names: &[&str]| Some(names.iter().map(ToString::to_string).collect::<Vec<_>>());
        let quantity = |names: &[&str]| i32::try_from(names.len()).unwrap();
        let names = t::QueryStringNames::builder().quantity(quantity(self.query)).set_items(owned(self.query));
        let query = match self.query {
            [] => t::CachePolicyQueryStringsConfig::builder()
                .query_string_behavior(t::CachePolicyQueryStringBehavior::None),
            _ => t::CachePolicyQueryStringsConfig::builder()
                .query_string_behavior(t::CachePolicyQueryStringBehavior::Whitelist)
                .query_strings(names.build().unwrap()),
        };
        let names = t::Headers::builder().quantity(quantity(self.headers)).set_items(owned(self.headers));
        let headers = match self.headers {
            [] => t::CachePolicyHeadersConfig::builder().header_behavior(t::CachePolicyHeaderBehavior::None),
            _ => t::CachePolicyHeadersConfig::builder()
                .header_behavior(t::CachePolicyHeaderBehavior::Whitelist)
                .headers(names.build().unwrap()),
        };
        let cookies = t::CachePolicyCookiesConfig::builder().cookie_behavior(t::CachePolicyCookieBehavior::None);
        let key = t::ParametersInCacheKeyAndForwardedToOrigin::builder()
            .enable_accept_encoding_gzip(false)
            .enable_accept_encoding_brotli(false)
            .query_strings_config(query.build().unwrap())
            .headers_config(headers.build().unwrap())
            .cookies_config(cookies.build().unwrap());
        let policy = t::CachePolicyConfig::builder()
            .name(name)
            .min_ttl(self.min)
            .default_ttl(self.default)
            .max_ttl(self.max)
            .parameters_in_cache_key_and_forwarded_to_origin(key.build().unwrap());
        let made =
            cloud.cloudfront.create_cache_policy().cache_policy_config(policy.build().unwrap()).send().await.unwrap();
        made.cache_policy().unwrap().id().to_owned()
    }
}

/// A distribution with these origins and behaviors; the last behavior is the default one.
pub(crate) fn config(origins: Vec<Origin>, behaviors: Vec<CacheBehaviorBuilder>) -> DistributionConfigBuilder {
    let mut behaviors: Vec<CacheBehavior> = behaviors.into_iter().map(|behavior| behavior.build().unwrap()).collect();
    let last = behaviors.pop().unwrap();
    let default = DefaultCacheBehavior::builder()
        .target_origin_id(last.target_origin_id())
        .viewer_protocol_policy(last.viewer_protocol_policy().clone())
        .set_allowed_methods(last.allowed_methods().cloned())
        .set_trusted_key_groups(last.trusted_key_groups().cloned())
        .set_cache_policy_id(last.cache_policy_id().map(ToOwned::to_owned))
        .set_origin_request_policy_id(last.origin_request_policy_id().map(ToOwned::to_owned))
        .set_response_headers_policy_id(last.response_headers_policy_id().map(ToOwned::to_owned))
        .set_function_associations(last.function_associations().cloned())
        .set_lambda_function_associations(last.lambda_function_associations().cloned())
        .set_smooth_streaming(last.smooth_streaming())
        .set_compress(last.compress())
        .build()
        .unwrap();
    let quantity = i32::try_from(behaviors.len()).unwrap();
    let behaviors = aws_sdk_cloudfront::types::CacheBehaviors::builder()
        .quantity(quantity)
        .set_items(Some(behaviors))
        .build()
        .unwrap();
    let origins =
        Origins::builder().quantity(i32::try_from(origins.len()).unwrap()).set_items(Some(origins)).build().unwrap();
    DistributionConfig::builder()
        .caller_reference("test")
        .comment("")
        .enabled(true)
        .origins(origins)
        .default_cache_behavior(default)
        .cache_behaviors(behaviors)
}

async fn access_control(
    cloud: &Cloud,
    name: &str,
    origin_type: OriginAccessControlOriginTypes,
    signing: OriginAccessControlSigningBehaviors,
) -> String {
    let config = OriginAccessControlConfig::builder()
        .name(name)
        .signing_protocol(OriginAccessControlSigningProtocols::Sigv4)
        .signing_behavior(signing)
        .origin_access_control_origin_type(origin_type)
        .build()
        .unwrap();
    let created =
        cloud.cloudfront.create_origin_access_control().origin_access_control_config(config).send().await.unwrap();
    created.origin_access_control().unwrap().id().to_owned()
}

/// A bucket with origin access control, under its own name.
pub(crate) async fn bucket_origin(cloud: &Cloud, bucket: &str) -> Origin {
    bucket_origin_signing(cloud, bucket, OriginAccessControlSigningBehaviors::Always).await
}

pub(crate) async fn bucket_origin_signing(
    cloud: &Cloud,
    bucket: &str,
    signing: OriginAccessControlSigningBehaviors,
) -> Origin {
    let control = access_control(cloud, bucket, OriginAccessControlOriginTypes::S3, signing).await;
    Origin::builder()
        .id(bucket)
        .domain_name(format!("{bucket}.s3.us-east-1.amazonaws.com"))
        .s3_origin_config(S3OriginConfig::builder().origin_access_identity("").build())
        .origin_access_control_id(control)
        .build()
        .unwrap()
}

/// A Function URL with origin access control.
pub(crate) async fn function_url_origin(cloud: &Cloud, id: &str, host: &str) -> Origin {
    let custom = CustomOriginConfig::builder()
        .http_port(80)
        .https_port(443)
        .origin_protocol_policy(OriginProtocolPolicy::HttpsOnly);
    let always = OriginAccessControlSigningBehaviors::Always;
    let control = access_control(cloud, id, OriginAccessControlOriginTypes::Lambda, always).await;
    Origin::builder()
        .id(id)
        .domain_name(host)
        .custom_origin_config(custom.build().unwrap())
        .origin_access_control_id(control)
        .build()
        .unwrap()
}

pub(crate) fn cloudfront_function(arn: &str) -> FunctionAssociations {
    let association =
        FunctionAssociation::builder().function_arn(arn).event_type(EventType::ViewerRequest).build().unwrap();
    FunctionAssociations::builder().quantity(1).items(association).build().unwrap()
}

pub(crate) fn lambda_at_edge(arn: &str, event: EventType, include_body: bool) -> LambdaFunctionAssociations {
    let association =
        LambdaFunctionAssociation::builder().lambda_function_arn(arn).event_type(event).include_body(include_body);
    LambdaFunctionAssociations::builder().quantity(1).items(association.build().unwrap()).build().unwrap()
}
