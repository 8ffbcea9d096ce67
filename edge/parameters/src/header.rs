//! Headers that the edge and the origins exchange, and those that CloudFront reserves.

/// Names the origin that may read the response. The edge sets or deletes it; regional functions copy it into
/// `Access-Control-Allow-Origin`.
pub const ALLOW_ORIGIN: &str = "x-vitae-allow-origin";

/// The scheme and host that the viewer used, one of the site's names, such as `https://example.com`. The edge sets it on
/// requests below `/l/` and deletes a viewer's own.
pub const SITE: &str = "x-vitae-site";

/// The SHA-256 of the body in lower-case hexadecimal, which origin access control requires for a body.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html>
pub const CONTENT_SHA256: &str = "x-amz-content-sha256";

/// Disallowed in every event, in lower case: a function does not see them, and one that sets them causes a 502.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html>
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

/// Read-only in a viewer-request event, in lower case: a function may neither add, change nor delete them.
pub const READ_ONLY_IN_VIEWER_REQUEST: [&str; 5] = ["cdn-loop", "content-length", "host", "transfer-encoding", "via"];

/// Whether edge functions neither see nor may set the header, in any case.
#[must_use]
pub fn is_disallowed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    DISALLOWED.contains(&name.as_str()) || DISALLOWED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether the header, in any case, is read-only in a viewer-request event.
#[must_use]
pub fn is_read_only(name: &str) -> bool {
    READ_ONLY_IN_VIEWER_REQUEST.iter().any(|read_only| read_only.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_from_names_are_disallowed_in_any_case() {
        for name in ["Connection", "X-Amz-Cf-Id", "x-edge-location", "X-Edge-Anything", "x-real-ip", "x-cache"] {
            assert!(is_disallowed(name), "{name}");
        }
    }

    #[test]
    fn headers_that_vitae_sets_are_allowed() {
        for name in [ALLOW_ORIGIN, SITE, CONTENT_SHA256, "idempotency-key", "retry-after", "vary", "allow"] {
            assert!(!is_disallowed(name) && !is_read_only(name), "{name}");
        }
    }

    #[test]
    fn host_is_read_only_in_any_case() {
        assert!(is_read_only("Host") && is_read_only("via") && !is_read_only("origin"));
    }
}
