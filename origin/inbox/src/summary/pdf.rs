//! PDF.

use hayro_syntax::Pdf;

use super::Summary;

/// Counts the pages; `None` if the file cannot be read, for example because it has a password.
pub(super) fn summarize(content: Vec<u8>) -> Option<Summary> {
    let pdf = Pdf::new(content).ok()?;
    let title = pdf.metadata().title.as_deref().map(text);
    Some(Summary { title, pages: u64::try_from(pdf.pages().len()).ok(), ..Summary::default() })
}

/// A text string: UTF-16BE or UTF-8 with its mark, or else PDFDocEncoding, whose printable ASCII is kept.
/// <https://developer.adobe.com/document-services/docs/assets/5b15559b96303194340b99820d3a70fa/PDF_ISO_32000-2.pdf> 7.9.2.2
fn text(bytes: &[u8]) -> String {
    if let Some(units) = bytes.strip_prefix(b"\xfe\xff") {
        let units: Vec<_> = units.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        return String::from_utf16_lossy(&units);
    }
    if let Some(utf8) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(utf8).into_owned();
    }
    bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vitae_testing::pdf;

    #[test]
    fn pages_and_title_are_read() {
        let summary = summarize(pdf().into_bytes()).unwrap();
        assert_eq!(summary, Summary { title: Some("A brief".into()), pages: Some(1), ..Summary::default() });
        assert_eq!(summarize(b"%PDF-1.7\nnothing".to_vec()), None);
    }

    #[test]
    fn a_title_is_decoded() {
        assert_eq!(text(b"\xfe\xff\0M\0\xfc"), "Mü");
        assert_eq!(text("\u{feff}Mü".as_bytes()), "Mü");
        assert_eq!(text(b"M\xfc"), "M\u{fffd}");
    }
}
