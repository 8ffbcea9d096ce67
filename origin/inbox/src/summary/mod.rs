//! The summary of a clean file, which is stored next to it: what an owner wants to know before opening it.
//!
//! A parser of a stranger's file may be slow, need much memory, or crash. So it runs in a child process with limits
//! ([`process`]), and whatever happens to it, the file stays and the summary says so.

mod office;
mod pdf;
pub mod process;
mod text;

use serde::{Deserialize, Serialize};

use crate::content::{Archive, DOCUMENT_XML, ODT_CONTENT};
use crate::file_type::FileType;

/// The longest title, in characters.
const TITLE_CHARS: usize = 200;

/// What was counted. A field that a type does not have is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The document's own title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The number of pages of a PDF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<u64>,
    /// The number of paragraphs that have a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paragraphs: Option<u64>,
    /// The number of words, separated by white space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<u64>,
}

/// The file cannot be summarized. Nothing of it is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file cannot be read as {0}")]
pub struct Unreadable(pub FileType);

/// Summarizes a file. It is pure, and limits nothing but what is unpacked.
///
/// # Errors
/// [`Unreadable`] if the file has another structure than its type.
pub fn summarize(content: Vec<u8>, file_type: FileType) -> Result<Summary, Unreadable> {
    let part = |name| {
        let mut archive = Archive::open(&content).ok()?;
        String::from_utf8(archive.read(name).ok()??).ok()
    };
    let summary = match file_type {
        FileType::Docx => {
            part(DOCUMENT_XML).and_then(|document| office::docx(&document, part("docProps/core.xml").as_deref()))
        }
        FileType::Odt => part(ODT_CONTENT).and_then(|text| office::odt(&text, part("meta.xml").as_deref())),
        FileType::Text => String::from_utf8(content).ok().map(|content| text::plain(&content)),
        FileType::Markdown => String::from_utf8(content).ok().map(|content| text::markdown(&content)),
        FileType::Pdf => pdf::summarize(content),
    };
    summary.map(Summary::with_short_title).ok_or(Unreadable(file_type))
}

impl Summary {
    fn with_short_title(mut self) -> Self {
        let visible = |title: String| {
            let title: String = title.chars().filter(|character| !character.is_control()).take(TITLE_CHARS).collect();
            let title = title.trim().to_owned();
            (!title.is_empty()).then_some(title)
        };
        self.title = self.title.and_then(visible);
        self
    }
}

/// The number of words.
fn words(text: &str) -> u64 {
    u64::try_from(text.split_whitespace().count()).unwrap_or(u64::MAX)
}
