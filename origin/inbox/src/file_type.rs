//! The accepted types of files.

use core::fmt;

/// A type that a visitor may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileType {
    /// A PDF.
    Pdf,
    /// A document of Microsoft Word, without macros.
    Docx,
    /// An OpenDocument text.
    Odt,
    /// Plain text in UTF-8.
    Text,
    /// Markdown in UTF-8.
    Markdown,
}

impl FileType {
    /// Every accepted type.
    pub const ALL: [Self; 5] = [Self::Pdf, Self::Docx, Self::Odt, Self::Text, Self::Markdown];

    /// The media type, without parameters, as the visitor must declare it.
    /// <https://www.iana.org/assignments/media-types/media-types.xhtml>
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Text => "text/plain",
            Self::Markdown => "text/markdown",
        }
    }

    /// The file name's extension, in lower case.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Odt => "odt",
            Self::Text => "txt",
            Self::Markdown => "md",
        }
    }

    /// The type with this media type.
    #[must_use]
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|file_type| file_type.media_type() == media_type)
    }
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.media_type())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_accepted_in_one_spelling() {
        for file_type in FileType::ALL {
            assert_eq!(FileType::from_media_type(file_type.media_type()), Some(file_type));
        }
        for other in ["", "application/PDF", "text/plain; charset=utf-8", "image/png", "application/zip"] {
            assert_eq!(FileType::from_media_type(other), None, "{other}");
        }
    }
}
