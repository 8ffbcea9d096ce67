//! A link as `--json` prints it.

use serde::Serialize;
use vitae_links::row::LinkRow;

/// A link. Times are in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The first digits of its id, which every command accepts.
    pub id: String,
    /// The owner's label.
    pub label: String,
    /// The document that it opens, below `/cv/`.
    pub document: String,
    /// Its URL, which is known only when it is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// `active`, `expired` or `revoked`.
    pub state: &'static str,
    /// How often it was opened.
    pub opens: u64,
    /// Its first open.
    pub first_open: Option<u64>,
    /// Its last open.
    pub last_open: Option<u64>,
    /// When it was created.
    pub created: u64,
    /// When it expires.
    pub expires: u64,
    /// Whether a visitor requested it, by e-mail.
    pub requested: bool,
}

impl Report {
    /// A link at this time.
    #[must_use]
    pub fn new(link: &LinkRow, now_s: u64) -> Self {
        Self {
            id: link.id.short().to_owned(),
            label: link.label.as_str().to_owned(),
            document: link.document.as_str().to_owned(),
            url: None,
            state: link.state(now_s).as_str(),
            opens: link.opens,
            first_open: link.first_open_s,
            last_open: link.last_open_s,
            created: link.created_s,
            expires: link.expires_s,
            requested: link.address.is_some(),
        }
    }

    /// A link that was just created, with its URL.
    #[must_use]
    pub fn with_url(self, url: String) -> Self {
        Self { url: Some(url), ..self }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vitae_links::{code::Code, document::Document, label::Label};

    use super::*;

    #[test]
    fn a_link_has_its_url_only_when_it_is_created() {
        let id = Code::from_bytes(&[0; 16]).id();
        let (label, document) = (Label::parse("Acme").unwrap(), Document::parse("resume.pdf").unwrap());
        let link = LinkRow {
            opens: 2,
            first_open_s: Some(5),
            last_open_s: Some(6),
            ..LinkRow::new(id, label, document, 1, 9)
        };
        let report = Report::new(&link, 8);
        let expected = json!({
            "id": "8a5bdb4cc151", "label": "Acme", "document": "resume.pdf", "state": "active", "opens": 2,
            "first_open": 5, "last_open": 6, "created": 1, "expires": 9, "requested": false,
        });
        assert_eq!(serde_json::to_value(&report).unwrap(), expected);
        assert_eq!(Report::new(&link, 9).state, "expired");
        let created = serde_json::to_value(report.with_url("https://example.com/l/x".into())).unwrap();
        assert_eq!(created["url"], "https://example.com/l/x");
    }
}
