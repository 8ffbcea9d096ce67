//! Path patterns, which select the cache behavior of a request.
//!
//! The path is compared with the patterns in the order of the behaviors. The comparison is case-sensitive and
//! ignores the query. A pattern's leading slash is optional; `*` matches zero or more characters, `?` exactly
//! one. CloudFront compares the path normalised as in RFC 3986, but sends it to the origin as the viewer sent
//! it.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html>

use std::borrow::Cow;

use crate::wildcard;

/// A behavior's path pattern. `images/*.jpg` and `/images/*.jpg` are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathPattern(String);

impl PathPattern {
    pub(crate) fn new(pattern: &str) -> Self {
        if pattern.starts_with('/') || pattern.starts_with('*') {
            Self(pattern.to_owned())
        } else {
            Self(format!("/{pattern}"))
        }
    }

    /// Whether a path from [`normalise`] matches.
    pub(crate) fn matches(&self, normalised_path: &str) -> bool {
        wildcard::matches(&self.0, normalised_path)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Normalises a path for comparison: decodes unreserved characters, converts the hex digits of other escapes to upper
/// case, merges repeated slashes and removes dot segments (RFC 3986, section 6.2.2).
///
/// CloudFront's documentation adds that "multiple slashes" are removed. It does not document the order; here
/// slashes are merged before dot segments are removed.
pub(crate) fn normalise(path: &str) -> String {
    let decoded = decode_unreserved(path);
    let mut segments: Vec<&str> = Vec::new();
    let mut ends_with_slash = false;
    let mut rest = decoded.split('/').filter(|segment| !segment.is_empty()).peekable();
    while let Some(segment) = rest.next() {
        let last = rest.peek().is_none();
        match segment {
            "." => ends_with_slash = last,
            ".." => {
                segments.pop();
                ends_with_slash = last;
            }
            other => segments.push(other),
        }
    }
    let mut normalised = String::with_capacity(decoded.len() + 1);
    for segment in &segments {
        normalised.push('/');
        normalised.push_str(segment);
    }
    if normalised.is_empty() || ends_with_slash || decoded.ends_with('/') {
        normalised.push('/');
    }
    normalised
}

/// Decodes only escapes of unreserved characters (letters, digits, `-._~`): `%2F` stays an escape.
fn decode_unreserved(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let escape = rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok().map(|byte| (hex, byte)));
        match escape {
            // `from_str_radix` accepts a sign, but "+a" is not an escape.
            Some((hex, byte)) if hex.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    out.push(char::from(byte));
                } else {
                    out.push('%');
                    out.push_str(&hex.to_ascii_uppercase());
                }
                rest = &rest[at + 3..];
            }
            _ => {
                out.push('%');
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{PathPattern, normalise};

    #[test]
    fn the_leading_slash_of_a_pattern_is_optional() {
        assert!(PathPattern::new("images/*.jpg").matches("/images/a/b.jpg"));
        assert!(PathPattern::new("/images/*.jpg").matches("/images/a/b.jpg"));
        assert!(PathPattern::new("*.jpg").matches("/images/a/b.jpg"));
        assert!(!PathPattern::new("images/*.jpg").matches("/x/images/b.jpg"));
    }

    #[test]
    fn every_encoding_of_a_path_selects_the_same_behavior() {
        let cv = PathPattern::new("/cv/*");
        for path in [
            "/cv/a",
            "/%63v/a",
            "/%63%76/a",
            "//cv/a",
            "/cv//a",
            "/x/../cv/a",
            "/x/%2e%2e/cv/a",
            "/./cv/a",
            "/x/%2E./cv/a",
        ] {
            assert!(cv.matches(&normalise(path)), "{path} is {}", normalise(path));
        }
    }

    #[test]
    fn reserved_characters_stay_escaped() {
        assert_eq!(normalise("/a%2fb"), "/a%2Fb");
        assert_eq!(normalise("/a%3fb"), "/a%3Fb");
        assert_eq!(normalise("/a%252e%252e/b"), "/a%252e%252e/b");
    }

    #[test]
    fn dot_segments_never_lead_above_the_root() {
        assert_eq!(normalise("/../../etc/passwd"), "/etc/passwd");
        assert_eq!(normalise("/a/.."), "/");
        assert_eq!(normalise("/a/b/."), "/a/b/");
        assert_eq!(normalise("/"), "/");
        assert_eq!(normalise(""), "/");
    }

    #[test]
    fn an_invalid_escape_is_not_changed() {
        assert_eq!(normalise("/a%"), "/a%");
        assert_eq!(normalise("/a%4"), "/a%4");
        assert_eq!(normalise("/a%+a"), "/a%+a");
        assert_eq!(normalise("/a%é"), "/a%é");
    }

    #[test]
    fn a_trailing_slash_is_kept() {
        assert_eq!(normalise("/blog/"), "/blog/");
        assert_eq!(normalise("/blog//"), "/blog/");
    }
}
