//! DOCX and ODT: the text of their XML.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

use super::{Summary, words};

/// The elements of a format. Their prefixes are those that every known writer uses.
struct Format {
    paragraphs: &'static [&'static str],
    /// Elements whose text counts; empty if all of a paragraph's text does.
    runs: &'static [&'static str],
    spaces: &'static [&'static str],
}

/// <https://ecma-international.org/publications-and-standards/standards/ecma-376/> 17.3
const DOCX: Format = Format { paragraphs: &["w:p"], runs: &["w:t"], spaces: &["w:tab", "w:br", "w:cr"] };

/// <https://docs.oasis-open.org/office/OpenDocument/v1.3/os/part3-schema/> 5.1, 6.1
const ODT: Format =
    Format { paragraphs: &["text:p", "text:h"], runs: &[], spaces: &["text:s", "text:tab", "text:line-break"] };

/// Counts the text of `word/document.xml`; the title is in `docProps/core.xml`.
pub(super) fn docx(document: &str, core: Option<&str>) -> Option<Summary> {
    DOCX.count(document).map(|summary| Summary { title: core.and_then(title), ..summary })
}

/// Counts the text of `content.xml`; the title is in `meta.xml`.
pub(super) fn odt(content: &str, meta: Option<&str>) -> Option<Summary> {
    ODT.count(content).map(|summary| Summary { title: meta.and_then(title), ..summary })
}

impl Format {
    fn count(&self, xml: &str) -> Option<Summary> {
        let mut summary = Summary { paragraphs: Some(0), words: Some(0), ..Summary::default() };
        let mut text = String::new();
        let (mut paragraph_depth, mut run_depth) = (0_u32, 0_u32);
        let mut reader = Reader::from_str(xml);
        loop {
            match reader.read_event().ok()? {
                Event::Start(element) => {
                    let name = element.name().0;
                    paragraph_depth += u32::from(self.paragraphs.contains(&name));
                    run_depth += u32::from(self.runs.contains(&name));
                }
                Event::Empty(element) if self.spaces.contains(&element.name().0) => text.push(' '),
                Event::Text(part) if paragraph_depth > 0 && (self.runs.is_empty() || run_depth > 0) => {
                    text.push_str(part.as_ref());
                }
                Event::GeneralRef(reference) if paragraph_depth > 0 => {
                    let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                    let entity = resolve_xml_entity(reference.as_ref()).map(str::to_owned);
                    text.push_str(&character.or(entity).unwrap_or_default());
                }
                Event::End(element) => {
                    let name = element.name().0;
                    run_depth = run_depth.saturating_sub(u32::from(self.runs.contains(&name)));
                    if self.paragraphs.contains(&name) {
                        paragraph_depth = paragraph_depth.saturating_sub(1);
                        summary.add_paragraph(&std::mem::take(&mut text));
                    }
                }
                Event::Eof => return Some(summary),
                _ => {}
            }
        }
    }
}

impl Summary {
    fn add_paragraph(&mut self, text: &str) {
        let count = words(text);
        self.words = self.words.map(|words| words + count);
        self.paragraphs = self.paragraphs.map(|paragraphs| paragraphs + u64::from(count > 0));
    }
}

/// The text of `dc:title`.
fn title(xml: &str) -> Option<String> {
    let mut reader = Reader::from_str(xml);
    let mut title: Option<String> = None;
    loop {
        match (reader.read_event().ok()?, &mut title) {
            (Event::Start(element), _) if element.name().0 == "dc:title" => title = Some(String::new()),
            (Event::Text(part), Some(title)) => title.push_str(part.as_ref()),
            (Event::GeneralRef(reference), Some(title)) => {
                title.push_str(resolve_xml_entity(reference.as_ref()).unwrap_or_default());
            }
            (Event::End(element), _) if element.name().0 == "dc:title" => return title,
            (Event::Eof, _) => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: &str = "<w:document><w:body>\
        <w:p><w:r><w:t>An engi</w:t></w:r><w:r><w:t>neer</w:t></w:r><w:r><w:tab/><w:instrText>PAGE</w:instrText></w:r></w:p>\
        <w:p/><w:p><w:r><w:t>R&amp;D</w:t><w:br/><w:t>Berlin</w:t></w:r></w:p></w:body></w:document>";

    #[test]
    fn words_of_a_docx_may_span_runs_and_field_codes_do_not_count() {
        let summary = docx(WORD, Some("<cp:x><dc:title>Engineer &amp; more</dc:title></cp:x>")).unwrap();
        let title = Some("Engineer & more".into());
        assert_eq!(summary, Summary { title, paragraphs: Some(2), words: Some(4), ..Summary::default() });
    }

    #[test]
    fn headings_and_paragraphs_of_an_odt_are_counted() {
        let content = "<office:text><text:h>An engineer</text:h><text:p>for<text:s/>us<text:span> now</text:span></text:p>\
            <text:p/></office:text>";
        let summary = odt(content, None).unwrap();
        assert_eq!(summary, Summary { paragraphs: Some(2), words: Some(5), ..Summary::default() });
    }

    #[test]
    fn damaged_xml_is_not_counted_and_an_unknown_entity_is_not_expanded() {
        assert_eq!(docx("<w:p><w:t>a</w:p>", None), None);
        let bomb = "<!DOCTYPE a [<!ENTITY b \"c c\">]><w:p><w:t>&b;&b;</w:t></w:p>";
        assert_eq!(docx(bomb, None).unwrap().words, Some(0));
    }
}
