//! What the local edge is told when it starts.

use std::path::PathBuf;

use aws_credential_types::Credentials;

use crate::{Clock, RequestLog};

/// Everything that [`LocalEdge::start`](crate::LocalEdge::start) needs to know. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Options {
    /// Base URL of the local cloud, `http://127.0.0.1:4566`: CloudFront, Lambda, S3, STS and Function URLs are all asked there.
    /// Without it AWS is asked, each service and origin under its own name.
    pub endpoint_url: Option<String>,
    /// The region of buckets and functions, `us-east-1`.
    pub region: String,
    /// Keys of the IAM user `local-edge`. What it must be allowed is [`IAM_ACTIONS`].
    pub credentials: Credentials,
    /// The distribution to serve, `E2QWRUHAPOMQZL`.
    pub distribution_id: String,
    /// The loopback port to listen on; 0 takes a free one.
    pub listen: u16,
    /// Whether viewers are served over HTTPS (HTTP/2 and HTTP/1.1) with a development certificate. Plain HTTP on the same port then meets
    /// the behaviors' viewer protocol policy; without, plain HTTP counts as HTTPS.
    pub https: bool,
    /// Whether pages get a script that reloads them when [`LocalEdge::reload_pages`](crate::LocalEdge::reload_pages) says so, and paths
    /// under `/.vitae/` are the local edge's own. For development alone.
    pub live_reload: bool,
    /// Whether only GET, HEAD and OPTIONS go any further than the door: another's system is looked at, and no visit to it counted.
    pub read_only: bool,
    /// The Node that runs Lambda@Edge functions: of the major version that the functions' runtime names.
    pub node: PathBuf,
    /// The viewer's time of day.
    pub clock: Clock,
    /// Who gets a line for every request.
    pub requests: RequestLog,
    /// Where functions are unpacked. Made if it is not there; only what the local edge put there is ever overwritten.
    pub scratch: PathBuf,
}

/// What the local edge calls besides [`IAM_ACTIONS`] where a CloudFront Function has a key value store.
pub const IAM_ACTIONS_ON_STORES: &[&str] =
    &["cloudfront-keyvaluestore:DescribeKeyValueStore", "cloudfront-keyvaluestore:GetKey"];

/// The IAM actions that the local edge calls, for the policy of the user `local-edge`.
///
/// The last five are what CloudFront's own service principal would do with the origins and Lambda with the function's role.
pub const IAM_ACTIONS: &[&str] = &[
    "cloudfront:GetDistribution",
    "cloudfront:GetCachePolicy",
    "cloudfront:GetOriginRequestPolicy",
    "cloudfront:GetResponseHeadersPolicy",
    "cloudfront:GetOriginAccessControl",
    "cloudfront:GetKeyGroup",
    "cloudfront:GetPublicKey",
    "cloudfront:ListInvalidations",
    "cloudfront:GetInvalidation",
    "cloudfront:DescribeFunction",
    "cloudfront:GetFunction",
    "lambda:GetFunction",
    "lambda:ListFunctions",
    "lambda:ListFunctionUrlConfigs",
    "lambda:GetPolicy",
    "s3:GetBucketPolicy",
    "s3:GetObject",
    "s3:ListBucket",
    "lambda:InvokeFunctionUrl",
    "lambda:InvokeFunction",
    "sts:AssumeRole",
];
