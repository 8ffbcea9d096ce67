//! One cache behavior, with everything it refers to.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_cloudfront::types::{CacheBehavior, DefaultCacheBehavior, EventType};
use http::Method;

use super::{Behavior, Caching, Forwarding, Origin, PublishedFunction, ViewerRequestFunction, function, unmodelled};
use crate::Error;
use crate::cloud::{Cloud, api_error};
use crate::lambda_at_edge::{Host, LambdaFunction};
use crate::path_pattern::PathPattern;
use crate::response::ResponseHeadersPolicy;
use crate::trusted_keys;
use crate::viewer::ViewerProtocolPolicy;

/// Functions already loaded, so that two behaviors share one.
#[derive(Default)]
pub(super) struct Functions {
    cloudfront: HashMap<String, Arc<PublishedFunction>>,
    lambda: HashMap<String, Arc<LambdaFunction>>,
}

/// The default behavior as an ordinary one that matches everything.
#[expect(deprecated, reason = "ForwardedValues is carried along so that it is refused by name")]
pub(super) fn from_default(default: &DefaultCacheBehavior) -> CacheBehavior {
    CacheBehavior::builder()
        .path_pattern("*")
        .target_origin_id(default.target_origin_id())
        .viewer_protocol_policy(default.viewer_protocol_policy().clone())
        .set_trusted_signers(default.trusted_signers().cloned())
        .set_trusted_key_groups(default.trusted_key_groups().cloned())
        .set_allowed_methods(default.allowed_methods().cloned())
        .set_smooth_streaming(default.smooth_streaming())
        .set_compress(default.compress())
        .set_lambda_function_associations(default.lambda_function_associations().cloned())
        .set_function_associations(default.function_associations().cloned())
        .set_field_level_encryption_id(default.field_level_encryption_id().map(ToOwned::to_owned))
        .set_realtime_log_config_arn(default.realtime_log_config_arn().map(ToOwned::to_owned))
        .set_cache_policy_id(default.cache_policy_id().map(ToOwned::to_owned))
        .set_origin_request_policy_id(default.origin_request_policy_id().map(ToOwned::to_owned))
        .set_response_headers_policy_id(default.response_headers_policy_id().map(ToOwned::to_owned))
        .set_grpc_config(default.grpc_config().cloned())
        .set_forwarded_values(default.forwarded_values().cloned())
        .build()
        .expect("the three required fields are set above")
}

pub(super) async fn load(
    cloud: &Cloud,
    host: &Host,
    config: &CacheBehavior,
    origins: &HashMap<String, Arc<Origin>>,
    functions: &mut Functions,
) -> Result<Behavior, Error> {
    unmodelled::refuse_behavior(config)?;
    let pattern = PathPattern::new(config.path_pattern());
    let origin = origins.get(config.target_origin_id()).map(Arc::clone).ok_or_else(|| Error::Refused {
        what: format!(
            "behavior {:?} names the origin {:?}, which does not exist",
            config.path_pattern(),
            config.target_origin_id()
        ),
    })?;
    let methods = config.allowed_methods().map_or(&[][..], |methods| methods.items());
    let mut allowed_methods: Vec<Method> = methods.iter().filter_map(|method| method.as_str().parse().ok()).collect();
    if allowed_methods.is_empty() {
        allowed_methods = vec![Method::GET, Method::HEAD];
    }
    let key_groups =
        config.trusted_key_groups().filter(|groups| groups.enabled()).map(|groups| groups.items().to_vec());
    let key_groups = key_groups.unwrap_or_default();
    trusted_keys::check(cloud, &key_groups, config.path_pattern()).await?;
    let (forwarding, caching) = policies(cloud, config).await?;
    let policy = config.viewer_protocol_policy();
    let protocol = ViewerProtocolPolicy::from_config(policy).ok_or_else(|| Error::NotModelled {
        what: format!("viewer protocol policy {:?}, in the behavior {:?}", policy.as_str(), config.path_pattern()),
    })?;
    Ok(Behavior {
        protocol,
        viewer_request: viewer_request(cloud, host, config, functions).await?,
        forwarding,
        caching,
        response_headers: response_headers(cloud, config).await?.map(Arc::new),
        key_groups,
        pattern,
        origin,
        allowed_methods,
    })
}

async fn viewer_request(
    cloud: &Cloud,
    host: &Host,
    config: &CacheBehavior,
    functions: &mut Functions,
) -> Result<Option<ViewerRequestFunction>, Error> {
    let cloudfront = config.function_associations().map_or(&[][..], |associations| associations.items());
    let lambda = config.lambda_function_associations().map_or(&[][..], |associations| associations.items());
    let is_viewer = |event: &EventType| matches!(event, EventType::ViewerRequest | EventType::ViewerResponse);
    let pattern = config.path_pattern();
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
    if !cloudfront.is_empty() && lambda.iter().any(|association| is_viewer(association.event_type())) {
        return Err(Error::Refused {
            what: format!(
                "behavior {pattern:?} has a CloudFront Function and a Lambda@Edge function on its viewer events"
            ),
        });
    }
    let events = cloudfront.iter().map(|a| ("CloudFront Function", a.event_type()));
    let events = events.chain(lambda.iter().map(|a| ("Lambda@Edge function", a.event_type())));
    for (what, event) in events {
        if *event != EventType::ViewerRequest {
            return Err(Error::NotModelled {
                what: format!("a {what} on {}, in the behavior {pattern:?}", event.as_str()),
            });
        }
    }
    match (cloudfront, lambda) {
        ([], []) => Ok(None),
        ([one], []) => {
            let arn = one.function_arn();
            let function = match functions.cloudfront.get(arn) {
                Some(function) => Arc::clone(function),
                None => Arc::new(function::load(cloud, arn).await?),
            };
            functions.cloudfront.insert(arn.to_owned(), Arc::clone(&function));
            Ok(Some(ViewerRequestFunction::CloudFront(function)))
        }
        ([], [one]) => {
            let arn = one.lambda_function_arn();
            let function = match functions.lambda.get(arn) {
                Some(function) => Arc::clone(function),
                None => Arc::new(LambdaFunction::load(cloud, host, arn).await?),
            };
            functions.lambda.insert(arn.to_owned(), Arc::clone(&function));
            Ok(Some(ViewerRequestFunction::Lambda { function, include_body: one.include_body().unwrap_or(false) }))
        }
        _ => Err(Error::Refused { what: format!("behavior {pattern:?} has two functions on viewer-request") }),
    }
}

async fn policies(cloud: &Cloud, config: &CacheBehavior) -> Result<(Forwarding, Caching), Error> {
    let pattern = config.path_pattern();
    let Some(id) = config.cache_policy_id().filter(|id| !id.is_empty()) else {
        return Err(Error::NotModelled { what: format!("the behavior {pattern:?} without a cache policy") });
    };
    let action = format!("cloudfront:GetCachePolicy {id}");
    let output = cloud.cloudfront.get_cache_policy().id(id).send().await.map_err(|e| api_error(&action, &e))?;
    let cache = output.cache_policy().and_then(|policy| policy.cache_policy_config());
    let cache = cache.ok_or_else(|| Error::Api { action, cause: "the answer holds no configuration".to_owned() })?;
    let cached = config.allowed_methods().and_then(|methods| methods.cached_methods());
    let cached: Vec<Method> = cached
        .map_or(&[][..], |methods| methods.items())
        .iter()
        .filter_map(|method| method.as_str().parse().ok())
        .collect();
    let caching = Caching::from_policy(cache, &cached, config.compress() == Some(true));
    let Some(id) = config.origin_request_policy_id().filter(|id| !id.is_empty()) else {
        return Ok((Forwarding::from_policies(cache, None)?, caching));
    };
    let action = format!("cloudfront:GetOriginRequestPolicy {id}");
    let output =
        cloud.cloudfront.get_origin_request_policy().id(id).send().await.map_err(|e| api_error(&action, &e))?;
    let policy = output.origin_request_policy().and_then(|policy| policy.origin_request_policy_config());
    let policy = policy.ok_or_else(|| Error::Api { action, cause: "the answer holds no configuration".to_owned() })?;
    Ok((Forwarding::from_policies(cache, Some(policy))?, caching))
}

async fn response_headers(cloud: &Cloud, config: &CacheBehavior) -> Result<Option<ResponseHeadersPolicy>, Error> {
    let Some(id) = config.response_headers_policy_id().filter(|id| !id.is_empty()) else { return Ok(None) };
    let action = format!("cloudfront:GetResponseHeadersPolicy {id}");
    let output =
        cloud.cloudfront.get_response_headers_policy().id(id).send().await.map_err(|e| api_error(&action, &e))?;
    let policy = output.response_headers_policy().and_then(|policy| policy.response_headers_policy_config());
    let policy = policy.ok_or_else(|| Error::Api { action, cause: "the answer holds no configuration".to_owned() })?;
    ResponseHeadersPolicy::from_config(policy).map(Some)
}
