//! The CV's path on the site.

/// The path pattern of the cache behavior with the trusted key group, without its `*`. A path outside it needs no
/// signature: signing it would sign a public or missing file.
const CV_FOLDER: &str = "/cv/";

/// The longest object key in S3, in bytes.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const CV_PATH_BYTES: usize = 1024;

/// Whether every part of the chain interprets the path in the same way. CloudFront matches behaviors on a normalised
/// path, but signs, caches and forwards the raw one; so a path that normalises to another, or contains a policy wildcard,
/// is rejected.
#[must_use]
pub fn is_cv_path(path: &str) -> bool {
    path.len() <= CV_PATH_BYTES && path.strip_prefix(CV_FOLDER).is_some_and(|below| below.split('/').all(is_segment))
}

fn is_segment(segment: &str) -> bool {
    if matches!(segment, "" | "." | "..") {
        return false;
    }
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        let fine = if byte == b'%' {
            decoded(bytes.next(), bytes.next()).is_some_and(must_be_encoded)
        } else {
            is_unreserved(byte)
        };
        if !fine {
            return false;
        }
    }
    true
}

/// <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Whether a byte may be percent-encoded in a CV path. A byte that needs no encoding may not, or one path would have two
/// spellings; nor may a separator or a control character.
const fn must_be_encoded(byte: u8) -> bool {
    !is_unreserved(byte) && !byte.is_ascii_control() && !matches!(byte, b'/' | b'\\' | b'%')
}

fn decoded(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    Some(digit(high?)? * 16 + digit(low?)?)
}

#[cfg(test)]
mod tests {
    use super::is_cv_path;

    #[test]
    fn a_cv_path_has_one_spelling_below_its_folder() {
        for path in ["/cv/resume.pdf", "/cv/2026/jane-doe.pdf", "/cv/Lebenslauf%20M%C3%BCller.pdf", "/cv/.probe"] {
            assert!(is_cv_path(path), "{path}");
        }
        for path in [
            "",
            "/",
            "/cv",
            "/cv/",
            "cv/resume.pdf",
            "/resume.pdf",
            "/CV/resume.pdf",
            "/cv//resume.pdf",
            "/cv/../x.pdf",
            "/cv/./x.pdf",
            "/cv/x.pdf?a=b",
            "/cv/x.pdf#a",
            "/cv/a b.pdf",
            "/cv/%2e%2e/x.pdf",
            "/cv/%2E./x.pdf",
            "/cv/a%2Fb.pdf",
            "/cv/a%5Cb.pdf",
            "/cv/a%00.pdf",
            "/cv/a%2.pdf",
            "/cv/a%c3%bc.pdf",
            "/cv/ü.pdf",
            "/cv/*",
            "/cv/a\"b.pdf",
            "/cv/a\\b.pdf",
        ] {
            assert!(!is_cv_path(path), "{path}");
        }
    }
}
