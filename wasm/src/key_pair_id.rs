//! The id of the public key in CloudFront.

use alloc::string::String;
use core::fmt;

use crate::Error;
use crate::quoted::Quoted;

/// The most characters of an id. CloudFront's have 14 (public keys) or 20 (the root user's old key pairs); a local
/// cloud may make longer ones.
const MAX_LENGTH: usize = 64;

/// The id under which CloudFront knows the public key, such as `K2JCJMDEHXQW5F`: the value of `Key-Pair-Id`.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyPairId(String);

impl KeyPairId {
    /// Takes an id of 1 to 64 letters, digits, `-` or `_`, which a URL carries as they are.
    ///
    /// # Errors
    /// [`Error::KeyPairId`] if it is empty, too long, or holds another character.
    pub fn new(id: impl Into<String>) -> Result<Self, Error> {
        let id = id.into();
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if id.is_empty() || id.len() > MAX_LENGTH || !id.bytes().all(safe) {
            return Err(Error::KeyPairId { id: Quoted::new(&id) });
        }
        Ok(Self(id))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyPairId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_cloudfront_are_taken() {
        for id in ["K2JCJMDEHXQW5F", "APKAIATXN3RCIOVT5WRQ", "a-b_c"] {
            assert_eq!(KeyPairId::new(id).unwrap().as_str(), id);
        }
    }

    #[test]
    fn an_id_that_a_url_would_have_to_encode_is_refused() {
        for id in ["", " K2JCJMDEHXQW5F", "K2&Policy=x", "Ké", "K\n", &"K".repeat(65)] {
            assert!(matches!(KeyPairId::new(id), Err(Error::KeyPairId { .. })), "{id:?}");
        }
    }
}
