//! The token of a request, which is DynamoDB's `ClientRequestToken`.

use sha2::{Digest as _, Sha256};

use crate::code::hex;

/// The header in which CloudFront passes its request id to an origin. A viewer cannot set it.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html>
pub const REQUEST_ID: &str = "x-amz-cf-id";

/// Half of the SHA-256 of a request id, in hexadecimal: CloudFront's ids are longer than the 36 characters that a token may
/// have.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token of CloudFront's request id, or of Lambda's if the header is missing.
    #[must_use]
    pub fn from_request_ids(cloudfront: Option<&str>, lambda: &str) -> Self {
        let id = cloudfront.filter(|id| !id.is_empty()).unwrap_or(lambda);
        Self(hex(&Sha256::digest(id.as_bytes())[..16]))
    }

    /// The token as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A number derived from the token and an attempt, as the seed of its backoff.
    pub(crate) fn seed(&self, attempt: u32) -> u64 {
        let digest = Sha256::new().chain_update(&self.0).chain_update(attempt.to_be_bytes()).finalize();
        digest.iter().take(8).fold(0, |sum, &byte| sum << 8 | u64::from(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_32_digits_and_follows_from_cloudfronts_id() {
        let id = "k6WGMNkEzR5BEM_SaF47gjtX9zBDO2m349OY2an0QPEaUum1ZOLrow==";
        let token = Token::from_request_ids(Some(id), "lambda");
        assert_eq!(token, Token::from_request_ids(Some(id), "another run"));
        assert_ne!(token, Token::from_request_ids(None, "lambda"));
        assert_eq!(Token::from_request_ids(Some(""), "lambda"), Token::from_request_ids(None, "lambda"));
        assert_eq!(token.as_str().len(), 32);
        assert_ne!(token.seed(1), token.seed(2));
    }
}
