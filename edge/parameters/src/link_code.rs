//! The code of a named link, the last segment of `/l/<code>`.

use crate::LINK_CODE_CHARS;

/// Whether the text has the form of a code: 22 characters of the base64url alphabet.
/// <https://www.rfc-editor.org/rfc/rfc4648#section-5>
#[must_use]
pub fn is_link_code(text: &str) -> bool {
    text.len() == LINK_CODE_CHARS
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::is_link_code;

    #[test]
    fn a_code_is_22_characters_of_base64url() {
        for code in ["AAAAAAAAAAAAAAAAAAAAAA", "a0-_a0-_a0-_a0-_a0-_aQ"] {
            assert!(is_link_code(code), "{code}");
        }
        for text in [
            "",
            "request",
            "AAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAA==",
            "AAAAAAAAAAAAAAAAAAAA+/",
        ] {
            assert!(!is_link_code(text), "{text}");
        }
        assert!(!is_link_code("AAAAAAAAAAAAAAAAAAAA%2"), "an escape is another spelling");
        assert!(!is_link_code("éAAAAAAAAAAAAAAAAAAAA"), "22 bytes, and one of them is not ASCII");
    }
}
