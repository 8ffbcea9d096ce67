//! Links as text.

use vitae_parameters::log::timestamp;

use super::Report;
use crate::table::align;

/// One line for each link, below a heading.
#[must_use]
pub fn table(links: &[Report]) -> String {
    if links.is_empty() {
        return "no links".to_owned();
    }
    let heading = ["id", "label", "state", "opens", "first open", "last open", "expires", "document"];
    let row = |link: &Report| {
        [
            link.id.clone(),
            link.label.clone(),
            link.state.to_owned(),
            link.opens.to_string(),
            time(link.first_open),
            time(link.last_open),
            time(Some(link.expires)),
            link.document.clone(),
        ]
    };
    let rows: Vec<_> = std::iter::once(heading.map(str::to_owned)).chain(links.iter().map(row)).collect();
    align(&rows)
}

/// A time in UTC, to the minute.
fn time(seconds: Option<u64>) -> String {
    match seconds {
        None => "-".to_owned(),
        Some(seconds) => timestamp(seconds.saturating_mul(1000)).chars().take(16).collect::<String>().replace('T', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_one_line() {
        let link = Report {
            id: "8a5bdb4cc151".into(),
            label: "Acme, J. Doe".into(),
            document: "resume.pdf".into(),
            url: None,
            state: "active",
            opens: 1,
            first_open: Some(1_795_795_200),
            last_open: None,
            created: 0,
            expires: 1_798_387_200,
            requested: false,
        };
        assert_eq!(
            table(&[link]),
            "id            label         state   opens  first open        last open  expires           document\n\
             8a5bdb4cc151  Acme, J. Doe  active  1      2026-11-27 16:00  -          2026-12-27 16:00  resume.pdf"
        );
        assert_eq!(table(&[]), "no links");
    }
}
