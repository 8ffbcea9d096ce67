//! CloudFront's variant of base64.

use alloc::string::String;

use base64ct::{Base64, Encoding};

/// Encodes `bytes` in standard base64, with the three characters that are not safe in a query replaced: `+` by `-`, `=`
/// by `_`, `/` by `~`.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-linux-openssl.html>
pub(crate) fn encode(bytes: &[u8]) -> String {
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
        assert_eq!(encode(&[0xfb, 0xff, 0xfe, 0xff]), "-~~-~w__");
        assert_eq!(encode(b"{\"a\"}"), "eyJhIn0_");
        assert_eq!(encode(b""), "");
    }
}
