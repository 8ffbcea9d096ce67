//! CloudFront's request ids: 40 bytes, as base64 with a URL's alphabet; 56 characters that end in `==`.
//!
//! Seen in the examples of <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html>

use aws_lc_rs::rand;
use aws_smithy_types::base64;

/// A new one, random.
pub(crate) fn new() -> String {
    let mut bytes = [0; 40];
    // A machine without randomness still serves pages; its ids are then all the same.
    let _ = rand::fill(&mut bytes);
    base64::encode(bytes).replace('+', "-").replace('/', "_")
}

#[cfg(test)]
mod tests {
    use super::new;

    #[test]
    fn an_id_has_56_characters_and_is_never_the_same() {
        let (one, other) = (new(), new());
        assert_eq!(one.len(), 56);
        assert!(one.ends_with("==") && !one.contains(['+', '/']), "{one}");
        assert_ne!(one, other);
    }
}
