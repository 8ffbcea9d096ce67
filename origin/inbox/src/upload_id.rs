//! The id of an upload, which is also the visitor's right to read its status.

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};

/// The number of random bytes.
const BYTES: usize = 16;

/// The number of characters: [`BYTES`] in base64url without padding.
pub const CHARS: usize = 22;

/// 22 characters of base64url, from 16 random bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UploadId(String);

impl UploadId {
    /// A new id from the system's random numbers.
    ///
    /// # Errors
    /// If the system has none.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(Base64UrlUnpadded::encode_string(&bytes)))
    }

    /// Parses an id; `None` if it has another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (text.len() == CHARS && text.bytes().all(is_allowed)).then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_id_round_trips_and_is_new_each_time() {
        let (first, second) = (UploadId::random().unwrap(), UploadId::random().unwrap());
        assert_ne!(first, second);
        assert_eq!(UploadId::parse(first.as_str()), Some(first));
    }

    #[test]
    fn another_form_is_rejected() {
        for text in ["", "short", "0123456789012345678901+", "012345678901234567890/", "01234567890123456789é"] {
            assert_eq!(UploadId::parse(text), None, "{text}");
        }
    }
}
