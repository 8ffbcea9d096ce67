//! The ID of the public key in CloudFront.

use alloc::string::String;
use core::fmt;

use crate::Error;
use crate::quoted::Quoted;

/// The maximum length of an ID. CloudFront's have 14 characters (public keys) or 20 (the root user's old key pairs);
/// AWS emulators may generate longer ones.
const MAX_LENGTH: usize = 64;

/// The ID of the public key in CloudFront, such as `K2JCJMDEHXQW5F`: the value of `Key-Pair-Id`.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyPairId(String);

impl KeyPairId {
    /// Creates an ID of 1 to 64 letters, digits, `-` or `_`, none of which a URL has to encode.
    ///
    /// # Errors
    /// [`Error::InvalidKeyPairId`] if it is empty, too long, or has another character.
    pub fn new(id: impl Into<String>) -> Result<Self, Error> {
        let id = id.into();
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if id.is_empty() || id.len() > MAX_LENGTH || !id.bytes().all(safe) {
            return Err(Error::InvalidKeyPairId { id: Quoted::new(&id) });
        }
        Ok(Self(id))
    }

    /// The ID as text.
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
    fn cloudfronts_ids_are_accepted() {
        for id in ["K2JCJMDEHXQW5F", "APKAIATXN3RCIOVT5WRQ", "a-b_c"] {
            assert_eq!(KeyPairId::new(id).unwrap().as_str(), id);
        }
    }

    #[test]
    fn an_id_that_a_url_would_have_to_encode_is_rejected() {
        for id in ["", " K2JCJMDEHXQW5F", "K2&Policy=x", "Ké", "K\n", &"K".repeat(65)] {
            assert!(matches!(KeyPairId::new(id), Err(Error::InvalidKeyPairId { .. })), "{id:?}");
        }
    }
}
