//! Base64 as it stands in a signed URL: `+`, `=` and `/` written as `-`, `_` and `~`.
//!
//! This is not RFC 4648's base64url, which writes `/` as `_`.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html>

use aws_smithy_types::base64;

/// The bytes that a `Policy` or `Signature` parameter stands for; `None` if it stands for none. Bytes are written in one way only:
/// the three characters of ordinary base64 are refused, so that nobody can spell a signature otherwise than its signer did.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(4) || text.contains(['+', '=', '/']) {
        return None;
    }
    let standard: String = text
        .chars()
        .map(|c| match c {
            '-' => '+',
            '_' => '=',
            '~' => '/',
            other => other,
        })
        .collect();
    base64::decode(standard).ok()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn the_three_characters_are_mapped_back() {
        assert_eq!(decode("-~8_").as_deref(), Some([0xfb, 0xff].as_slice()));
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for text in ["", "a", "!!!!", "abcde", "ab\u{e9}d", "+/8=", "-~8=", "-~9_"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
