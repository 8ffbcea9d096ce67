//! The parts of a DOCX or ODT, which are ZIP archives. What is unpacked is limited in total, so that an archive of a few
//! kilobytes cannot fill the memory.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::Mismatch;

/// The most entries of an archive. A long document with images has some hundreds.
const ENTRIES: usize = 10_000;

/// How many bytes are unpacked from one archive in all.
const UNPACKED_BYTES: u64 = 64 * 1024 * 1024;

/// The main part of a DOCX. <https://ecma-international.org/publications-and-standards/standards/ecma-376/>
pub(crate) const DOCUMENT_XML: &str = "word/document.xml";

/// The text of an ODT. <https://docs.oasis-open.org/office/OpenDocument/v1.3/os/part2-packages/>
pub(crate) const ODT_CONTENT: &str = "content.xml";

/// The content type of a DOCX's main part. That of a document with macros differs.
const DOCX_MAIN: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

/// The content of an ODT's first entry.
const ODT_TYPE: &str = "application/vnd.oasis.opendocument.text";

/// An archive, of which [`UNPACKED_BYTES`] may be unpacked.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    left: u64,
}

impl<'a> Archive<'a> {
    /// Reads the directory.
    pub(crate) fn open(content: &'a [u8]) -> Result<Self, Mismatch> {
        let zip = ZipArchive::new(Cursor::new(content)).map_err(|_| Mismatch::Archive)?;
        if zip.len() > ENTRIES { Err(Mismatch::Archive) } else { Ok(Self { zip, left: UNPACKED_BYTES }) }
    }

    /// Whether it has an entry of this name.
    fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// Whether an entry's name has this property. A name that cannot be decoded has every property.
    fn any(&self, property: impl Fn(&str) -> bool) -> bool {
        self.zip.file_names().any(|name| name.map_or(true, |name| property(&name)))
    }

    /// Unpacks an entry; `None` if the archive has no entry of this name.
    pub(crate) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Mismatch> {
        let Some(index) = self.zip.index_for_name(name) else { return Ok(None) };
        let entry = self.zip.by_index(index).map_err(|_| Mismatch::Archive)?;
        let mut unpacked = Vec::new();
        // The size in the directory may be a lie, so the bytes are counted.
        entry.take(self.left + 1).read_to_end(&mut unpacked).map_err(|_| Mismatch::Archive)?;
        let size = u64::try_from(unpacked.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(size).ok_or(Mismatch::Archive)?;
        Ok(Some(unpacked))
    }

    fn text(&mut self, name: &str) -> Result<String, Mismatch> {
        let part = self.read(name)?.ok_or(Mismatch::Archive)?;
        String::from_utf8(part).map_err(|_| Mismatch::Archive)
    }
}

pub(super) fn check_docx(content: &[u8]) -> Result<(), Mismatch> {
    let mut archive = Archive::open(content)?;
    if archive.any(|name| name.ends_with("vbaProject.bin")) {
        return Err(Mismatch::Macros);
    }
    let types = archive.text("[Content_Types].xml")?;
    if types.contains("macroEnabled") {
        return Err(Mismatch::Macros);
    }
    if types.contains(DOCX_MAIN) && archive.has(DOCUMENT_XML) { Ok(()) } else { Err(Mismatch::Archive) }
}

pub(super) fn check_odt(content: &[u8]) -> Result<(), Mismatch> {
    let mut archive = Archive::open(content)?;
    if archive.text("mimetype")? != ODT_TYPE || !archive.has(ODT_CONTENT) {
        return Err(Mismatch::Archive);
    }
    let has_macros = archive.any(|name| name.starts_with("Basic/") || name.starts_with("Scripts/"));
    if has_macros { Err(Mismatch::Macros) } else { Ok(()) }
}
