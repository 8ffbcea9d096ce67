//! Compares a file's content with its declared type. This is not a scan for malware: it finds a file that is something else
//! than its name says.

mod archive;

pub(crate) use archive::{Archive, DOCUMENT_XML, ODT_CONTENT};

use crate::file_type::FileType;

/// Why the content is not a file of the declared type. Nothing of it is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The content begins as that of another type.
    #[error("the content is that of another type")]
    OtherType,
    /// The archive is damaged, too large unpacked, or lacks the parts of the declared type.
    #[error("the archive is damaged, too large when unpacked, or lacks a part that its type requires")]
    Archive,
    /// The document has macros.
    #[error("the document has macros")]
    Macros,
    /// The text is not UTF-8, or has control characters.
    #[error("the text is not UTF-8 or has control characters")]
    NotText,
}

/// Checks the content of a file.
///
/// # Errors
/// [`Mismatch`] names the violated rule.
pub fn check(content: &[u8], file_type: FileType) -> Result<(), Mismatch> {
    match file_type {
        FileType::Pdf if infer::get(content).is_some_and(|kind| kind.mime_type() == "application/pdf") => Ok(()),
        FileType::Pdf => Err(Mismatch::OtherType),
        FileType::Docx => archive::check_docx(content),
        FileType::Odt => archive::check_odt(content),
        FileType::Text | FileType::Markdown => check_text(content),
    }
}

/// A PDF, or a program for an old system, can consist of text characters only; so the known beginnings are looked for first.
fn check_text(content: &[u8]) -> Result<(), Mismatch> {
    if infer::get(content).is_some_and(|kind| kind.matcher_type() != infer::MatcherType::Text) {
        return Err(Mismatch::OtherType);
    }
    let text = core::str::from_utf8(content).map_err(|_| Mismatch::NotText)?;
    let is_text = |character: char| !character.is_control() || matches!(character, '\t' | '\n' | '\r' | '\u{c}');
    if text.chars().all(is_text) { Ok(()) } else { Err(Mismatch::NotText) }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::{Cursor, Write as _};

    use vitae_testing::pdf;
    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    use super::*;

    const CONTENT_TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;

    pub(crate) fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            let method = if *name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
            writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    pub(crate) fn docx(document: &str, core: &str) -> Vec<u8> {
        archive(&[("[Content_Types].xml", CONTENT_TYPES), ("word/document.xml", document), ("docProps/core.xml", core)])
    }

    pub(crate) fn odt(content: &str, meta: &str) -> Vec<u8> {
        archive(&[
            ("mimetype", "application/vnd.oasis.opendocument.text"),
            ("content.xml", content),
            ("meta.xml", meta),
        ])
    }

    /// The type that a file of each kind passes for.
    fn accepted(content: &[u8]) -> Vec<FileType> {
        FileType::ALL.into_iter().filter(|file_type| check(content, *file_type).is_ok()).collect()
    }

    #[test]
    fn each_type_is_recognised_and_passes_for_no_other() {
        assert_eq!(accepted(pdf().as_bytes()), [FileType::Pdf]);
        assert_eq!(accepted(&docx("<document/>", "<core/>")), [FileType::Docx]);
        assert_eq!(accepted(&odt("<content/>", "<meta/>")), [FileType::Odt]);
        assert_eq!(accepted("# Büro\n\tÄ\r\n".as_bytes()), [FileType::Text, FileType::Markdown]);
        assert_eq!(accepted(b"<!DOCTYPE html><p>"), [FileType::Text, FileType::Markdown]);
    }

    #[test]
    fn other_content_passes_for_nothing() {
        let macros = archive(&[
            ("[Content_Types].xml", CONTENT_TYPES),
            ("word/document.xml", "<a/>"),
            ("word/vbaProject.bin", "x"),
        ]);
        assert_eq!(check(&macros, FileType::Docx), Err(Mismatch::Macros));
        let spreadsheet =
            archive(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<a/>")]);
        for content in [
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".as_slice(),
            b"MZ\x90\0\x03\0\0\0",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            b"PK\x03\x04 not an archive",
            b"text with a \0",
            b"not UTF-8: \xff",
            b"\x1b[2J",
            &archive(&[("a.txt", "a")]),
            &macros,
            &spreadsheet,
        ] {
            assert_eq!(accepted(content), [], "{:?}", String::from_utf8_lossy(content));
        }
    }

    #[test]
    fn an_empty_file_is_text_only() {
        assert_eq!(accepted(b""), [FileType::Text, FileType::Markdown]);
    }
}
