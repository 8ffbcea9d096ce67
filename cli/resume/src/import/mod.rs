//! Makes a resume from a file of another version of JSON Resume, or from LinkedIn's data export.

mod json_resume;
mod linkedin;

use crate::resume::Resume;

/// An imported resume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The resume.
    pub resume: Resume,
    /// What was not imported, one line each.
    pub not_imported: Vec<String>,
}

/// Why a file cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Neither JSON nor a ZIP.
    #[error(
        "the file is neither JSON nor a ZIP: import a resume.json, or the ZIP of LinkedIn's \"Get a copy of your data\""
    )]
    UnknownFormat,
    /// JSON that is not a resume.
    #[error("the file is not a resume: {0}")]
    Json(String),
    /// A ZIP that cannot be read.
    #[error("the ZIP cannot be read: {0}")]
    Zip(String),
    /// A ZIP without the files of a profile.
    #[error(
        "the ZIP has no Profile.csv and no Positions.csv: request \"Profile\" in LinkedIn's \"Get a copy of your data\""
    )]
    NoProfile,
}

/// Imports the content of a file.
///
/// # Errors
/// See [`ImportError`].
pub fn import(content: &[u8]) -> Result<Imported, ImportError> {
    // <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>, section 4.3.7.
    if content.starts_with(b"PK\x03\x04") {
        return linkedin::import(content);
    }
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    match content.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => json_resume::import(content),
        _ => Err(ImportError::UnknownFormat),
    }
}
