//! Languages: their direction, and the texts of the page that are not in the resume.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::date::Date;

/// Languages that are written from right to left in their usual script.
const RIGHT_TO_LEFT: [&str; 10] = ["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];

/// A text that is not the tag of a language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the tag of a language: write one such as en, de-CH or zh-Hant")]
pub struct LanguageError(String);

/// Checks the form of a tag: a language, and perhaps a script and a region. <https://www.rfc-editor.org/rfc/rfc5646#section-2.1>
///
/// # Errors
/// [`LanguageError`].
pub fn check(tag: &str) -> Result<(), LanguageError> {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let is_language = (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_part = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_language && parts.all(is_part) { Ok(()) } else { Err(LanguageError(tag.to_owned())) }
}

/// The value of HTML's `dir` for a language.
#[must_use]
pub fn direction(tag: &str) -> &'static str {
    let language = tag.split('-').next().unwrap_or_default();
    if RIGHT_TO_LEFT.contains(&language) { "rtl" } else { "ltr" }
}

/// The texts of a page that are not in the resume, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Labels(BTreeMap<String, String>);

/// The texts of each language that has its own: one file each, with the same names. `{years}`, `{name}` and `{email}` stand for what a
/// template replaces. A language that has none gets the first ones.
const LABELS: [(&str, &str); 2] = [("en", include_str!("labels/en.json")), ("de", include_str!("labels/de.json"))];

/// The name of the text that is the language's name in itself.
const LANGUAGE_NAME: &str = "language_name";

impl Labels {
    /// The texts of a language, some of which the resume replaces.
    #[must_use]
    pub fn new(tag: &str, replaced: &BTreeMap<String, String>) -> Self {
        let language = tag.split('-').next().unwrap_or_default();
        let own = LABELS.into_iter().find(|(known, _)| *known == language);
        let mut labels = parse(own.unwrap_or(LABELS[0]).1);
        if own.is_none() {
            labels.insert(LANGUAGE_NAME.to_owned(), tag.to_owned());
        }
        labels.extend(replaced.iter().map(|(name, text)| (name.clone(), text.clone())));
        Self(labels)
    }

    /// The text of a name; empty if it is missing.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// The files are a part of the program, and a test reads them.
fn parse(json: &str) -> BTreeMap<String, String> {
    serde_json::from_str(json).unwrap_or_default()
}

/// The names of the texts that a resume may replace.
pub(crate) fn names() -> impl Iterator<Item = String> {
    parse(LABELS[0].1).into_keys()
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A date as people of a language read it. Languages other than English and German have the form of the schema.
#[must_use]
pub fn format_date(tag: &str, date: Date) -> String {
    let Date { year, month, day } = date;
    let Some(month) = month else { return year.to_string() };
    match (tag.split('-').next().unwrap_or_default(), day) {
        ("en", None) => format!("{} {year}", MONTHS[usize::from(month.clamp(1, 12)) - 1]),
        ("en", Some(day)) => format!("{day} {} {year}", MONTHS[usize::from(month.clamp(1, 12)) - 1]),
        ("de", None) => format!("{month:02}/{year}"),
        ("de", Some(day)) => format!("{day}.{month}.{year}"),
        (_, None) => format!("{year}-{month:02}"),
        (_, Some(day)) => format!("{year}-{month:02}-{day:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_a_language_and_perhaps_a_region() {
        for tag in ["en", "de-CH", "zh-Hant-TW", "ckb"] {
            assert_eq!(check(tag), Ok(()), "{tag}");
        }
        for tag in ["", "e", "EN", "english", "en_US", "en-", "../x", "en-<b>"] {
            assert!(check(tag).is_err(), "{tag}");
        }
    }

    #[test]
    fn hebrew_and_arabic_run_from_right_to_left() {
        assert_eq!((direction("he"), direction("ar-EG"), direction("de")), ("rtl", "rtl", "ltr"));
    }

    #[test]
    fn a_resume_replaces_texts_of_its_language() {
        let replaced = BTreeMap::from([("skills".to_owned(), "Works in".to_owned())]);
        let labels = Labels::new("de-AT", &replaced);
        assert_eq!(
            (labels.get("skills"), labels.get("work"), labels.get("language_name")),
            ("Works in", "Beruf", "Deutsch")
        );
        assert_eq!(Labels::new("he", &replaced).get("language_name"), "he");
    }

    #[test]
    fn every_language_has_the_same_texts() {
        for (language, json) in LABELS {
            let labels: BTreeMap<String, String> = serde_json::from_str(json).unwrap();
            assert_eq!(labels.keys().cloned().collect::<Vec<_>>(), names().collect::<Vec<_>>(), "{language}");
            assert!(labels.values().all(|text| !text.is_empty()), "{language}");
        }
    }

    #[test]
    fn a_date_is_written_as_its_language_does() {
        let date = Date::parse("2014-06-09").unwrap();
        let month = Date { day: None, ..date };
        for (tag, day, of_month) in
            [("en-GB", "9 Jun 2014", "Jun 2014"), ("de", "9.6.2014", "06/2014"), ("he", "2014-06-09", "2014-06")]
        {
            assert_eq!((format_date(tag, date), format_date(tag, month)), (day.to_owned(), of_month.to_owned()));
        }
        assert_eq!(format_date("en", Date::parse("2014").unwrap()), "2014");
    }
}
