//! The URI and query that an edge function returns.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html>

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::limits;

/// Characters that are not valid in a request line. Bytes above ASCII are always encoded.
const INVALID: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// Checks a returned URI and query.
///
/// # Errors
/// A sentence for the log. The viewer gets a 502.
pub(crate) fn check(uri: &str, query: &str) -> Result<(), String> {
    if !uri.starts_with('/') {
        return Err(format!("the URI {uri:?} does not begin with /"));
    }
    if uri.chars().any(char::is_control) || uri.contains(['?', '#']) {
        return Err("the URI contains a control character, ? or #".to_owned());
    }
    if query.chars().any(|c| c.is_control() || c == ' ' || c == '#') {
        return Err("the query string contains a space, a control character or #".to_owned());
    }
    let length = uri.chars().count() + query.chars().count() + usize::from(!query.is_empty());
    if length > limits::FUNCTION_URI_MAX_CHARS {
        return Err(format!(
            "URI and query have {length} characters, more than the limit of {}",
            limits::FUNCTION_URI_MAX_CHARS
        ));
    }
    Ok(())
}

/// Percent-encodes the characters that are not valid in a request line.
pub(crate) fn encode(uri: &str) -> String {
    utf8_percent_encode(uri, INVALID).to_string()
}

#[cfg(test)]
mod tests {
    use super::{check, encode};

    #[test]
    fn a_uri_begins_with_a_slash_and_stays_under_the_limit() {
        assert!(check("/a", "b=1").is_ok());
        assert!(check("a", "").is_err());
        assert!(check("https://evil.example/", "").is_err());
        assert!(check(&format!("/{}", "a".repeat(8_190)), "").is_ok());
        assert!(check(&format!("/{}", "a".repeat(8_190)), "b").is_err());
    }

    #[test]
    fn a_query_has_no_space_control_character_or_fragment() {
        for query in ["a b", "a\nb", "a#b"] {
            assert!(check("/", query).is_err(), "{query:?}");
        }
        assert!(check("/a?b", "").is_err() && check("/a\r\n", "").is_err());
    }

    #[test]
    fn characters_that_are_not_valid_in_a_request_line_are_encoded() {
        assert_eq!(encode("/über uns/%20.html"), "/%C3%BCber%20uns/%20.html");
    }
}
