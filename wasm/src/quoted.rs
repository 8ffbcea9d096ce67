//! A value quoted in an error message.

use alloc::string::String;
use core::fmt::{self, Write};

/// The most characters of a value that a message quotes: enough to recognise it, too few to flood a log.
const MAX_CHARACTERS: usize = 120;

/// A rejected value, shortened and escaped so that it cannot break a log line.
#[derive(Clone, PartialEq, Eq)]
pub struct Quoted(String);

impl Quoted {
    /// Keeps the beginning of `value`.
    pub(crate) fn new(value: &str) -> Self {
        let mut shown: String = value.chars().take(MAX_CHARACTERS).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        Self(shown)
    }
}

impl From<char> for Quoted {
    fn from(character: char) -> Self {
        Self(character.into())
    }
}

impl fmt::Display for Quoted {
    /// In quotes, with control characters escaped. `str`'s `Debug` would link Unicode tables of several kilobytes, too
    /// much for a package that browsers load.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for character in self.0.chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                control if control.is_control() => write!(f, "{}", control.escape_unicode())?,
                other => f.write_char(other)?,
            }
        }
        f.write_char('"')
    }
}

impl fmt::Debug for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_quoted_value_cannot_break_the_log_line() {
        assert_eq!(Quoted::new("a\"b\\c\n\u{7f}é").to_string(), r#""a\"b\\c\u{a}\u{7f}é""#);
    }

    #[test]
    fn a_long_value_is_shortened() {
        assert_eq!(Quoted::new(&"é".repeat(121)).to_string(), alloc::format!("\"{}…\"", "é".repeat(120)));
    }
}
