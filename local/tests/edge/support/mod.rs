//! Shared by the tests: a local cloud, distributions, a viewer, a clock and keys.

mod clock;
pub(crate) mod cloud;
mod curl;
pub(crate) mod distribution;
pub(crate) mod files;
mod log;
mod openssl;
mod viewer;

pub(crate) use clock::TestClock;
pub(crate) use cloud::Cloud;
pub(crate) use curl::{curl, curl_text};
pub(crate) use distribution::{
    CachePolicy, behavior, bucket_origin, cloudfront_function, config, function_url_origin, lambda_at_edge,
};
pub(crate) use log::Log;
pub(crate) use openssl::Keys;
pub(crate) use viewer::{Request, Response, raw, raw_bytes};
