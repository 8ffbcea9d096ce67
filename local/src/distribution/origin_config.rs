//! The origins of a distribution: S3 buckets, Function URLs and other HTTP servers.

use std::time::Duration;

use aws_sdk_cloudfront::types::{
    CustomOriginConfig, Origin, OriginAccessControlOriginTypes, OriginProtocolPolicy, S3OriginConfig,
};
use http::{HeaderName, HeaderValue};

use super::website::website_bucket;
use super::{OriginAccessIdentity, Replacement, SigningBehavior, Website, unmodelled};
use crate::aws_clients::AwsClients;
use crate::error::Error;
use crate::limits;

/// The configuration of an origin.
#[derive(Clone, Debug)]
pub(crate) struct OriginConfig {
    pub(crate) id: String,
    pub(crate) domain_name: String,
    pub(crate) kind: OriginKind,
    /// The prefix of every request's path: empty or `/something`.
    pub(crate) path: String,
    pub(crate) custom_headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) signing: SigningBehavior,
    /// The identity that signs requests to a bucket without an origin access control.
    pub(crate) identity: Option<OriginAccessIdentity>,
    pub(crate) response_timeout: Duration,
    /// What takes the origin's place.
    pub(crate) replacement: Option<Replacement>,
    /// The website of a bucket, if a folder takes the place of its endpoint.
    pub(crate) website: Option<Website>,
}

/// The type of an origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OriginKind {
    /// An S3 bucket, at its REST endpoint.
    Bucket { name: String },
    /// A Lambda function, at its URL.
    FunctionUrl {
        /// `<id>.lambda-url.<region>.on.aws`.
        host: String,
        function_name: String,
        /// The URL's alias, if any.
        qualifier: Option<String>,
    },
    /// Any other HTTP server, which is reached at its own host.
    Custom(CustomOrigin),
}

/// How an HTTP server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CustomOrigin {
    pub(crate) protocol: OriginProtocol,
    pub(crate) http_port: u16,
    pub(crate) https_port: u16,
}

/// The scheme of requests to an HTTP server:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html>, "Protocol".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OriginProtocol {
    Http,
    Https,
    MatchViewer,
}

impl CustomOrigin {
    /// A VPC origin that is replaced.
    const VPC: Self = Self { protocol: OriginProtocol::MatchViewer, http_port: 80, https_port: 443 };

    /// The scheme and the port of a request from a viewer that uses `viewer_scheme`.
    pub(crate) fn scheme_and_port(&self, viewer_scheme: &str) -> (&'static str, u16) {
        match self.protocol {
            OriginProtocol::Http => ("http", self.http_port),
            OriginProtocol::MatchViewer if viewer_scheme == "http" => ("http", self.http_port),
            OriginProtocol::Https | OriginProtocol::MatchViewer => ("https", self.https_port),
        }
    }

    fn from_config(config: &CustomOriginConfig, origin_id: &str) -> Result<Self, Error> {
        let port = |port: i32| {
            u16::try_from(port)
                .ok()
                .filter(|port| *port > 0)
                .ok_or_else(|| Error::Refused { what: format!("{port} is not a port, in the origin {origin_id:?}") })
        };
        let protocol = match config.origin_protocol_policy() {
            OriginProtocolPolicy::HttpOnly => OriginProtocol::Http,
            OriginProtocolPolicy::HttpsOnly => OriginProtocol::Https,
            OriginProtocolPolicy::MatchViewer => OriginProtocol::MatchViewer,
            other => {
                let what = format!("OriginProtocolPolicy {:?}, in the origin {origin_id:?}", other.as_str());
                return Err(Error::NotModelled { what });
            }
        };
        Ok(Self { protocol, http_port: port(config.http_port())?, https_port: port(config.https_port())? })
    }
}

impl OriginKind {
    async fn load(aws: &AwsClients, config: &Origin, is_replaced: bool) -> Result<Self, Error> {
        let domain = config.domain_name();
        if let Some(name) = bucket_name(domain) {
            return Ok(Self::Bucket { name: name.to_owned() });
        }
        if is_function_url(domain) {
            if config.custom_origin_config().map(CustomOriginConfig::origin_protocol_policy)
                == Some(&OriginProtocolPolicy::HttpOnly)
            {
                let what = format!(
                    "OriginProtocolPolicy http-only, in the origin {:?}: a Function URL accepts https only",
                    config.id()
                );
                return Err(Error::NotModelled { what });
            }
            // Only the real one has a policy.
            let (function_name, qualifier) =
                if is_replaced { (String::new(), None) } else { find_function(aws, domain).await? };
            return Ok(Self::FunctionUrl { host: domain.to_owned(), function_name, qualifier });
        }
        match config.custom_origin_config() {
            Some(custom) => CustomOrigin::from_config(custom, config.id()).map(Self::Custom),
            // How a VPC origin is reached does not matter to what takes its place.
            None if is_replaced && config.vpc_origin_config().is_some() => Ok(Self::Custom(CustomOrigin::VPC)),
            None => Err(Error::Refused {
                what: format!(
                    "origin {:?} at {domain:?} has no CustomOriginConfig and is not an S3 bucket",
                    config.id()
                ),
            }),
        }
    }

    /// The type of origin access control that the origin may have.
    fn access_control_type(&self) -> Option<OriginAccessControlOriginTypes> {
        match self {
            Self::Bucket { .. } => Some(OriginAccessControlOriginTypes::S3),
            Self::FunctionUrl { .. } => Some(OriginAccessControlOriginTypes::Lambda),
            Self::Custom(_) => None,
        }
    }
}

impl OriginConfig {
    /// Reads an origin and its origin access control.
    pub(super) async fn load(
        aws: &AwsClients,
        config: &Origin,
        replacement: Option<Replacement>,
    ) -> Result<Self, Error> {
        unmodelled::refuse_origin(config, replacement.is_some())?;
        let kind = OriginKind::load(aws, config, replacement.is_some()).await?;
        let signing = match config.origin_access_control_id().filter(|id| !id.is_empty()) {
            None => SigningBehavior::Never,
            Some(id) => {
                let action = format!("cloudfront:GetOriginAccessControl {id}");
                let output = aws.cloudfront.get_origin_access_control().id(id).send().await;
                let output = output.map_err(|e| Error::api(&action, &e))?;
                let control = output.origin_access_control().and_then(|control| control.origin_access_control_config());
                let control = control.ok_or_else(|| Error::no_configuration(action))?;
                let expected = kind.access_control_type().ok_or_else(|| Error::NotModelled {
                    what: format!(
                        "origin access control for {:?}, in the origin {:?}",
                        config.domain_name(),
                        config.id()
                    ),
                })?;
                SigningBehavior::from_config(control, config.id(), &expected)?
            }
        };
        let identity = config.s3_origin_config().map(S3OriginConfig::origin_access_identity).unwrap_or_default();
        let identity = OriginAccessIdentity::load(aws, identity, config.id()).await?;
        let website = match (&replacement, website_bucket(config.domain_name())) {
            (Some(Replacement::Folder(_)), Some(bucket)) => Some(Website::load(aws, bucket).await?),
            _ => None,
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
        Ok(Self {
            id: config.id().to_owned(),
            domain_name: config.domain_name().to_owned(),
            kind,
            path: config.origin_path().unwrap_or_default().to_owned(),
            custom_headers: custom_headers.collect::<Result<_, _>>()?,
            signing,
            identity,
            response_timeout: seconds
                .and_then(|seconds| u64::try_from(seconds).ok())
                .filter(|seconds| *seconds > 0)
                .map_or(limits::ORIGIN_RESPONSE_TIMEOUT, Duration::from_secs),
            replacement,
            website,
        })
    }
}

/// The bucket of `name.s3.amazonaws.com` or `name.s3.region.amazonaws.com`. A website endpoint
/// (`s3-website-...`) does not count.
pub(crate) fn bucket_name(domain: &str) -> Option<&str> {
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

/// The function of a URL and its alias. No API call maps a URL to its function, so this lists the URLs of
/// every function.
async fn find_function(aws: &AwsClients, domain: &str) -> Result<(String, Option<String>), Error> {
    let mut pages = aws.lambda.list_functions().into_paginator().items().send();
    while let Some(function) = pages.next().await {
        let function = function.map_err(|e| Error::api("lambda:ListFunctions", &e))?;
        let Some(name) = function.function_name() else { continue };
        let urls = aws.lambda.list_function_url_configs().function_name(name).send().await;
        let urls = urls.map_err(|e| Error::api(format!("lambda:ListFunctionUrlConfigs {name}"), &e))?;
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
impl OriginConfig {
    /// An unsigned bucket, for tests.
    pub(crate) fn bucket(name: &str) -> Self {
        Self {
            id: "o".to_owned(),
            domain_name: format!("{name}.s3.us-east-1.amazonaws.com"),
            kind: OriginKind::Bucket { name: name.to_owned() },
            path: String::new(),
            custom_headers: Vec::new(),
            signing: SigningBehavior::Never,
            identity: None,
            response_timeout: Duration::from_secs(1),
            replacement: None,
            website: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CustomOrigin, OriginProtocol, bucket_name, is_function_url};

    #[test]
    fn a_bucket_is_recognised_by_its_rest_endpoint() {
        assert_eq!(bucket_name("site.s3.amazonaws.com"), Some("site"));
        assert_eq!(bucket_name("my.dotted.site.s3.us-east-1.amazonaws.com"), Some("my.dotted.site"));
        assert_eq!(bucket_name("site.s3-website-us-east-1.amazonaws.com"), None);
        assert_eq!(bucket_name("s3.amazonaws.com"), None);
        assert_eq!(bucket_name("example.com"), None);
    }

    #[test]
    fn match_viewer_uses_the_viewers_scheme() {
        let origin = |protocol| CustomOrigin { protocol, http_port: 8_080, https_port: 8_443 };
        assert_eq!(origin(OriginProtocol::MatchViewer).scheme_and_port("http"), ("http", 8_080));
        assert_eq!(origin(OriginProtocol::MatchViewer).scheme_and_port("https"), ("https", 8_443));
        assert_eq!(origin(OriginProtocol::Http).scheme_and_port("https"), ("http", 8_080));
        assert_eq!(origin(OriginProtocol::Https).scheme_and_port("http"), ("https", 8_443));
    }

    #[test]
    fn a_function_url_is_recognised_by_its_host() {
        assert!(is_function_url("abc.lambda-url.us-east-1.on.aws"));
        assert!(!is_function_url("abc.lambda-url.us-east-1.on.aws.example.com"));
    }
}
