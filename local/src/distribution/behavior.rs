//! A cache behavior and the policies it refers to.

use std::sync::Arc;

use aws_sdk_cloudfront::types::{
    CacheBehavior, DefaultCacheBehavior, EventType, ViewerProtocolPolicy as ViewerProtocolPolicyConfig,
};
use http::Method;

use super::{
    Caching, Failover, Forwarding, OriginConfig, Origins, ResponseHeadersPolicy, forwarded_values, trusted_keys,
    unmodelled,
};
use crate::aws_clients::AwsClients;
use crate::error::Error;
use crate::path_pattern::PathPattern;

/// A cache behavior.
#[derive(Debug)]
pub(crate) struct Behavior {
    pub(crate) pattern: PathPattern,
    pub(crate) origin: Arc<OriginConfig>,
    /// If the target is an origin group.
    pub(crate) failover: Option<Failover>,
    pub(crate) viewer_protocol: ViewerProtocolPolicy,
    pub(crate) allowed_methods: Vec<Method>,
    /// Ids of trusted key groups; empty if the behavior is public.
    pub(crate) key_groups: Vec<String>,
    pub(crate) functions: EdgeFunctions,
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

/// The functions of a behavior. CloudFront allows one for each event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EdgeFunctions {
    pub(crate) viewer_request: Option<FunctionAssociation>,
    pub(crate) viewer_response: Option<FunctionAssociation>,
    pub(crate) origin_request: Option<LambdaAssociation>,
    pub(crate) origin_response: Option<LambdaAssociation>,
}

impl EdgeFunctions {
    /// The Lambda@Edge functions, and whether each is on a viewer event, which has lower limits.
    pub(crate) fn lambda(&self) -> impl Iterator<Item = (&LambdaAssociation, bool)> {
        let viewer = [&self.viewer_request, &self.viewer_response].into_iter().flatten();
        let viewer = viewer.filter_map(|association| match association {
            FunctionAssociation::Lambda(association) => Some((association, true)),
            FunctionAssociation::CloudFront { .. } => None,
        });
        viewer.chain([&self.origin_request, &self.origin_response].into_iter().flatten().map(|lambda| (lambda, false)))
    }
}

/// A version of a Lambda@Edge function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LambdaAssociation {
    pub(crate) arn: String,
    pub(crate) include_body: bool,
}

/// The function on a viewer event of a behavior.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FunctionAssociation {
    CloudFront { arn: String },
    Lambda(LambdaAssociation),
}

impl Behavior {
    /// Reads the policies that a behavior refers to.
    pub(super) async fn load(aws: &AwsClients, config: &CacheBehavior, origins: &Origins) -> Result<Self, Error> {
        unmodelled::refuse_behavior(config)?;
        let pattern = config.path_pattern();
        let (origin, failover) = origins.target(config.target_origin_id()).ok_or_else(|| Error::Refused {
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
        Ok(Self {
            viewer_protocol: viewer_protocol(config)?,
            functions: edge_functions(config)?,
            failover,
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
#[expect(deprecated, reason = "old distributions have ForwardedValues")]
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
        .set_min_ttl(default.min_ttl())
        .set_default_ttl(default.default_ttl())
        .set_max_ttl(default.max_ttl())
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

fn edge_functions(config: &CacheBehavior) -> Result<EdgeFunctions, Error> {
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
    let mut functions = EdgeFunctions::default();
    let second = |event: &EventType| Error::Refused {
        what: format!("behavior {pattern:?} has two functions on {}", event.as_str()),
    };
    for association in cloudfront {
        let function = FunctionAssociation::CloudFront { arn: association.function_arn().to_owned() };
        let replaced = match association.event_type() {
            EventType::ViewerResponse => functions.viewer_response.replace(function),
            _ => functions.viewer_request.replace(function),
        };
        if replaced.is_some() {
            return Err(second(association.event_type()));
        }
    }
    for association in lambda {
        let function = LambdaAssociation {
            arn: association.lambda_function_arn().to_owned(),
            include_body: association.include_body().unwrap_or(false),
        };
        let is_second = match association.event_type() {
            EventType::ViewerRequest => {
                functions.viewer_request.replace(FunctionAssociation::Lambda(function)).is_some()
            }
            EventType::ViewerResponse => {
                functions.viewer_response.replace(FunctionAssociation::Lambda(function)).is_some()
            }
            EventType::OriginRequest => functions.origin_request.replace(function).is_some(),
            EventType::OriginResponse => functions.origin_response.replace(function).is_some(),
            event => {
                let what = format!("a Lambda@Edge function on {}, in the behavior {pattern:?}", event.as_str());
                return Err(Error::NotModelled { what });
            }
        };
        if is_second {
            return Err(second(association.event_type()));
        }
    }
    Ok(functions)
}

#[expect(deprecated, reason = "old distributions have ForwardedValues")]
async fn policies(aws: &AwsClients, config: &CacheBehavior) -> Result<(Forwarding, Caching), Error> {
    let pattern = config.path_pattern();
    let cached = config.allowed_methods().and_then(|methods| methods.cached_methods());
    let cached: Vec<Method> = cached
        .map_or(&[][..], |methods| methods.items())
        .iter()
        .filter_map(|method| method.as_str().parse().ok())
        .collect();
    let compress = config.compress() == Some(true);
    let Some(id) = config.cache_policy_id().filter(|id| !id.is_empty()) else {
        let Some(values) = config.forwarded_values() else {
            return Err(Error::Refused {
                what: format!("behavior {pattern:?} has neither a cache policy nor ForwardedValues"),
            });
        };
        let ttls = [config.min_ttl(), config.default_ttl(), config.max_ttl()];
        let caching = forwarded_values::caching(values, ttls, &cached, compress)?;
        return Ok((forwarded_values::forwarding(values)?, caching));
    };
    let action = format!("cloudfront:GetCachePolicy {id}");
    let output = aws.cloudfront.get_cache_policy().id(id).send().await.map_err(|e| Error::api(&action, &e))?;
    let cache = output.cache_policy().and_then(|policy| policy.cache_policy_config());
    let cache = cache.ok_or_else(|| Error::no_configuration(action))?;
    let caching = Caching::from_policy(cache, &cached, compress);
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
            functions: EdgeFunctions::default(),
            failover: None,
            forwarding,
            caching,
            response_headers: None,
        }
    }
}
