//! A value as an error message shows it.

use alloc::string::String;
use core::fmt;

/// The most characters of a value that a message repeats: enough to recognise it, too few to flood a log.
const SHOWN: usize = 120;

/// A value that was refused, shortened and escaped so that it cannot break a log line.
#[derive(Clone, PartialEq, Eq)]
pub struct Quoted(String);

impl Quoted {
    /// Keeps the beginning of `value`.
    pub(crate) fn new(value: &str) -> Self {
        let mut shown: String = value.chars().take(SHOWN).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        Self(shown)
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl fmt::Debug for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
