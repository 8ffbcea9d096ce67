//! A cache behavior and the policies it refers to.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_cloudfront::types::{
    CacheBehavior, DefaultCacheBehavior, EventType, ViewerProtocolPolicy as ViewerProtocolPolicyConfig,
};
use http::Method;

use super::{Caching, Forwarding, OriginConfig, ResponseHeadersPolicy, trusted_keys, unmodelled};
use crate::aws_clients::AwsClients;
use crate::error::Error;
use crate::path_pattern::PathPattern;

/// A cache behavior.
#[derive(Debug)]
pub(crate) struct Behavior {
    pub(crate) pattern: PathPattern,
    pub(crate) origin: Arc<OriginConfig>,
    pub(crate) viewer_protocol: ViewerProtocolPolicy,
    pub(crate) allowed_methods: Vec<Method>,
    /// Ids of trusted key groups; empty if the behavior is public.
    pub(crate) key_groups: Vec<String>,
    pub(crate) viewer_request: Option<FunctionAssociation>,
    /// The ARN of the CloudFront Function on viewer response.
    pub(crate) viewer_response: Option<String>,
    pub(crate) forwarding: Forwarding,
    pub(crate) caching: Caching,
    pub(crate) response_headers: Option<ResponseHeadersPolicy>,
}

/// What a behavior does with plain HTTP, if the edge serves HTTPS. Otherwise plain HTTP on loopback counts as HTTPS.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ViewerProtocolPolicy {
    #[default]
    AllowAll,
    RedirectToHttps,
    HttpsOnly,
}

/// The viewer-request function of a behavior. CloudFront allows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FunctionAssociation {
    CloudFront { arn: String },
    Lambda { arn: String, include_body: bool },
}

impl Behavior {
    /// Reads the policies that a behavior refers to.
    pub(super) async fn load(
        aws: &AwsClients,
        config: &CacheBehavior,
        origins: &HashMap<String, Arc<OriginConfig>>,
    ) -> Result<Self, Error> {
        unmodelled::refuse_behavior(config)?;
        let pattern = config.path_pattern();
        let origin = origins.get(config.target_origin_id()).map(Arc::clone).ok_or_else(|| Error::Refused {
            what: format!(
                "behavior {pattern:?} has the target origin {:?}, which does not exist",
                config.target_origin_id()
            ),
        })?;
        let methods = config.allowed_methods().map_or(&[][..], |methods| methods.items());
        let mut allowed_methods: Vec<Method> =
            methods.iter().filter_map(|method| method.as_str().parse().ok()).collect();
        if allowed_methods.is_empty() {
            allowed_methods = vec![Method::GET, Method::HEAD];
        }
        let key_groups =
            config.trusted_key_groups().filter(|groups| groups.enabled()).map(|groups| groups.items().to_vec());
        let key_groups = key_groups.unwrap_or_default();
        trusted_keys::check(aws, &key_groups, pattern).await?;
        let (forwarding, caching) = policies(aws, config).await?;
        let (viewer_request, viewer_response) = viewer_functions(config)?;
        Ok(Self {
            viewer_protocol: viewer_protocol(config)?,
            viewer_request,
            viewer_response,
            forwarding,
            caching,
            response_headers: response_headers(aws, config).await?,
            key_groups,
            pattern: PathPattern::new(pattern),
            origin,
            allowed_methods,
        })
    }
}

/// The default behavior as an ordinary one that matches every path.
#[expect(deprecated, reason = "ForwardedValues is copied so that it can be refused by name")]
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

fn viewer_protocol(config: &CacheBehavior) -> Result<ViewerProtocolPolicy, Error> {
    match config.viewer_protocol_policy() {
        ViewerProtocolPolicyConfig::AllowAll => Ok(ViewerProtocolPolicy::AllowAll),
        ViewerProtocolPolicyConfig::RedirectToHttps => Ok(ViewerProtocolPolicy::RedirectToHttps),
        ViewerProtocolPolicyConfig::HttpsOnly => Ok(ViewerProtocolPolicy::HttpsOnly),
        other => Err(Error::NotModelled {
            what: format!("viewer protocol policy {:?}, in the behavior {:?}", other.as_str(), config.path_pattern()),
        }),
    }
}

/// The functions on viewer request and on viewer response.
fn viewer_functions(config: &CacheBehavior) -> Result<(Option<FunctionAssociation>, Option<String>), Error> {
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
    let (mut request, mut response) = (None, None);
    let second = |event: &str| Error::Refused { what: format!("behavior {pattern:?} has two functions on {event}") };
    for association in cloudfront {
        let arn = association.function_arn().to_owned();
        let replaced = match association.event_type() {
            EventType::ViewerResponse => response.replace(arn).is_some(),
            _ => request.replace(FunctionAssociation::CloudFront { arn }).is_some(),
        };
        if replaced {
            return Err(second(association.event_type().as_str()));
        }
    }
    for association in lambda {
        let event = association.event_type();
        if *event != EventType::ViewerRequest {
            return Err(Error::NotModelled {
                what: format!("a Lambda@Edge function on {}, in the behavior {pattern:?}", event.as_str()),
            });
        }
        let arn = association.lambda_function_arn().to_owned();
        let include_body = association.include_body().unwrap_or(false);
        if request.replace(FunctionAssociation::Lambda { arn, include_body }).is_some() {
            return Err(second(event.as_str()));
        }
    }
    Ok((request, response))
}

async fn policies(aws: &AwsClients, config: &CacheBehavior) -> Result<(Forwarding, Caching), Error> {
    let pattern = config.path_pattern();
    let Some(id) = config.cache_policy_id().filter(|id| !id.is_empty()) else {
        return Err(Error::NotModelled { what: format!("the behavior {pattern:?} without a cache policy") });
    };
    let action = format!("cloudfront:GetCachePolicy {id}");
    let output = aws.cloudfront.get_cache_policy().id(id).send().await.map_err(|e| Error::api(&action, &e))?;
    let cache = output.cache_policy().and_then(|policy| policy.cache_policy_config());
    let cache = cache.ok_or_else(|| Error::no_configuration(action))?;
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
    let output = aws.cloudfront.get_origin_request_policy().id(id).send().await.map_err(|e| Error::api(&action, &e))?;
    let policy = output.origin_request_policy().and_then(|policy| policy.origin_request_policy_config());
    let policy = policy.ok_or_else(|| Error::no_configuration(action))?;
    Ok((Forwarding::from_policies(cache, Some(policy))?, caching))
}

async fn response_headers(aws: &AwsClients, config: &CacheBehavior) -> Result<Option<ResponseHeadersPolicy>, Error> {
    let Some(id) = config.response_headers_policy_id().filter(|id| !id.is_empty()) else { return Ok(None) };
    let action = format!("cloudfront:GetResponseHeadersPolicy {id}");
    let output =
        aws.cloudfront.get_response_headers_policy().id(id).send().await.map_err(|e| Error::api(&action, &e))?;
    let policy = output.response_headers_policy().and_then(|policy| policy.response_headers_policy_config());
    let policy = policy.ok_or_else(|| Error::no_configuration(action))?;
    ResponseHeadersPolicy::from_config(policy).map(Some)
}

#[cfg(test)]
impl Behavior {
    /// A behavior for every path, for tests of its policies.
    pub(crate) fn with_policies(forwarding: Forwarding, caching: Caching) -> Self {
        Self {
            pattern: PathPattern::new("*"),
            origin: Arc::new(OriginConfig::bucket("b")),
            viewer_protocol: ViewerProtocolPolicy::AllowAll,
            allowed_methods: vec![Method::GET, Method::HEAD],
            key_groups: Vec::new(),
            viewer_request: None,
            viewer_response: None,
            forwarding,
            caching,
            response_headers: None,
        }
    }
}
