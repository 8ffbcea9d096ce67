//! Work, volunteering and projects: entries with a period, a place and highlights.

use serde::Serialize;

use super::{href, paragraphs, present};
use crate::{
    date::{Date, Today},
    graph::{Scale, Stay, number},
    language::{Labels, format_date},
    resume::{Education, Project, Resume, Volunteer, Work},
};

/// A section with entries.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// `work`, `volunteer` or `projects`.
    pub id: &'static str,
    /// The heading.
    pub title: String,
    /// The entries in the order of the resume.
    pub entries: Vec<Entry>,
}

/// An entry.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Entry {
    /// The position, or the name of a project.
    pub title: String,
    /// The employer or organization; empty if it is missing or the title.
    pub organization: String,
    /// The link of the employer or project; empty if it is missing.
    pub href: String,
    /// A few words about the employer or project.
    pub description: String,
    /// When; `None` without a date.
    pub period: Option<Period>,
    /// Where.
    pub place: String,
    /// The bar of the period; `None` without a start.
    pub timeline: Option<Timeline>,
    /// The paragraphs of the summary.
    pub summary: Vec<String>,
    /// Achievements.
    pub highlights: Vec<String>,
    /// Parts of a project.
    pub keywords: Vec<String>,
}

/// A period, as text and as HTML's `datetime`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The start, such as `Oct 2022`; empty if it is missing.
    pub start: String,
    /// The start as in the resume.
    pub start_date: String,
    /// The end; the word for the present if it is missing.
    pub end: String,
    /// The end as in the resume; empty if it is missing.
    pub end_date: String,
}

/// A bar on the scale of the graph, in years.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// The width of the scale.
    pub width: String,
    /// The start of the bar.
    pub x: String,
    /// The width of the bar.
    pub length: String,
}

/// A period with parsed dates. A text that is not a date is left out here and shown as it is.
#[derive(Clone, Copy, Debug)]
struct Dates {
    start: Option<Date>,
    end: Option<Date>,
    has_end: bool,
}

impl Dates {
    fn new(start: &str, end: &str) -> Self {
        Self { start: Date::parse(start).ok(), end: Date::parse(end).ok(), has_end: !end.is_empty() }
    }

    /// In years; the end is `None` if it is present.
    fn years(self) -> Option<(f64, Option<f64>)> {
        let start = self.start?.start();
        let end = match (self.end, self.has_end) {
            // The end of a stay within one year without months would be its start.
            (Some(end), _) if end.end() <= start => Some(start + 1.0),
            (Some(end), _) => Some(end.end()),
            (None, true) => Some(start),
            (None, false) => None,
        };
        Some((start, end))
    }
}

/// The period of two texts; `None` without either.
pub(super) fn period(start: &str, end: &str, labels: &Labels, lang: &str) -> Option<Period> {
    let text = |date: &str| Date::parse(date).map_or_else(|_| date.to_owned(), |date| format_date(lang, date));
    let (start_date, end_date) = (start.to_owned(), end.to_owned());
    match (start.is_empty(), end.is_empty()) {
        (true, true) => None,
        (true, false) => Some(Period { start: String::new(), start_date, end: text(end), end_date }),
        (false, true) => Some(Period { start: text(start), start_date, end: labels.get("now").to_owned(), end_date }),
        (false, false) if text(start) == text(end) => {
            Some(Period { start: text(start), start_date, ..Period::default() })
        }
        (false, false) => Some(Period { start: text(start), start_date, end: text(end), end_date }),
    }
}

fn timeline(start: &str, end: &str, scale: Option<Scale>, today: Today) -> Option<Timeline> {
    let (scale, (start, end)) = (scale?, Dates::new(start, end).years()?);
    let (from, to) = (scale.x(start), scale.x(end.unwrap_or_else(|| today.end())));
    Some(Timeline { width: number(scale.width), x: number(from), length: number((to - from).max(0.1)) })
}

/// The periods of everything that is on the scale.
pub(super) fn periods(resume: &Resume) -> Vec<(f64, Option<f64>)> {
    let work = resume.work.iter().map(|work| (&work.start_date, &work.end_date));
    let volunteer = resume.volunteer.iter().map(|volunteer| (&volunteer.start_date, &volunteer.end_date));
    let projects = resume.projects.iter().map(|project| (&project.start_date, &project.end_date));
    // Schools without a place are on the page without a timeline.
    let education = resume.education.iter().filter(|education| !education.location.is_empty());
    let education = education.map(|education| (&education.start_date, &education.end_date));
    let all = work.chain(volunteer).chain(projects).chain(education);
    all.filter_map(|(start, end)| Dates::new(start, end).years()).collect()
}

/// The stays that have a place and a start.
pub(super) fn stays(resume: &Resume) -> Vec<Stay> {
    let work = resume
        .work
        .iter()
        .map(|Work { name, location, start_date, end_date, .. }| (name, location, start_date, end_date));
    let volunteer =
        resume.volunteer.iter().map(|Volunteer { organization, location, start_date, end_date, .. }| {
            (organization, location, start_date, end_date)
        });
    let education = resume.education.iter().map(|Education { institution, location, start_date, end_date, .. }| {
        (institution, location, start_date, end_date)
    });
    let all = work.chain(volunteer).chain(education);
    all.filter_map(|(name, location, start, end)| {
        let (start, end) = Dates::new(start, end).years()?;
        let place = town(location);
        (!place.is_empty()).then(|| Stay { place, name: name.clone(), start, end })
    })
    .collect()
}

/// The town of a place such as `Rotterdam, Netherlands`.
fn town(location: &str) -> String {
    location.split([',', '，', '、']).next().unwrap_or_default().trim().to_owned()
}

/// The graph in words: each stay with its years, from the first to the last.
pub(super) fn journey(resume: &Resume, labels: &Labels) -> String {
    let mut stays = stays(resume);
    stays.sort_by(|a, b| a.start.total_cmp(&b.start));
    let year = |moment: f64| format!("{}", moment.floor());
    // The end of December is the start of the next year.
    let last_year = |moment: f64| format!("{}", (moment - 0.01).floor());
    let parts = stays.iter().map(|stay| {
        let (start, end) = (year(stay.start), stay.end.map_or_else(|| labels.get("now").to_owned(), last_year));
        if start == end { format!("{} {start}", stay.place) } else { format!("{} {start}–{end}", stay.place) }
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The sections that have entries.
pub(super) fn sections(
    resume: &Resume,
    labels: &Labels,
    lang: &str,
    scale: Option<Scale>,
    today: Today,
) -> Vec<Section> {
    let context = Context { labels, lang, scale, today };
    let work = resume.work.iter().map(|work| context.work(work)).collect();
    let volunteer = resume.volunteer.iter().map(|volunteer| context.volunteer(volunteer)).collect();
    let projects = resume.projects.iter().map(|project| context.project(project)).collect();
    let section = |id, mut entries: Vec<Entry>| {
        entries.retain(|entry| !entry.is_empty());
        Section { id, title: labels.get(id).to_owned(), entries }
    };
    let all = [section("work", work), section("volunteer", volunteer), section("projects", projects)];
    all.into_iter().filter(|section| !section.entries.is_empty()).collect()
}

struct Context<'a> {
    labels: &'a Labels,
    lang: &'a str,
    scale: Option<Scale>,
    today: Today,
}

impl Context<'_> {
    fn work(&self, work: &Work) -> Entry {
        let (title, organization) = title(&work.position, &work.name);
        Entry {
            title,
            organization,
            href: href(&work.url),
            description: work.description.clone(),
            period: period(&work.start_date, &work.end_date, self.labels, self.lang),
            place: work.location.clone(),
            timeline: timeline(&work.start_date, &work.end_date, self.scale, self.today),
            summary: paragraphs(&work.summary),
            highlights: present(&work.highlights),
            keywords: Vec::new(),
        }
    }

    fn volunteer(&self, volunteer: &Volunteer) -> Entry {
        let (title, organization) = title(&volunteer.position, &volunteer.organization);
        Entry {
            title,
            organization,
            href: href(&volunteer.url),
            description: String::new(),
            period: period(&volunteer.start_date, &volunteer.end_date, self.labels, self.lang),
            place: volunteer.location.clone(),
            timeline: timeline(&volunteer.start_date, &volunteer.end_date, self.scale, self.today),
            summary: paragraphs(&volunteer.summary),
            highlights: present(&volunteer.highlights),
            keywords: Vec::new(),
        }
    }

    fn project(&self, project: &Project) -> Entry {
        let parts = [project.roles.join(", "), project.entity.clone(), project.r#type.clone()];
        let (title, organization) = title(&project.name, &present(&parts).join(", "));
        Entry {
            title,
            organization,
            href: href(&project.url),
            description: project.description.clone(),
            // A project without an end may be finished: only its start is known.
            period: period(&project.start_date, &project.end_date, self.labels, self.lang),
            place: String::new(),
            timeline: timeline(&project.start_date, &project.end_date, self.scale, self.today),
            summary: Vec::new(),
            highlights: present(&project.highlights),
            keywords: present(&project.keywords),
        }
    }
}

/// The title, and the organization if both are there.
fn title(title: &str, organization: &str) -> (String, String) {
    if title.is_empty() {
        (organization.to_owned(), String::new())
    } else {
        (title.to_owned(), organization.to_owned())
    }
}

impl Entry {
    fn is_empty(&self) -> bool {
        let Self { title, description, period, place, summary, highlights, keywords, .. } = self;
        title.is_empty()
            && description.is_empty()
            && period.is_none()
            && place.is_empty()
            && summary.is_empty()
            && highlights.is_empty()
            && keywords.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn labels() -> Labels {
        Labels::new("en", &BTreeMap::new())
    }

    #[test]
    fn a_period_has_the_dates_that_there_are() {
        let period =
            |start, end| period(start, end, &labels(), "en").map(|period| (period.start.clone(), period.end.clone()));
        assert_eq!(period("", ""), None);
        assert_eq!(period("2014-06", ""), Some(("Jun 2014".into(), "now".into())));
        assert_eq!(period("", "2014"), Some((String::new(), "2014".into())));
        assert_eq!(period("2014", "2014"), Some(("2014".into(), String::new())));
        assert_eq!(period("soon", "later"), Some(("soon".into(), "later".into())), "shown as it is");
    }

    #[test]
    fn a_stay_within_one_year_has_a_length() {
        assert_eq!(Dates::new("2014", "2014").years(), Some((2014.0, Some(2015.0))));
        assert_eq!(Dates::new("2014", "").years(), Some((2014.0, None)));
        assert_eq!(Dates::new("", "2014").years(), None);
    }

    #[test]
    fn an_employer_without_a_position_is_the_title() {
        assert_eq!(title("", "Acme"), ("Acme".into(), String::new()));
        assert_eq!(title("Clerk", "Acme"), ("Clerk".into(), "Acme".into()));
    }

    #[test]
    fn an_empty_entry_and_an_empty_section_are_left_out() {
        let resume = Resume { work: vec![Work::default()], ..Resume::default() };
        assert!(sections(&resume, &labels(), "en", None, Today { year: 2026, month: 1 }).is_empty());
    }

    #[test]
    fn the_journey_is_told_from_the_first_stay_to_the_last() {
        let work = |location: &str, start: &str, end: &str| Work {
            location: location.into(),
            start_date: start.into(),
            end_date: end.into(),
            ..Work::default()
        };
        let resume = Resume {
            work: vec![work("Oslo, NO", "2010-03", ""), work("Bergen", "2008-01", "2009-12"), work("", "2001", "")],
            ..Resume::default()
        };
        assert_eq!(journey(&resume, &labels()), "Bergen 2008–2009, Oslo 2010–now");
    }
}
