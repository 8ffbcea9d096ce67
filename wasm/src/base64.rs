//! CloudFront's variant of base64.

use alloc::string::String;
use alloc::vec::Vec;

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

/// Decodes CloudFront's base64, or says what is wrong with it.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, &'static str> {
    if text.contains(['+', '=', '/']) {
        return Err("it is standard base64; replace + by -, = by _ and / by ~");
    }
    if !text.len().is_multiple_of(4) {
        return Err("it was cut off, or its padding (_) is missing");
    }
    let standard: String = text
        .chars()
        .map(|character| match character {
            '-' => '+',
            '_' => '=',
            '~' => '/',
            other => other,
        })
        .collect();
    Base64::decode_vec(&standard).map_err(|_| "it has other characters than letters, digits, - and ~, or _ within it")
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

    #[test]
    fn what_was_encoded_is_decoded_and_standard_base64_is_rejected_by_name() {
        for bytes in [&[0xfb, 0xff, 0xfe, 0xff][..], b"{\"a\"}", b""] {
            assert_eq!(decode(&encode(bytes)).unwrap(), bytes);
        }
        for (text, reason) in [
            ("+//+/w==", "standard"),
            ("AAA", "cut off"),
            ("AA_A", "within"),
            ("A\u{e9}A", "within"),
            ("AAA\n", "other"),
        ] {
            assert!(decode(text).unwrap_err().contains(reason), "{text:?}: {:?}", decode(text));
        }
    }
}
