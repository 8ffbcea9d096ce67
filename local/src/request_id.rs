//! CloudFront's request ids: 40 bytes as base64 with a URL-safe alphabet, 56 characters that end in `==`.
//!
//! Seen in the examples of
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html>

use aws_lc_rs::rand;
use aws_smithy_types::base64;

/// The point of presence in `X-Amz-Cf-Pop`. Real codes are an airport's three letters, a number and a suffix.
pub(crate) const POP: &str = "LOCAL0-P0";

/// A new random id.
pub(crate) fn generate() -> String {
    let mut bytes = [0; 40];
    // Without a source of randomness the edge still serves pages; all ids are then equal.
    let _ = rand::fill(&mut bytes);
    base64::encode(bytes).replace('+', "-").replace('/', "_")
}

#[cfg(test)]
mod tests {
    use super::generate;

    #[test]
    fn an_id_has_56_characters_and_is_never_the_same() {
        let (one, other) = (generate(), generate());
        assert_eq!(one.len(), 56);
        assert!(one.ends_with("==") && !one.contains(['+', '/']), "{one}");
        assert_ne!(one, other);
    }
}
