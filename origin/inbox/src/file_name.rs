//! The name that a visitor gives a file. It is shown to the owner and never used as an object's key.

use core::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::file_type::FileType;
use crate::limits::NAME_BYTES;

/// A file name: in normalization form C, without a path, control or direction characters, at most 255 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(String);

/// Why a name is rejected. The name is the visitor's, so it is not quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Empty, or only spaces.
    #[error("the name is empty")]
    Empty,
    /// Too long.
    #[error("the name has {bytes} bytes in UTF-8; use at most {NAME_BYTES}")]
    Length {
        /// The number of bytes.
        bytes: usize,
    },
    /// A path and not a name.
    #[error("the name is a path; send the last part only")]
    Path,
    /// A control character, or one that changes the direction of the text and so hides the extension.
    #[error("the name has the character U+{code:04X}, which is not shown as it is; remove it")]
    Character {
        /// The character's code point.
        code: u32,
    },
}

impl FileName {
    /// Normalizes and validates a name.
    ///
    /// # Errors
    /// [`BadName`] names the violated rule.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        // Normalization is skipped for a text that is too long by any form: composing does not shorten it so much.
        if text.len() > 3 * NAME_BYTES {
            return Err(BadName::Length { bytes: text.len() });
        }
        if let Some(character) = text.chars().find(|character| is_hidden(*character)) {
            return Err(BadName::Character { code: character.into() });
        }
        let name: String = text.trim().nfc().collect();
        match name.as_str() {
            "" => Err(BadName::Empty),
            "." | ".." => Err(BadName::Path),
            name if name.contains(['/', '\\']) => Err(BadName::Path),
            name if name.len() > NAME_BYTES => Err(BadName::Length { bytes: name.len() }),
            _ => Ok(Self(name)),
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the extension is the type's, in any case.
    #[must_use]
    pub fn has_extension_of(&self, file_type: FileType) -> bool {
        let parts = self.0.rsplit_once('.');
        parts.is_some_and(|(stem, extension)| !stem.is_empty() && extension.eq_ignore_ascii_case(file_type.extension()))
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Control characters, line and paragraph separators, and the characters of the bidirectional algorithm.
/// <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || character == '\u{feff}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_normalized() {
        assert_eq!(
            FileName::parse("  Stellenangebot Mu\u{308}ller.pdf ").unwrap().as_str(),
            "Stellenangebot Müller.pdf"
        );
        assert_eq!(FileName::parse("概要.pdf").unwrap().as_str(), "概要.pdf");
    }

    #[test]
    fn a_path_a_hidden_character_and_a_wrong_length_are_rejected() {
        for (name, error) in [
            ("", BadName::Empty),
            ("   ", BadName::Empty),
            ("..", BadName::Path),
            ("a/b.pdf", BadName::Path),
            ("..\\b.pdf", BadName::Path),
            ("a\0.pdf", BadName::Character { code: 0 }),
            ("a\nb.pdf", BadName::Character { code: 10 }),
            ("brief\u{202e}fdp.exe", BadName::Character { code: 0x202e }),
        ] {
            assert_eq!(FileName::parse(name), Err(error), "{name:?}");
        }
        assert!(FileName::parse(&"a".repeat(255)).is_ok());
        assert_eq!(FileName::parse(&"a".repeat(256)), Err(BadName::Length { bytes: 256 }));
        assert_eq!(FileName::parse(&"é".repeat(128)), Err(BadName::Length { bytes: 256 }));
        assert!(FileName::parse(&"a".repeat(100_000)).is_err());
    }

    #[test]
    fn the_extension_is_compared_in_any_case() {
        let name = |text: &str| FileName::parse(text).unwrap();
        assert!(name("Brief.PDF").has_extension_of(FileType::Pdf));
        assert!(name("a.b.md").has_extension_of(FileType::Markdown));
        for text in ["pdf", ".pdf", "brief.pdf.exe", "brief"] {
            assert!(!name(text).has_extension_of(FileType::Pdf), "{text}");
        }
    }
}
