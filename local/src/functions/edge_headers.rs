//! Rules for headers, the same for CloudFront Functions and Lambda@Edge.

pub(crate) use vitae_parameters::header::{READ_ONLY_IN_VIEWER_REQUEST, is_disallowed};

/// `accept-language` as `Accept-Language`, which is how CloudFront writes a name for which a function sets no key.
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
    use super::{is_disallowed, title_case};

    #[test]
    fn prefixes_and_names_are_disallowed() {
        for name in ["x-amz-cf-id", "x-edge-location", "x-real-ip", "x-amzn-requestid", "x-cache"] {
            assert!(is_disallowed(name), "{name}");
        }
        assert!(!is_disallowed("x-amz-content-sha256"));
        assert!(!is_disallowed("x-vitae-allow-origin"));
    }

    #[test]
    fn names_are_in_title_case() {
        assert_eq!(title_case("accept-language"), "Accept-Language");
        assert_eq!(title_case("x-ID"), "X-Id");
    }
}
