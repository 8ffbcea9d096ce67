//! Headers that an edge function may not emit: CloudFront answers 502 instead.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html>

/// Disallowed in every event, in lower case.
const DISALLOWED: [&str; 25] = [
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "trailer",
    "upgrade",
    "x-accel-buffering",
    "x-accel-charset",
    "x-accel-limit-rate",
    "x-accel-redirect",
    "x-amzn-auth",
    "x-amzn-cf-billing",
    "x-amzn-cf-id",
    "x-amzn-cf-xff",
    "x-amzn-errortype",
    "x-amzn-fle-profile",
    "x-amzn-header-count",
    "x-amzn-header-order",
    "x-amzn-lambda-integration-tag",
    "x-amzn-requestid",
    "x-cache",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Disallowed families.
const DISALLOWED_PREFIXES: [&str; 2] = ["x-amz-cf-", "x-edge-"];

/// Read-only in a viewer-request event: a function may neither add, change nor delete them.
pub(crate) const READ_ONLY: [&str; 5] = ["cdn-loop", "content-length", "host", "transfer-encoding", "via"];

/// Whether CloudFront refuses an answer, or a request passed on, that a function gave this header.
pub(crate) fn is_disallowed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.as_str();
    DISALLOWED.contains(&name) || READ_ONLY.contains(&name) || DISALLOWED_PREFIXES.iter().any(|p| name.starts_with(p))
}

#[cfg(test)]
mod tests {
    use super::is_disallowed;

    #[test]
    fn families_and_read_only_headers_are_disallowed_in_any_case() {
        for name in ["Connection", "X-Amz-Cf-Id", "x-edge-location", "X-Edge-Anything", "Content-Length", "Via"] {
            assert!(is_disallowed(name), "{name}");
        }
    }

    #[test]
    fn what_the_edge_needs_is_allowed() {
        for name in ["x-amz-content-sha256", "idempotency-key", "x-vitae-allow-origin", "retry-after", "vary", "allow"]
        {
            assert!(!is_disallowed(name), "{name}");
        }
    }
}
