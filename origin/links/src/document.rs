//! The document that a link opens.

use vitae_parameters::is_cv_path;

/// A document: its path below `/cv/`, percent-encoded, such as `resume.pdf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document(String);

/// A text that is not the path of a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not a document: use its path below /cv/, percent-encoded where needed, such as resume.pdf")]
pub struct BadDocument {
    /// The text.
    pub value: String,
}

impl Document {
    /// Parses the path below `/cv/`.
    ///
    /// # Errors
    /// [`BadDocument`] quotes the text.
    pub fn parse(text: &str) -> Result<Self, BadDocument> {
        let document = Self(text.to_owned());
        if is_cv_path(&document.path()) { Ok(document) } else { Err(BadDocument { value: text.to_owned() }) }
    }

    /// The document of a CV path such as `/cv/resume.pdf`.
    ///
    /// # Errors
    /// [`BadDocument`] quotes the path.
    pub fn from_path(path: &str) -> Result<Self, BadDocument> {
        path.strip_prefix("/cv/").map_or_else(|| Err(BadDocument { value: path.to_owned() }), Self::parse)
    }

    /// The path below `/cv/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path on the site.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/cv/{}", self.0)
    }

    /// The name to show: the last segment, decoded.
    #[must_use]
    pub fn name(&self) -> String {
        let last = self.0.rsplit('/').next().unwrap_or_default();
        percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_below_cv() {
        let document = Document::from_path("/cv/2026/r%C3%A9sum%C3%A9.pdf").unwrap();
        assert_eq!(document.as_str(), "2026/r%C3%A9sum%C3%A9.pdf");
        assert_eq!(document.path(), "/cv/2026/r%C3%A9sum%C3%A9.pdf");
        assert_eq!(document.name(), "résumé.pdf");
    }

    #[test]
    fn another_path_is_quoted() {
        for text in ["", "/resume.pdf", "../index.html", "a//b", "résumé.pdf", "*.pdf", "resume.pdf?x"] {
            assert_eq!(Document::parse(text), Err(BadDocument { value: text.to_owned() }));
        }
        assert!(Document::from_path("/index.html").is_err());
    }
}
