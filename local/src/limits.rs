//! Every limit of the local edge, with its source.
//!
//! `CF` is <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/>. A limit marked "ours" is
//! not AWS's. It bounds a laptop's memory and waiting times where the real service has no limit or a much
//! larger one.

use std::ops::RangeInclusive;
use std::time::Duration;

/// The longest URL, in bytes: `CF cloudfront-limits.html`, "Maximum length of a URL". Longer: 414.
pub const URL_MAX_BYTES: usize = 8_192;

/// The largest request line with headers, in bytes: `CF cloudfront-limits.html` (the general reference still
/// has 20,480). Larger: 494, which the viewer gets as 400.
pub const REQUEST_HEAD_MAX_BYTES: usize = 32_768;

/// The most header fields of a request, as hyper counts them; ours. More: as for [`REQUEST_HEAD_MAX_BYTES`].
pub const REQUEST_HEADERS_MAX: usize = 100;

/// The largest request body, in bytes: the limit of a Function URL, because this project sends bodies to no
/// other origin. CloudFront itself accepts 20 GB and more.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>. Larger: 413.
pub const REQUEST_BODY_MAX_BYTES: usize = 6 * 1_024 * 1_024;

/// How long a viewer may take to send the head of its request; ours.
pub const REQUEST_HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// The longest form that is passed on to a bucket, in bytes. S3 accepts more; a policy usually accepts less.
pub const UPLOAD_MAX_BYTES: usize = 16 * 1_024 * 1_024;

/// How long a viewer may take to send a whole body; ours.
pub const REQUEST_BODY_TIMEOUT: Duration = Duration::from_mins(1);

/// Concurrent viewer connections; ours. Further connections wait to be accepted.
pub const VIEWER_CONNECTIONS_MAX: usize = 2_048;

/// Concurrent requests on one HTTP/2 connection; ours, the number that CloudFront announces.
pub const HTTP2_STREAMS_MAX: u32 = 128;

/// The lifetime of a development certificate; ours. Browsers reject one of more than 398 days.
pub const CERTIFICATE_LIFETIME: Duration = Duration::from_hours(24 * 90);

/// The default response timeout of an origin: `CF DownloadDistValuesOrigin.html`, "Response timeout", 30
/// seconds. Longer: 504.
pub const ORIGIN_RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);

/// The default TTL of a cache policy:
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html>, 24 hours.
pub const CACHE_DEFAULT_TTL: Duration = Duration::from_hours(24);

/// The default maximum TTL of a cache policy: the same page, a year.
pub const CACHE_MAX_TTL: Duration = Duration::from_hours(24 * 365);

/// The default minimum TTL of errors: `CF custom-error-pages-expiration.html`, 10 s.
pub const ERROR_CACHING_MIN_TTL: Duration = Duration::from_secs(10);

/// The memory of the cache, in bytes; ours.
pub const CACHE_MAX_BYTES: u64 = 128 * 1_024 * 1_024;

/// The largest object that is cached, in bytes; ours (CloudFront caches 50 GB). A larger one is streamed.
pub const CACHE_OBJECT_MAX_BYTES: usize = 16 * 1_024 * 1_024;

/// How often new invalidations are read from the API; ours. The real service takes "a few minutes" to apply one.
pub const INVALIDATION_INTERVAL: Duration = Duration::from_secs(1);

/// The size of bodies that are compressed, in bytes: `CF ServingCompressedFiles.html`, 1,000 to 10,000,000.
pub const COMPRESSIBLE_BYTES: RangeInclusive<u64> = 1_000..=10_000_000;

/// The code size of a CloudFront Function, in bytes: `CF cloudfront-limits.html`, 10 KB.
pub const FUNCTION_CODE_MAX_BYTES: usize = 10 * 1_024;

/// The memory of a CloudFront Function, in bytes: `CF cloudfront-limits.html`, 2 MB. The engine's own tables,
/// measured before the function is loaded, do not count.
pub const FUNCTION_MEMORY_MAX_BYTES: usize = 2 * 1_024 * 1_024;

/// The processor time of a CloudFront Function: `CF edge-functions-choosing.html`, "submillisecond"; compute
/// utilization is a share of the allowed time, `CF test-function.html`. It is measured on this machine, so
/// exceeding it is only a warning.
pub const FUNCTION_COMPUTE_MAX: Duration = Duration::from_millis(1);

/// When a CloudFront Function is stopped; ours. It stops only a function that does not end by itself.
pub const FUNCTION_TIME_MAX: Duration = Duration::from_millis(250);

/// The stack of a CloudFront Function, in bytes; ours, well below a thread's 2 MB.
pub const FUNCTION_STACK_MAX_BYTES: usize = 256 * 1_024;

/// The length of a key in a key value store, in bytes: `CF cloudfront-limits.html`, 512 bytes.
pub const KEY_MAX_BYTES: usize = 512;

/// Key value stores of a function: the same page, 1.
pub const STORES_PER_FUNCTION_MAX: usize = 1;

/// The timeout of a read from a key value store; ours. It does not count towards the function's time.
pub const STORE_READ_TIMEOUT: Duration = Duration::from_secs(5);

/// The log of one run of a CloudFront Function, in bytes: `CF cloudfront-function-restrictions.html`, 10 KB.
/// The rest is truncated.
pub const FUNCTION_LOG_MAX_BYTES: usize = 10 * 1_024;

/// The response of a CloudFront Function, headers and body, in bytes; ours, the limit of a request to a function.
pub const FUNCTION_RESULT_MAX_BYTES: usize = 40 * 1_024;

/// The request body that a viewer-request function receives, in bytes: `CF
/// lambda-at-edge-function-restrictions.html`, 40 KB. A longer one is truncated for the function, with
/// `inputTruncated`, but not for the origin.
pub const LAMBDA_VIEWER_BODY_MAX_BYTES: usize = 40 * 1_024;

/// The replacement body of a viewer-request function as text, in bytes: the same page, 40 KB.
pub const LAMBDA_VIEWER_BODY_REPLACED_TEXT_MAX_BYTES: usize = 40 * 1_024;

/// The replacement body of a viewer-request function as base64, in characters: the same page, 53.2 KB.
pub const LAMBDA_VIEWER_BODY_REPLACED_BASE64_MAX_BYTES: usize = 54_476;

/// The response of a viewer-request function, headers and body, in bytes: `CF cloudfront-limits.html`, 40 KB.
pub const LAMBDA_VIEWER_RESPONSE_MAX_BYTES: usize = 40 * 1_024;

/// The request body that an origin-request function receives, in bytes: `CF
/// lambda-at-edge-function-restrictions.html`, 1 MB.
pub const LAMBDA_ORIGIN_BODY_MAX_BYTES: usize = 1_024 * 1_024;

/// The replacement body of an origin-request function as text, in bytes: the same page, 1 MB.
pub const LAMBDA_ORIGIN_BODY_REPLACED_TEXT_MAX_BYTES: usize = 1_024 * 1_024;

/// The replacement body of an origin-request function as base64, in characters: the same page, 1.33 MB.
pub const LAMBDA_ORIGIN_BODY_REPLACED_BASE64_MAX_BYTES: usize = 1_394_606;

/// The response of a function on an origin event, headers and body, in bytes: `CF cloudfront-limits.html`, 1 MB.
pub const LAMBDA_ORIGIN_RESPONSE_MAX_BYTES: usize = 1_024 * 1_024;

/// The memory of a Lambda@Edge function on an origin event, in MB: `CF cloudfront-limits.html`, that of Lambda.
pub const LAMBDA_ORIGIN_MEMORY_MAX_MB: i32 = 10_240;

/// The timeout of a Lambda@Edge function on an origin event, in seconds: the same page.
pub const LAMBDA_ORIGIN_TIMEOUT_MAX_S: i32 = 30;

/// The URI with query that an edge function returns, in characters: `CF edge-function-restrictions-all.html`,
/// less than 8,192.
pub const FUNCTION_URI_MAX_CHARS: usize = 8_191;

/// The memory of a viewer-triggered Lambda@Edge function, in MB:
/// <https://docs.aws.amazon.com/general/latest/gr/cf_region.html>.
pub const LAMBDA_VIEWER_MEMORY_MAX_MB: i32 = 128;

/// The timeout of a viewer-triggered Lambda@Edge function, in seconds: the same page.
pub const LAMBDA_VIEWER_TIMEOUT_MAX_S: i32 = 5;

/// The zip of a Lambda@Edge function, in bytes: `CF cloudfront-limits.html`, 50 MB.
pub const LAMBDA_ZIP_MAX_BYTES: usize = 50 * 1_024 * 1_024;

/// A function's unpacked files, in bytes:
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>, 250 MB.
pub const LAMBDA_UNPACKED_MAX_BYTES: u64 = 250 * 1_024 * 1_024;

/// The INIT of an execution environment:
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>, 10 s.
pub const LAMBDA_INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// Concurrent execution environments of one function; ours (an AWS account has 1,000 per region).
pub const LAMBDA_ENVIRONMENTS_MAX: usize = 4;

/// Requests that wait for an environment; ours. More: 503, `LambdaLimitExceeded`.
pub const LAMBDA_WAITING_MAX: usize = 256;

/// The result of a handler, in bytes: Lambda's limit of a synchronous response, 6 MB,
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>. CloudFront's smaller limits are
/// checked later.
pub const LAMBDA_RESULT_MAX_BYTES: usize = 6 * 1_024 * 1_024;

/// Trusted key groups of a behavior: `CF cloudfront-limits.html`, 4.
pub const KEY_GROUPS_MAX: usize = 4;

/// Public keys of a key group: the same page, 5.
pub const KEYS_PER_GROUP_MAX: usize = 5;

/// The latest time in a policy, in seconds since the Unix epoch: the end of the year 9999; ours. A time in
/// milliseconds is later, and CloudFront rejects it with `MalformedPolicy`:
/// <https://github.com/aws/aws-sdk-js/issues/2236>.
pub const POLICY_EPOCH_MAX_S: u64 = 253_402_300_799;
