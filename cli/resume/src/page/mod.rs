//! The model of a page, which templates of the page and of the PDF render. It has every text of the resume once, and no section
//! that is empty.

mod entry;
mod json_ld;
mod row;

use serde::Serialize;

pub use self::{
    entry::{Entry, Period, Section, Timeline},
    row::{Item, Row},
};
use crate::{
    check::picture_path,
    date::Today,
    graph::{Graph, Scale},
    language::{self, Labels},
    link,
    resume::Resume,
};

/// A summary of at most this many characters follows the profession in large type; a longer one is a text of its own.
const SHORT_SUMMARY: usize = 160;

/// A page in one language.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The language, as in HTML's `lang`.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// The title of the page and of the PDF.
    pub title: String,
    /// For search engines and previews.
    pub description: String,
    /// The name.
    pub name: String,
    /// The profession and, if it is short, the summary.
    pub lede: String,
    /// The paragraphs of a longer summary.
    pub about: Vec<String>,
    /// The path of the picture on the site; empty if it is missing.
    pub photo: String,
    /// The e-mail address; empty if it is missing.
    pub email: Contact,
    /// Other contacts, in the order of the resume.
    pub contacts: Vec<Contact>,
    /// The lines of the address.
    pub place: Vec<String>,
    /// The train graph, if there is enough to draw.
    pub graph: Option<Graph>,
    /// Work, volunteering and projects.
    pub sections: Vec<Section>,
    /// Everything else.
    pub background: Vec<Row>,
    /// Texts of the page.
    pub labels: Labels,
    /// The person as JSON-LD, in which `<`, `>` and `&` are escaped, so that it is safe within an element `script`.
    pub json_ld: String,
    /// The page's own address; empty if the resume does not have the address of the site.
    pub canonical: String,
    /// The site's address with a final slash; empty if the resume does not have it.
    pub site: String,
    /// The pages of all languages, if there are several.
    pub languages: Vec<LanguageLink>,
    /// The path of the PDF below `/cv/`, such as `resume.pdf`.
    pub document: String,
    /// The path of the preview picture on the site; empty if it is missing.
    pub picture: String,
}

/// A way to reach the person, or a page about them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// The text.
    pub text: String,
    /// The link; empty if it is missing.
    pub href: String,
    /// What it is, such as the name of a network; empty if the text says so.
    pub label: String,
}

/// A link to the page in a language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LanguageLink {
    /// The language.
    pub lang: String,
    /// Its name in that language.
    pub name: String,
    /// The path, such as `/de/`.
    pub path: String,
    /// Whether it is this page.
    pub is_current: bool,
}

/// What a page needs besides its resume.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The language of the page.
    pub lang: String,
    /// The path of the page, such as `/` or `/de/`.
    pub path: String,
    /// The pages of all languages.
    pub languages: Vec<LanguageLink>,
    /// The name of the PDF.
    pub document: String,
    /// The path of the preview picture; empty if it is missing.
    pub picture: String,
    /// When the page is built.
    pub today: Today,
}

impl Page {
    /// The page of a resume.
    #[must_use]
    pub fn new(resume: &Resume, surroundings: Surroundings) -> Self {
        let Surroundings { lang, path, languages, document, picture, today } = surroundings;
        let basics = &resume.basics;
        let labels = Labels::new(&lang, &resume.meta.labels);
        let scale = Scale::new(entry::periods(resume), today);
        let graph = scale.and_then(|scale| {
            let mut graph = Graph::new(&entry::stays(resume), scale, today)?;
            graph.text = entry::journey(resume, &labels);
            Some(graph)
        });
        let (lede, about) = introduction(&basics.label, &basics.summary);
        let title = [basics.name.as_str(), &basics.label].into_iter().filter(|text| !text.is_empty());
        let title = title.collect::<Vec<_>>().join(" · ");
        let site = site_address(&resume.meta.site);
        let canonical = if site.is_empty() { String::new() } else { format!("{site}{}", path.trim_start_matches('/')) };
        let email = Contact {
            text: basics.email.clone(),
            href: link::mailto(&basics.email).unwrap_or_default(),
            label: String::new(),
        };
        Self {
            dir: language::direction(&lang),
            description: description(&basics.label, &basics.summary),
            json_ld: json_ld::person(resume, &canonical),
            title: if title.is_empty() { labels.get("cv").to_owned() } else { title },
            name: basics.name.clone(),
            lede,
            about,
            photo: picture_path(&basics.image).map(|path| format!("/{path}")).unwrap_or_default(),
            email,
            contacts: contacts(resume),
            place: address(resume),
            graph,
            sections: entry::sections(resume, &labels, &lang, scale, today),
            background: row::rows(resume, &labels, &lang),
            labels,
            canonical,
            site,
            languages: if languages.len() > 1 { languages } else { Vec::new() },
            document,
            picture,
            lang,
        }
    }

    /// Whether there is a section of work to skip to.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.sections.iter().any(|section| section.id == "work")
    }
}

/// The site's address with a final slash; empty if it is not a link.
fn site_address(site: &str) -> String {
    match link::check(site) {
        Ok(site) if site.starts_with("http") => format!("{}/", site.trim_end_matches('/')),
        _ => String::new(),
    }
}

/// The text in large type, and the paragraphs after it.
fn introduction(label: &str, summary: &str) -> (String, Vec<String>) {
    let is_short = summary.chars().count() <= SHORT_SUMMARY && !summary.contains('\n');
    if is_short { (join_sentences(label, summary), Vec::new()) } else { (label.to_owned(), paragraphs(summary)) }
}

fn join_sentences(first: &str, second: &str) -> String {
    if first.is_empty() || second.is_empty() {
        return format!("{first}{second}");
    }
    let last = first.chars().next_back().unwrap_or(' ');
    let separator = match last {
        '.' | '!' | '?' | '…' => " ",
        '。' | '！' | '？' => "",
        // East Asian scripts.
        c if ('\u{3040}'..='\u{9fff}').contains(&c) => "。",
        _ => ". ",
    };
    format!("{first}{separator}{second}")
}

/// At most about 160 characters, which is what search engines show, cut between words.
fn description(label: &str, summary: &str) -> String {
    let text = join_sentences(label, summary).split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= SHORT_SUMMARY {
        return text;
    }
    let cut: String = text.chars().take(SHORT_SUMMARY).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{cut}…")
}

/// The paragraphs of a text, which are separated by empty lines.
fn paragraphs(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).map(str::to_owned).collect()
}

/// The link, or nothing if it is not one that a page may have.
fn href(url: &str) -> String {
    link::check(url).map(str::to_owned).unwrap_or_default()
}

/// Texts that are not empty.
fn present(texts: &[String]) -> Vec<String> {
    texts.iter().filter(|text| !text.trim().is_empty()).cloned().collect()
}

fn contacts(resume: &Resume) -> Vec<Contact> {
    let basics = &resume.basics;
    let mut contacts = Vec::new();
    if !basics.phone.is_empty() {
        let href = link::tel(&basics.phone).unwrap_or_default();
        contacts.push(Contact { text: basics.phone.clone(), href, label: String::new() });
    }
    if !basics.url.is_empty() {
        let text = link::display(&basics.url).to_owned();
        contacts.push(Contact { text, href: href(&basics.url), label: String::new() });
    }
    for profile in &basics.profiles {
        let text = if profile.username.is_empty() { link::display(&profile.url) } else { &profile.username };
        let contact = Contact { text: text.to_owned(), href: href(&profile.url), label: profile.network.clone() };
        if contact == Contact::default() {
            continue;
        }
        // A network without a name or page is its own text.
        contacts.push(match contact {
            Contact { text, href, label } if text.is_empty() => Contact { text: label, href, label: String::new() },
            contact => contact,
        });
    }
    contacts
}

fn address(resume: &Resume) -> Vec<String> {
    let location = &resume.basics.location;
    let town = [location.postal_code.as_str(), &location.city].into_iter().filter(|text| !text.is_empty());
    let town = town.collect::<Vec<_>>().join(" ");
    let region = [town.as_str(), &location.region, &location.country_code].into_iter().filter(|text| !text.is_empty());
    let region = region.collect::<Vec<_>>().join(", ");
    location
        .address
        .lines()
        .map(str::trim)
        .chain([region.as_str()])
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_summary_follows_the_profession_and_a_long_one_has_paragraphs() {
        assert_eq!(introduction("Pilot", "I fly."), ("Pilot. I fly.".into(), vec![]));
        assert_eq!(introduction("", "I fly."), ("I fly.".into(), vec![]));
        assert_eq!(introduction("設計者", "飛行機を作る。"), ("設計者。飛行機を作る。".into(), vec![]));
        let long = format!("{}\n\nSecond.", "word ".repeat(50));
        let (lede, about) = introduction("Pilot", &long);
        assert_eq!((lede.as_str(), about.len()), ("Pilot", 2));
    }

    #[test]
    fn a_description_is_cut_between_words() {
        let text = description("", &"word ".repeat(100));
        assert!(text.chars().count() <= SHORT_SUMMARY + 1 && text.ends_with("word…"), "{text}");
    }

    #[test]
    fn the_address_of_the_site_ends_in_one_slash() {
        assert_eq!(site_address("https://example.com"), "https://example.com/");
        assert_eq!(site_address("https://example.com//"), "https://example.com/");
        assert_eq!(site_address("javascript:x"), "");
        assert_eq!(site_address("mailto:a@example.com"), "");
    }
}
