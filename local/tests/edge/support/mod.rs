//! What the tests share: a cloud of their own, distributions in it, a viewer.

mod clock;
pub(crate) mod cloud;
mod curl;
pub(crate) mod distribution;
mod log;
mod openssl;
mod viewer;

pub(crate) use clock::Hands;
pub(crate) use cloud::Cloud;
pub(crate) use curl::{curl, curl_text};
pub(crate) use distribution::{
    CachePolicy, behavior, bucket_origin, cloudfront_function, config, function_url_origin, lambda_at_edge,
};
pub(crate) use log::Log;
pub(crate) use openssl::Keys;
pub(crate) use viewer::{Answer, Ask, raw, raw_bytes};
