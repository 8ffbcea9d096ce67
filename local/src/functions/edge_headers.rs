//! Headers that edge functions may not see, add or change: the same rules for CloudFront Functions and Lambda@Edge.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html>

/// Not shown to functions; a function that adds one fails validation. In lower case.
const DISALLOWED: [&str; 24] = [
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
];

/// Headers that a function sees in a viewer request and must hand back as they were. In lower case.
pub(crate) const READ_ONLY_IN_VIEWER_REQUEST: [&str; 5] =
    ["cdn-loop", "content-length", "host", "transfer-encoding", "via"];

/// Whether the header, in lower case, is one that functions neither see nor add.
pub(crate) fn is_disallowed(name: &str) -> bool {
    DISALLOWED.contains(&name) || name == "x-real-ip" || name.starts_with("x-amz-cf-") || name.starts_with("x-edge-")
}

/// Whether the header, in lower case, is read-only in a viewer request.
pub(crate) fn is_read_only(name: &str) -> bool {
    READ_ONLY_IN_VIEWER_REQUEST.contains(&name)
}

/// `accept-language` as `Accept-Language`: how CloudFront writes a name that a function gives without a key.
pub(crate) fn title_case(name: &str) -> String {
    let mut at_start = true;
    name.chars()
        .map(|c| {
            let cased = if at_start { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            at_start = c == '-';
            cased
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{is_disallowed, is_read_only, title_case};

    #[test]
    fn families_of_names_are_disallowed() {
        for name in ["x-amz-cf-id", "x-edge-location", "x-real-ip", "x-amzn-requestid", "x-cache"] {
            assert!(is_disallowed(name), "{name}");
        }
        assert!(!is_disallowed("x-amz-content-sha256"));
        assert!(!is_disallowed("x-vitae-allow-origin"));
    }

    #[test]
    fn host_is_read_only() {
        assert!(is_read_only("host") && !is_read_only("origin"));
    }

    #[test]
    fn names_are_written_with_capitals() {
        assert_eq!(title_case("accept-language"), "Accept-Language");
        assert_eq!(title_case("x-ID"), "X-Id");
    }
}
