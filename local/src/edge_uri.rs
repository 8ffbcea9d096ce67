//! URI and query that an edge function hands back.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html>

use crate::{hex, limits};

/// Checks a returned URI and query.
///
/// # Errors
/// A sentence for the log; the viewer sees a 502.
pub(crate) fn check(uri: &str, query: &str) -> Result<(), String> {
    if !uri.starts_with('/') {
        return Err(format!("the URI {uri:?} does not begin with /"));
    }
    if uri.chars().any(char::is_control) || uri.contains(['?', '#']) {
        return Err("the URI holds a control character, ? or #".to_owned());
    }
    if query.chars().any(|c| c.is_control() || c == ' ' || c == '#') {
        return Err("the query string holds a space, a control character or #".to_owned());
    }
    let length = uri.chars().count() + query.chars().count() + usize::from(!query.is_empty());
    if length > limits::FUNCTION_URI_MAX_CHARS {
        return Err(format!(
            "URI and query have {length} characters, over the limit of {}",
            limits::FUNCTION_URI_MAX_CHARS
        ));
    }
    Ok(())
}

/// Writes what cannot stand in a request line as percent-escapes of its UTF-8; the rest stays.
pub(crate) fn encode(uri: &str) -> String {
    let mut encoded = String::with_capacity(uri.len());
    for byte in uri.bytes() {
        match byte {
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0..=b' ' | 0x7f..=0xff => {
                hex::push_escape(&mut encoded, byte);
            }
            _ => encoded.push(char::from(byte)),
        }
    }
    encoded
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
    fn a_query_holds_no_space_control_character_or_fragment() {
        for query in ["a b", "a\nb", "a#b"] {
            assert!(check("/", query).is_err(), "{query:?}");
        }
        assert!(check("/a?b", "").is_err() && check("/a\r\n", "").is_err());
    }

    #[test]
    fn what_cannot_stand_in_a_request_line_is_escaped() {
        assert_eq!(encode("/über uns/%20.html"), "/%C3%BCber%20uns/%20.html");
    }
}
