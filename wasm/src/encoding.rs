//! CloudFront's own base64.

use alloc::string::String;

use base64ct::{Base64, Encoding};

/// Standard base64 with the three characters that a query cannot carry replaced: `+` by `-`, `=` by `_`, `/` by `~`.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-linux-openssl.html>
pub(crate) fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
        .chars()
        .map(|character| match character {
            '+' => '-',
            '=' => '_',
            '/' => '~',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_unsafe_characters_are_replaced() {
        assert_eq!(base64(&[0xfb, 0xff, 0xfe, 0xff]), "-~~-~w__");
        assert_eq!(base64(b"{\"a\"}"), "eyJhIn0_");
        assert_eq!(base64(b""), "");
    }
}
