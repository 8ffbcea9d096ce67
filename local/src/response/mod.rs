//! Responses to the viewer: CloudFront's own, and what CloudFront changes in an origin's.

mod body;
mod compression;
mod headers;
mod page;

use http::Response;

pub(crate) use crate::result_type::ResultType;
pub(crate) use body::{Body, BodyError, CollectedBody, collect_body, full_body, streamed_body};
pub(crate) use compression::{Encoding, add_vary, has_compressible_type, is_compressible};
pub(crate) use headers::{add_cloudfront_headers, remove_hop_by_hop_headers};
pub(crate) use page::{complete_generated, error_page, redirect, set_reason, signature_rejected};

/// A response and how CloudFront produced it.
pub(crate) struct EdgeResponse {
    pub(crate) response: Response<Body>,
    pub(crate) result: ResultType,
}
