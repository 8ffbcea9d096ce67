//! Options of the local edge, and the permissions it needs.

use std::path::PathBuf;

use aws_credential_types::Credentials;

use crate::clock::Clock;
use crate::distribution::OriginReplacement;
use crate::pages::Pages;
use crate::request_log::RequestLog;
use crate::snapshot::Snapshot;
use crate::viewer_headers::ViewerProperties;

/// Options of [`LocalEdge::start`](crate::LocalEdge::start). `Debug` does not show secrets.
#[derive(Clone, Debug)]
pub struct Options {
    /// The base URL of a local cloud, `http://127.0.0.1:4566`, for CloudFront, Lambda, S3, STS and Function
    /// URLs. Without it, AWS is used, with each service and origin at its own host.
    pub endpoint_url: Option<String>,
    /// The region of buckets and functions, `us-east-1`.
    pub region: String,
    /// Credentials of the IAM user `local-edge`, which needs [`IAM_ACTIONS`].
    pub credentials: Credentials,
    /// The distribution to serve, `E2QWRUHAPOMQZL`.
    pub distribution_id: String,
    /// A distribution from a file, in place of the one with this id. No cloud is then called, and an origin without a
    /// replacement is not reached.
    pub snapshot: Option<Snapshot>,
    /// What takes the place of origins, by their ids.
    pub origins: Vec<(String, OriginReplacement)>,
    /// Where viewers are, for the headers that CloudFront generates and for geographic restrictions.
    pub viewer: ViewerProperties,
    /// The loopback port to listen on; 0 chooses a free one.
    pub listen: u16,
    /// Whether to serve HTTPS (HTTP/2 and HTTP/1.1) with a development certificate. The behaviors' viewer
    /// protocol policies then apply to plain HTTP on the same port. Otherwise plain HTTP counts as HTTPS.
    pub https: bool,
    /// Whether pages get a script that reloads them on
    /// [`LocalEdge::reload_pages`](crate::LocalEdge::reload_pages). Reserves the paths under `/.vitae/`. For
    /// development only.
    pub live_reload: bool,
    /// Pages of this program below `/.vitae/`. For development only.
    pub pages: Option<Pages>,
    /// A bucket of the local cloud to which forms are passed on that are posted to [`UPLOADS_PATH`](crate::UPLOADS_PATH). For
    /// development only.
    pub uploads: Option<String>,
    /// A session policy, as JSON, that limits the credentials of Lambda@Edge functions. Set it for functions of another
    /// system: their code then gets credentials only through STS, with this policy. Without it, functions get their role.
    pub function_session_policy: Option<String>,
    /// Whether to reject methods other than GET, HEAD and OPTIONS, so that viewing another system does not change it.
    pub read_only: bool,
    /// The Node.js that runs Lambda@Edge functions. It must have the major version of the functions' runtime.
    pub node: PathBuf,
    /// The time for signed URLs, the cache and CloudFront Functions.
    pub clock: Clock,
    /// Where the line of every request goes.
    pub request_log: RequestLog,
    /// The folder that functions are unpacked to. It is created if it is missing; existing files of others are kept.
    pub scratch: PathBuf,
}

/// Additional IAM actions if a CloudFront Function has a key value store.
pub const IAM_ACTIONS_ON_STORES: &[&str] =
    &["cloudfront-keyvaluestore:DescribeKeyValueStore", "cloudfront-keyvaluestore:GetKey"];

/// Additional IAM actions if an origin has an origin access identity.
pub const IAM_ACTIONS_ON_IDENTITIES: &[&str] = &["cloudfront:GetCloudFrontOriginAccessIdentity"];

/// The IAM actions that the local edge calls, for the policy of the user `local-edge`.
///
/// The last five are calls that CloudFront's service principal would make to the origins, and Lambda to assume the
/// function's role.
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

/// An additional IAM action with [`Options::function_session_policy`], if the functions' roles do not trust the caller.
pub const IAM_ACTIONS_ON_SESSIONS: &[&str] = &["sts:GetFederationToken"];
