//! Education, skills, languages and what else there is: rows of a list with a term and its items.

use serde::Serialize;

use super::{
    entry::{Period, period},
    href, paragraphs, present,
};
use crate::{
    language::Labels,
    resume::{Award, Certificate, Education, Interest, Language, Publication, Reference, Resume, Skill},
};

/// A row: a term and its items.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The name of the section in the schema.
    pub id: &'static str,
    /// The term.
    pub title: String,
    /// The items in the order of the resume.
    pub items: Vec<Item>,
    /// Whether the items are so short that they fit on one line.
    pub is_inline: bool,
}

/// An item of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its name.
    pub title: String,
    /// Its link; empty if it is missing.
    pub href: String,
    /// Whether the title is that of a work, as in HTML's `cite`.
    pub is_work: bool,
    /// What belongs to the title: the school, the publisher, a level.
    pub details: String,
    /// Parts of it, such as the keywords of a skill.
    pub parts: Vec<String>,
    /// When; `None` without a date.
    pub period: Option<Period>,
    /// The paragraphs of the summary.
    pub summary: Vec<String>,
    /// Whether the summary is what another person said.
    pub is_quote: bool,
}

/// The rows that have items.
pub(super) fn rows(resume: &Resume, labels: &Labels, lang: &str) -> Vec<Row> {
    let date = |date: &str| period(date, date, labels, lang);
    let rows = [
        ("education", items(&resume.education, |item| education(item, labels, lang))),
        ("skills", items(&resume.skills, skill)),
        ("languages", items(&resume.languages, language)),
        ("certificates", items(&resume.certificates, |item| certificate(item, date(&item.date)))),
        ("awards", items(&resume.awards, |item| award(item, date(&item.date)))),
        ("publications", items(&resume.publications, |item| publication(item, date(&item.release_date)))),
        ("interests", items(&resume.interests, interest)),
        ("references", items(&resume.references, reference)),
    ];
    let rows = rows.into_iter().filter(|(_, items)| !items.is_empty());
    rows.map(|(id, items)| Row { id, title: labels.get(id).to_owned(), is_inline: is_inline(&items), items }).collect()
}

fn items<T>(all: &[T], item: impl Fn(&T) -> Item) -> Vec<Item> {
    all.iter().map(item).filter(|item| !item.is_empty()).collect()
}

impl Item {
    fn is_empty(&self) -> bool {
        let Self { title, details, parts, period, summary, .. } = self;
        title.is_empty() && details.is_empty() && parts.is_empty() && period.is_none() && summary.is_empty()
    }
}

/// Whether items have a title and a short detail only.
fn is_inline(items: &[Item]) -> bool {
    let is_short = |item: &Item| {
        item.parts.is_empty() && item.summary.is_empty() && item.period.is_none() && item.title.chars().count() <= 24
    };
    items.len() > 1 && items.iter().all(is_short)
}

fn education(education: &Education, labels: &Labels, lang: &str) -> Item {
    let subject = present(&[education.study_type.clone(), education.area.clone()]).join(", ");
    let (title, institution) = if subject.is_empty() {
        (education.institution.clone(), String::new())
    } else {
        (subject, education.institution.clone())
    };
    let details = [institution, education.location.clone(), education.score.clone()];
    Item {
        title,
        href: href(&education.url),
        details: present(&details).join(", "),
        parts: present(&education.courses),
        period: period(&education.start_date, &education.end_date, labels, lang),
        ..Item::default()
    }
}

fn skill(skill: &Skill) -> Item {
    Item { title: skill.name.clone(), details: skill.level.clone(), parts: present(&skill.keywords), ..Item::default() }
}

fn language(language: &Language) -> Item {
    Item { title: language.language.clone(), details: language.fluency.clone(), ..Item::default() }
}

fn certificate(certificate: &Certificate, period: Option<Period>) -> Item {
    Item {
        title: certificate.name.clone(),
        href: href(&certificate.url),
        details: certificate.issuer.clone(),
        period,
        ..Item::default()
    }
}

fn award(award: &Award, period: Option<Period>) -> Item {
    Item {
        title: award.title.clone(),
        details: award.awarder.clone(),
        period,
        summary: paragraphs(&award.summary),
        ..Item::default()
    }
}

fn publication(publication: &Publication, period: Option<Period>) -> Item {
    Item {
        title: publication.name.clone(),
        href: href(&publication.url),
        is_work: true,
        details: publication.publisher.clone(),
        period,
        summary: paragraphs(&publication.summary),
        ..Item::default()
    }
}

fn interest(interest: &Interest) -> Item {
    Item { title: interest.name.clone(), parts: present(&interest.keywords), ..Item::default() }
}

fn reference(reference: &Reference) -> Item {
    Item { title: reference.name.clone(), summary: paragraphs(&reference.reference), is_quote: true, ..Item::default() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_section_without_content_is_left_out() {
        let resume = Resume {
            skills: vec![Skill::default()],
            publications: vec![Publication::default()],
            references: vec![Reference::default()],
            ..Resume::default()
        };
        assert!(rows(&resume, &Labels::new("en", &BTreeMap::new()), "en").is_empty());
    }

    #[test]
    fn a_school_without_a_subject_is_the_title() {
        let labels = Labels::new("en", &BTreeMap::new());
        let school = Education { institution: "MIT".into(), score: "4.0".into(), ..Education::default() };
        let item = education(&school, &labels, "en");
        assert_eq!((item.title.as_str(), item.details.as_str()), ("MIT", "4.0"));
        let item = education(&Education { area: "Arts".into(), ..school }, &labels, "en");
        assert_eq!((item.title.as_str(), item.details.as_str()), ("Arts", "MIT, 4.0"));
    }

    #[test]
    fn short_items_are_on_one_line() {
        let item = |title: &str| Item { title: title.into(), ..Item::default() };
        assert!(is_inline(&[item("Dutch"), item("Italian")]));
        assert!(!is_inline(&[item("Dutch")]));
        assert!(!is_inline(&[item("Dutch"), Item { parts: vec!["x".into()], ..item("Italian") }]));
    }
}
