//! The four events of Lambda@Edge and their rules.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-cloudfront-trigger-events.html>

use crate::functions::edge_headers::READ_ONLY_IN_VIEWER_REQUEST;
use crate::limits;

/// When a function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    ViewerRequest,
    OriginRequest,
    OriginResponse,
    ViewerResponse,
}

impl Trigger {
    /// The name in `eventType`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ViewerRequest => "viewer-request",
            Self::OriginRequest => "origin-request",
            Self::OriginResponse => "origin-response",
            Self::ViewerResponse => "viewer-response",
        }
    }

    /// Headers that the function may neither add, change nor delete, in lower case.
    pub(super) const fn read_only(self) -> &'static [&'static str] {
        match self {
            Self::ViewerRequest => &READ_ONLY_IN_VIEWER_REQUEST,
            Self::OriginRequest => &[
                "accept-encoding",
                "cdn-loop",
                "content-length",
                "if-modified-since",
                "if-none-match",
                "if-range",
                "if-unmodified-since",
                "transfer-encoding",
                "via",
            ],
            Self::OriginResponse => &["transfer-encoding", "via"],
            Self::ViewerResponse => &["content-encoding", "content-length", "transfer-encoding", "via", "warning"],
        }
    }

    /// The bytes of a request's body that the function receives.
    pub(super) const fn body_max(self) -> usize {
        match self {
            Self::ViewerRequest | Self::ViewerResponse => limits::LAMBDA_VIEWER_BODY_MAX_BYTES,
            Self::OriginRequest | Self::OriginResponse => limits::LAMBDA_ORIGIN_BODY_MAX_BYTES,
        }
    }

    /// The bytes of a replacement body as text, and as base64.
    pub(super) const fn replaced_body_max(self) -> (usize, usize) {
        match self {
            Self::ViewerRequest | Self::ViewerResponse => (
                limits::LAMBDA_VIEWER_BODY_REPLACED_TEXT_MAX_BYTES,
                limits::LAMBDA_VIEWER_BODY_REPLACED_BASE64_MAX_BYTES,
            ),
            Self::OriginRequest | Self::OriginResponse => (
                limits::LAMBDA_ORIGIN_BODY_REPLACED_TEXT_MAX_BYTES,
                limits::LAMBDA_ORIGIN_BODY_REPLACED_BASE64_MAX_BYTES,
            ),
        }
    }

    /// The bytes of a generated response, headers and body.
    pub(super) const fn response_max(self) -> usize {
        match self {
            Self::ViewerRequest | Self::ViewerResponse => limits::LAMBDA_VIEWER_RESPONSE_MAX_BYTES,
            Self::OriginRequest | Self::OriginResponse => limits::LAMBDA_ORIGIN_RESPONSE_MAX_BYTES,
        }
    }
}
