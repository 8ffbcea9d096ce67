//! Origins: a bucket or a Function URL.

use std::time::Duration;

use aws_sdk_cloudfront::types::{CustomOriginConfig, Origin as OriginConfig, S3OriginConfig};
use http::{HeaderName, HeaderValue};

use super::{access, unmodelled};
use crate::cloud::{Cloud, api_error};
use crate::{Error, limits};

/// Where a behavior's requests go.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) id: String,
    pub(crate) kind: OriginKind,
    /// Put before the path of every request; empty or `/something`.
    pub(crate) path: String,
    pub(crate) custom_headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) signing: Signing,
    pub(crate) response_timeout: Duration,
}

/// What kind of server the origin is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OriginKind {
    /// An S3 bucket by its REST endpoint.
    Bucket { name: String },
    /// A Lambda function by its URL.
    FunctionUrl {
        /// `<id>.lambda-url.<region>.on.aws`.
        host: String,
        function_name: String,
        /// The alias that the URL belongs to, if any.
        qualifier: Option<String>,
    },
}

/// Whether requests to the origin are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signing {
    Always,
    /// Unless the request carries the viewer's own `Authorization`.
    NoOverride,
    Never,
}

/// Reads one origin and what belongs to it.
pub(crate) async fn load(cloud: &Cloud, config: &OriginConfig) -> Result<Origin, Error> {
    unmodelled::refuse_origin(config)?;
    let kind = kind(cloud, config).await?;
    let signing = match config.origin_access_control_id().filter(|id| !id.is_empty()) {
        None => Signing::Never,
        Some(id) => {
            let action = format!("cloudfront:GetOriginAccessControl {id}");
            let output =
                cloud.cloudfront.get_origin_access_control().id(id).send().await.map_err(|e| api_error(&action, &e))?;
            let control = output.origin_access_control().and_then(|control| control.origin_access_control_config());
            let control =
                control.ok_or_else(|| Error::Api { action, cause: "the answer holds no configuration".to_owned() })?;
            access::signing(control, config.id(), &kind)?
        }
    };
    let custom_headers = config.custom_headers().map(|headers| headers.items().to_vec()).unwrap_or_default();
    let custom_headers = custom_headers.iter().map(|header| {
        let name = HeaderName::from_bytes(header.header_name().as_bytes()).ok();
        name.zip(HeaderValue::from_str(header.header_value()).ok()).ok_or_else(|| Error::Refused {
            what: format!("custom header {:?} of origin {:?} is not a header", header.header_name(), config.id()),
        })
    });
    let seconds = config.custom_origin_config().and_then(CustomOriginConfig::origin_read_timeout);
    let seconds = seconds.or_else(|| config.s3_origin_config().and_then(S3OriginConfig::origin_read_timeout));
    Ok(Origin {
        id: config.id().to_owned(),
        kind,
        path: config.origin_path().unwrap_or_default().to_owned(),
        custom_headers: custom_headers.collect::<Result<_, _>>()?,
        signing,
        response_timeout: seconds
            .and_then(|seconds| u64::try_from(seconds).ok())
            .filter(|seconds| *seconds > 0)
            .map_or(limits::ORIGIN_RESPONSE_TIMEOUT, Duration::from_secs),
    })
}

async fn kind(cloud: &Cloud, config: &OriginConfig) -> Result<OriginKind, Error> {
    let domain = config.domain_name();
    if let Some(name) = bucket_of(domain) {
        return Ok(OriginKind::Bucket { name: name.to_owned() });
    }
    if is_function_url(domain) {
        let (function_name, qualifier) = function_of(cloud, domain).await?;
        return Ok(OriginKind::FunctionUrl { host: domain.to_owned(), function_name, qualifier });
    }
    Err(Error::NotModelled {
        what: format!("origin {:?} at {domain:?}: only S3 buckets and Function URLs are origins here", config.id()),
    })
}

/// The bucket of `name.s3.amazonaws.com` or `name.s3.region.amazonaws.com`. A website endpoint (`s3-website-...`) is none.
fn bucket_of(domain: &str) -> Option<&str> {
    let host = domain.strip_suffix(".amazonaws.com")?;
    let (name, region) = host.rsplit_once(".s3")?;
    let is_region =
        |region: &str| region.strip_prefix('.').is_some_and(|region| !region.contains('.') && region.contains('-'));
    (!name.is_empty() && (region.is_empty() || is_region(region))).then_some(name)
}

fn is_function_url(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    matches!(labels.as_slice(), [_, "lambda-url", _, "on", "aws"])
}

/// The function behind a URL: only the functions know their URLs, so all are asked.
async fn function_of(cloud: &Cloud, domain: &str) -> Result<(String, Option<String>), Error> {
    let action = "lambda:ListFunctions";
    let mut pages = cloud.lambda.list_functions().into_paginator().items().send();
    while let Some(function) = pages.next().await {
        let function = function.map_err(|e| api_error(action, &e))?;
        let Some(name) = function.function_name() else { continue };
        let action = format!("lambda:ListFunctionUrlConfigs {name}");
        let urls = cloud
            .lambda
            .list_function_url_configs()
            .function_name(name)
            .send()
            .await
            .map_err(|e| api_error(action, &e))?;
        let url = urls.function_url_configs().iter().find(|url| {
            url.function_url().strip_prefix("https://").is_some_and(|rest| rest.trim_end_matches('/') == domain)
        });
        if let Some(url) = url {
            // arn:aws:lambda:region:account:function:name[:alias]
            return Ok((name.to_owned(), url.function_arn().split(':').nth(7).map(ToOwned::to_owned)));
        }
    }
    Err(Error::Api {
        action: format!("finding the function of {domain}"),
        cause: "no function of this account and region has this URL".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{bucket_of, is_function_url};

    #[test]
    fn a_bucket_is_known_by_its_rest_endpoint() {
        assert_eq!(bucket_of("site.s3.amazonaws.com"), Some("site"));
        assert_eq!(bucket_of("my.dotted.site.s3.us-east-1.amazonaws.com"), Some("my.dotted.site"));
        assert_eq!(bucket_of("site.s3-website-us-east-1.amazonaws.com"), None);
        assert_eq!(bucket_of("s3.amazonaws.com"), None);
        assert_eq!(bucket_of("example.com"), None);
    }

    #[test]
    fn a_function_url_is_known_by_its_host() {
        assert!(is_function_url("abc.lambda-url.us-east-1.on.aws"));
        assert!(!is_function_url("abc.lambda-url.us-east-1.on.aws.example.com"));
    }
}
