//! Every limit of the local edge, each with its source.
//!
//! `CF` below is <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/>. A limit marked "ours" is not AWS's:
//! it keeps a laptop's memory and patience bounded where the real service has no figure or a far larger one.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Longest URL, in bytes: `CF cloudfront-limits.html`, "Maximum length of a URL". Longer: 414.
pub const URL_MAX_BYTES: usize = 8_192;

/// Longest request line with headers, in bytes: `CF cloudfront-limits.html` (the general reference still prints 20,480).
/// Longer: 494, which the viewer sees as 400.
pub const REQUEST_HEAD_MAX_BYTES: usize = 32_768;

/// Most header fields of a request; ours, as hyper counts them. More: as for [`REQUEST_HEAD_MAX_BYTES`].
pub const REQUEST_HEADERS_MAX: usize = 100;

/// Largest request body, in bytes: a Function URL's, since the bodies of this project go nowhere else (CloudFront itself
/// takes 20 GB and more). `https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html`. Larger: 413.
pub const REQUEST_BODY_MAX_BYTES: usize = 6 * 1_024 * 1_024;

/// How long a viewer may take to send the head of its request; ours.
pub const REQUEST_HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a viewer may take to send a whole body; ours.
pub const REQUEST_BODY_TIMEOUT: Duration = Duration::from_mins(1);

/// Viewer connections at a time; ours. Further ones wait to be accepted.
pub const VIEWER_CONNECTIONS_MAX: usize = 2_048;

/// Requests at a time on one HTTP/2 connection; ours, as many as CloudFront announces.
pub const HTTP2_STREAMS_MAX: u32 = 128;

/// How long a development certificate is valid; ours. Browsers refuse one for more than 398 days.
pub const CERTIFICATE_LIFETIME: Duration = Duration::from_hours(24 * 90);

/// How long an origin may be silent if the distribution does not say: `CF DownloadDistValuesOrigin.html`, "Response timeout",
/// 30 seconds. Longer: 504.
pub const ORIGIN_RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long an answer is kept if the cache policy does not say: `https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html`,
/// 24 hours.
pub const CACHE_DEFAULT_TTL: Duration = Duration::from_hours(24);

/// How long an answer is kept at most if the cache policy does not say: the same page, a year.
pub const CACHE_MAX_TTL: Duration = Duration::from_hours(24 * 365);

/// How long an error is kept at least if the distribution does not say: `CF custom-error-pages-expiration.html`, 10 s.
pub const ERROR_CACHING_MIN_TTL: Duration = Duration::from_secs(10);

/// Memory of the cache, in bytes; ours.
pub const CACHE_MAX_BYTES: u64 = 128 * 1_024 * 1_024;

/// The largest object that is kept, in bytes; ours (CloudFront takes 50 GB). A larger one is passed on.
pub const CACHE_OBJECT_MAX_BYTES: usize = 16 * 1_024 * 1_024;

/// How often the control plane is asked for new invalidations; ours. The real service takes "a few minutes" to carry one out.
pub const INVALIDATION_INTERVAL: Duration = Duration::from_secs(1);

/// Bodies that are compressed, in bytes: `CF ServingCompressedFiles.html`, 1,000 to 10,000,000.
pub const COMPRESSED_BYTES: RangeInclusive<u64> = 1_000..=10_000_000;

/// Code of a CloudFront Function, in bytes: `CF cloudfront-limits.html`, 10 KB.
pub const FUNCTION_CODE_MAX_BYTES: usize = 10 * 1_024;

/// Memory of a CloudFront Function, in bytes: `CF cloudfront-limits.html`, 2 MB. What the engine's own tables take before the
/// function is loaded is measured and comes on top.
pub const FUNCTION_MEMORY_MAX_BYTES: usize = 2 * 1_024 * 1_024;

/// What a CloudFront Function may compute: `CF edge-functions-choosing.html`, "submillisecond"; its compute utilisation is a share of the time
/// allowed, `CF test-function.html`. Of this machine's processor, not of CloudFront's: more is warned about, once.
pub const FUNCTION_COMPUTE_MAX: Duration = Duration::from_millis(1);

/// When a CloudFront Function is stopped; ours. It only stops a function that would run on.
pub const FUNCTION_TIME_MAX: Duration = Duration::from_millis(250);

/// Stack of a CloudFront Function, in bytes; ours, well under a thread's own 2 MB.
pub const FUNCTION_STACK_MAX_BYTES: usize = 256 * 1_024;

/// A key of a key value store, in bytes: `CF cloudfront-limits.html`, 512 bytes. A longer one is in no store.
pub const KEY_MAX_BYTES: usize = 512;

/// Key value stores of a function: the same page, 1.
pub const STORES_PER_FUNCTION_MAX: usize = 1;

/// How long the data API of a key value store may take; ours. It does not count as the function's own time.
pub const STORE_READ_TIMEOUT: Duration = Duration::from_secs(5);

/// What a CloudFront Function may log in one run, in bytes: `CF cloudfront-function-restrictions.html`, 10 KB; the rest is cut.
pub const FUNCTION_LOG_MAX_BYTES: usize = 10 * 1_024;

/// What a CloudFront Function may make of a response, headers and body: ours, the limit of a request to a function.
pub const FUNCTION_RESULT_MAX_BYTES: usize = 40 * 1_024;

/// Request body that a viewer-request function sees, in bytes: `CF lambda-at-edge-function-restrictions.html`, 40 KB. The rest
/// is cut and `inputTruncated` set; the origin still gets the whole.
pub const LAMBDA_VIEWER_BODY_SEEN_MAX_BYTES: usize = 40 * 1_024;

/// Replacement body of a viewer-request function as text, in bytes: the same page, 40 KB.
pub const LAMBDA_VIEWER_BODY_REPLACED_TEXT_MAX_BYTES: usize = 40 * 1_024;

/// Replacement body of a viewer-request function as base64, in characters: the same page, 53.2 KB.
pub const LAMBDA_VIEWER_BODY_REPLACED_BASE64_MAX_BYTES: usize = 54_476;

/// Generated response of a viewer-request function, headers and body, in bytes: `CF cloudfront-limits.html`, 40 KB.
pub const LAMBDA_VIEWER_RESPONSE_MAX_BYTES: usize = 40 * 1_024;

/// URI with query that an edge function may return, in characters: `CF edge-function-restrictions-all.html`, less than 8,192.
pub const FUNCTION_URI_MAX_CHARS: usize = 8_191;

/// Memory of a viewer-triggered Lambda@Edge function, in MB: `https://docs.aws.amazon.com/general/latest/gr/cf_region.html`.
pub const LAMBDA_VIEWER_MEMORY_MAX_MB: i32 = 128;

/// Timeout of a viewer-triggered Lambda@Edge function, in seconds: the same page.
pub const LAMBDA_VIEWER_TIMEOUT_MAX_S: i32 = 5;

/// Zip of a Lambda@Edge function, in bytes: `CF cloudfront-limits.html`, 50 MB.
pub const LAMBDA_ZIP_MAX_BYTES: usize = 50 * 1_024 * 1_024;

/// A function's files, unpacked, in bytes: `https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html`, 250 MB.
pub const LAMBDA_UNPACKED_MAX_BYTES: u64 = 250 * 1_024 * 1_024;

/// INIT of an execution environment: `https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html`, 10 s.
pub const LAMBDA_INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// Execution environments of one function at a time; ours (AWS gives an account 1,000 a region).
pub const LAMBDA_ENVIRONMENTS_MAX: usize = 4;

/// Requests that may wait for an environment; ours. More: 503, `LambdaLimitExceeded`.
pub const LAMBDA_WAITING_MAX: usize = 256;

/// What an environment may answer, in bytes: Lambda's own limit of a synchronous response, 6 MB,
/// `https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html`. CloudFront's smaller limits are checked after it.
pub const LAMBDA_RESULT_MAX_BYTES: usize = 6 * 1_024 * 1_024;

/// Trusted key groups of a behavior: `CF cloudfront-limits.html`, 4.
pub const KEY_GROUPS_MAX: usize = 4;

/// Public keys of a key group: the same page, 5.
pub const KEYS_PER_GROUP_MAX: usize = 5;

/// The last second since the epoch that a policy may name, the end of the year 9999; ours. A time in milliseconds lies beyond it, and
/// CloudFront answers that with `MalformedPolicy`: `https://github.com/aws/aws-sdk-js/issues/2236`.
pub const POLICY_EPOCH_MAX_S: u64 = 253_402_300_799;
