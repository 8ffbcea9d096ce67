//! The owner's label of a link, such as `Acme, J. Doe`. Only the owner sees it.

use crate::limits::LABEL_CHARS;

/// A label: 1 to 100 characters without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label(String);

/// A text that is not a label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not a label: use 1 to {LABEL_CHARS} characters on one line, such as \"Acme, J. Doe\"")]
pub struct BadLabel {
    /// The text.
    pub value: String,
}

impl Label {
    /// Parses a label. Spaces around it are removed.
    ///
    /// # Errors
    /// [`BadLabel`] quotes the text.
    pub fn parse(text: &str) -> Result<Self, BadLabel> {
        let label = text.trim();
        let is_valid = (1..=LABEL_CHARS).contains(&label.chars().count()) && !label.chars().any(char::is_control);
        if is_valid { Ok(Self(label.to_owned())) } else { Err(BadLabel { value: text.to_owned() }) }
    }

    /// The label.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_line_of_up_to_100_characters() {
        assert_eq!(Label::parse("  Acme, J. Doe ").unwrap().as_str(), "Acme, J. Doe");
        assert!(Label::parse(&"é".repeat(100)).is_ok());
        for text in ["", "  ", "a\nb", "a\u{7f}", &"é".repeat(101)] {
            assert_eq!(Label::parse(text), Err(BadLabel { value: text.to_owned() }));
        }
    }
}
