//! Object keys in the path of an S3 request.
//!
//! A path is an encoding of a key; S3 signs the canonical one, so a viewer's own spelling (`%63v` for `cv`) is written anew. Dot segments
//! and repeated slashes are part of a key and stay.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>, `UriEncode`

use crate::hex;

/// The key that a path stands for, as text; bytes that are not UTF-8 become U+FFFD, as no object of ours has them.
pub(super) fn decode(path: &str) -> String {
    String::from_utf8_lossy(&hex::percent_decode(path.strip_prefix('/').unwrap_or(path))).into_owned()
}

/// The one encoding of a key that S3 signs.
pub(super) fn encode(key: &str) -> String {
    let mut path = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            path.push(char::from(byte));
        } else {
            hex::push_escape(&mut path, byte);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn spellings_of_one_key_are_one_path() {
        for path in ["/cv/a b.pdf", "/%63v/a%20b.pdf", "/cv/a%20b.pdf"] {
            assert_eq!(encode(&decode(path)), "cv/a%20b.pdf", "{path}");
        }
    }

    #[test]
    fn dots_and_slashes_are_part_of_the_key() {
        assert_eq!(encode(&decode("/x/../cv//a")), "x/../cv//a");
        assert_eq!(encode(&decode("/x/%2e%2e/cv")), "x/../cv");
    }

    #[test]
    fn a_broken_escape_is_a_percent_sign() {
        assert_eq!(encode(&decode("/100%")), "100%25");
        assert_eq!(encode(&decode("/a%zz")), "a%25zz");
    }

    #[test]
    fn what_is_not_utf8_names_no_object() {
        assert_eq!(decode("/%ff"), "\u{fffd}");
    }
}
