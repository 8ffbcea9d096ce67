//! The code of a link, and its id.

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use getrandom::SysRng;
use getrandom::rand_core::TryRng as _;
use sha2::{Digest as _, Sha256};
use vitae_parameters::is_link_code;

/// The entropy of a code in bytes.
pub const BYTES: usize = 16;

/// The digits of an id that the command line prints. It accepts every unique prefix.
pub const SHORT_ID_CHARS: usize = 12;

/// The code of a link. Anyone who has it can open the link, so `Debug` omits it.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

/// The id of a link: the SHA-256 of its code, in lower-case hexadecimal. It opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(String);

/// The operating system's random number generator failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system's random number generator failed; no link was created")]
pub struct RandomnessError;

impl Code {
    /// A new code.
    ///
    /// # Errors
    /// [`RandomnessError`].
    pub fn generate() -> Result<Self, RandomnessError> {
        let mut bytes = [0; BYTES];
        SysRng.try_fill_bytes(&mut bytes).map_err(|_| RandomnessError)?;
        Ok(Self::from_bytes(&bytes))
    }

    /// The code of these bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; BYTES]) -> Self {
        Self(Base64UrlUnpadded::encode_string(bytes))
    }

    /// Parses a code; `None` if it has another form. The last character has four unused bits, which are not checked: such a
    /// code has a hash that no link has.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_link_code(text).then(|| Self(text.to_owned()))
    }

    /// The code, for its URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of its link.
    #[must_use]
    pub fn id(&self) -> LinkId {
        LinkId(hex(&Sha256::digest(self.0.as_bytes())))
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

impl LinkId {
    /// Parses an id; `None` if it is not 64 hexadecimal digits in lower case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_hex_256(text).then(|| Self(text.to_owned()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its first digits, as the command line and the log have them.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[..SHORT_ID_CHARS]
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Whether a text is 256 bits in lower-case hexadecimal.
pub(crate) fn is_hex_256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_22_characters_and_no_two_are_equal() {
        let codes: std::collections::BTreeSet<_> =
            (0..1000).map(|_| Code::generate().unwrap().as_str().to_owned()).collect();
        assert_eq!(codes.len(), 1000);
        assert!(codes.iter().all(|code| Code::parse(code).is_some()));
    }

    #[test]
    fn other_texts_are_not_codes() {
        for text in [
            "",
            "request",
            "AAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAA=",
            "éAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(Code::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_id_is_the_hash_of_the_code_and_not_the_code() {
        let code = Code::from_bytes(&[0; BYTES]);
        assert_eq!(code.as_str(), "AAAAAAAAAAAAAAAAAAAAAA");
        // sha256sum of the 22 characters.
        assert_eq!(code.id().as_str(), "8a5bdb4cc15164126c6ef2668de9dd240d299ce6397a42c95a9411b93d080ed8");
        assert_eq!(code.id().short().len(), SHORT_ID_CHARS);
        assert_eq!(format!("{code:?}"), "Code(..)");
    }
}
