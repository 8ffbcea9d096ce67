//! Settings of a distribution that the local edge does not model.
//!
//! [`refuse`] stops at the first setting that would change a response. [`ignored`] lists the settings that change no
//! response here, so that they can be logged once. `SUPPORT.md` has the same rows.

use aws_sdk_cloudfront::types::{
    CacheBehavior, ConnectionMode, DistributionConfig, GrpcConfig, LoggingConfig, Origin, OriginShield,
};

use crate::error::Error;

/// CloudFront's defaults: `DownloadDistValuesOrigin.html`.
const CONNECTION_ATTEMPTS: i32 = 3;
const CONNECTION_TIMEOUT_S: i32 = 10;

fn not_modelled(what: impl Into<String>) -> Error {
    Error::NotModelled { what: what.into() }
}

fn refuse_if(is_set: bool, what: impl FnOnce() -> String) -> Result<(), Error> {
    if is_set { Err(not_modelled(what())) } else { Ok(()) }
}

fn is_set(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.is_empty())
}

/// # Errors
/// The first feature of the distribution itself that is not modelled.
pub(crate) fn refuse(config: &DistributionConfig) -> Result<(), Error> {
    refuse_if(!config.enabled(), || "a disabled distribution; enable it".to_owned())?;
    refuse_if(is_set(config.web_acl_id()), || {
        format!("WebACLId {:?}: AWS WAF", config.web_acl_id().unwrap_or_default())
    })?;
    refuse_if(is_set(config.continuous_deployment_policy_id()), || "continuous deployment".to_owned())?;
    refuse_if(config.staging() == Some(true), || "a staging distribution".to_owned())?;
    refuse_if(config.connection_mode() == Some(&ConnectionMode::TenantOnly), || {
        "ConnectionMode tenant-only: multi-tenant distributions".to_owned()
    })?;
    refuse_if(config.tenant_config().is_some(), || "TenantConfig: multi-tenant distributions".to_owned())?;
    refuse_if(config.viewer_mtls_config().is_some(), || "ViewerMtlsConfig: viewer certificates".to_owned())?;
    refuse_if(config.connection_function_association().is_some(), || "a connection function".to_owned())?;
    refuse_if(config.cache_tag_config().is_some_and(|tags| !tags.header_name().is_empty()), || {
        "CacheTagConfig".to_owned()
    })
}

/// # Errors
/// The first feature of a behavior that is not modelled.
pub(crate) fn refuse_behavior(behavior: &CacheBehavior) -> Result<(), Error> {
    let at = |what: &str| format!("{what}, in the behavior {:?}", behavior.path_pattern());
    let signers = behavior.trusted_signers().is_some_and(|signers| signers.enabled() || !signers.items().is_empty());
    refuse_if(signers, || at("TrustedSigners: use a trusted key group"))?;
    refuse_if(behavior.smooth_streaming() == Some(true), || at("SmoothStreaming"))?;
    refuse_if(is_set(behavior.field_level_encryption_id()), || at("field-level encryption"))?;
    refuse_if(behavior.grpc_config().is_some_and(GrpcConfig::enabled), || at("gRPC"))
}

/// # Errors
/// The first feature of an origin that is not modelled.
pub(crate) fn refuse_origin(origin: &Origin, is_replaced: bool) -> Result<(), Error> {
    let at = |what: &str| format!("{what}, in the origin {:?}", origin.id());
    refuse_if(origin.vpc_origin_config().is_some() && !is_replaced, || at("a VPC origin"))?;
    let mtls = origin.custom_origin_config().is_some_and(|custom| custom.origin_mtls_config().is_some());
    refuse_if(mtls, || at("OriginMtlsConfig: a client certificate for the origin"))
}

/// The settings that have no effect here, one sentence each.
pub(crate) fn ignored(config: &DistributionConfig, behaviors: &[CacheBehavior]) -> Vec<String> {
    let mut ignored = Vec::new();
    let mut note = |is_set: bool, what: &str| {
        if is_set {
            ignored.push(what.to_owned());
        }
    };
    note(config.logging().is_some_and(LoggingConfig::enabled), "Logging: standard logs are not written");
    note(
        behaviors.iter().any(|behavior| is_set(behavior.realtime_log_config_arn())),
        "RealtimeLogConfigArn: real-time logs are not written",
    );
    let certificate =
        config.viewer_certificate().is_some_and(|viewer| viewer.cloud_front_default_certificate() != Some(true));
    note(certificate, "ViewerCertificate: plain HTTP on loopback counts as HTTPS");
    note(is_set(config.anycast_ip_list_id()), "AnycastIpListId: the local edge listens on loopback");
    let timeouts = config.origins().is_some_and(|origins| {
        origins.items().iter().any(|origin| {
            origin.response_completion_timeout().is_some_and(|seconds| seconds > 0)
                || origin.connection_attempts().is_some_and(|attempts| attempts != CONNECTION_ATTEMPTS)
                || origin.connection_timeout().is_some_and(|seconds| seconds != CONNECTION_TIMEOUT_S)
        })
    });
    note(
        timeouts,
        "ConnectionAttempts, ConnectionTimeout, ResponseCompletionTimeout: an origin is tried once, and the duration of a \
         response that has started is not limited",
    );
    let shield = config.origins().is_some_and(|origins| {
        origins.items().iter().any(|origin| origin.origin_shield().is_some_and(OriginShield::enabled))
    });
    note(shield, "OriginShield: there is only one cache");
    ignored
}
