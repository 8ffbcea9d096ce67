//! The texts of notices to the owner.

use crate::address::Address;
use crate::row::LinkRow;
use crate::time_text::minute;

/// A notice: a message of SNS.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// The subject of the e-mail: ASCII, at most 100 characters.
    /// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
    pub subject: &'static str,
    /// The text.
    pub message: String,
}

impl Notice {
    /// A link was opened for the first time.
    #[must_use]
    pub fn opened(link: &LinkRow, opened_s: u64) -> Self {
        let (label, document, id) = (link.label.as_str(), link.document.name(), link.id.short());
        let message = format!(
            "The link \"{label}\" was opened for the first time.\n\n\
             Document: {document}\n\
             Time: {}\n\n\
             cargo vitae links show {id}    all opens of this link\n\
             cargo vitae links revoke {id}  end it\n",
            minute(opened_s)
        );
        Self { subject: "A link to your CV was opened", message }
    }

    /// A visitor asked for the CV, and no e-mail was sent.
    #[must_use]
    pub fn requested(address: &Address, requested_s: u64) -> Self {
        let message = format!(
            "{} asked for your CV on {}.\n\n\
             This site did not answer: sending e-mail is not set up, or Amazon SES rejected the message.\n\
             To answer, create a link and send it yourself:\n\n\
             cargo vitae links create \"LABEL\"\n\n\
             The address is not stored after this message.\n",
            address.as_str(),
            minute(requested_s)
        );
        Self { subject: "A visitor asked for your CV", message }
    }
}

impl std::fmt::Debug for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notice").field("subject", &self.subject).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;
    use crate::document::Document;
    use crate::label::Label;

    #[test]
    fn a_notice_names_the_link_and_its_commands() {
        let id = Code::from_bytes(&[7; 16]).id();
        let (label, document) = (Label::parse("Acme, J. Doe").unwrap(), Document::parse("a%20b.pdf").unwrap());
        let notice = Notice::opened(&LinkRow::new(id.clone(), label, document, 1_000, 2_000), 1_795_780_800);
        for part in ["\"Acme, J. Doe\"", "a b.pdf", "2026-11-27 12:00 UTC", &format!("links revoke {}", id.short())] {
            assert!(notice.message.contains(part), "{part}: {}", notice.message);
        }
    }

    #[test]
    fn a_subject_is_one_that_sns_accepts_and_debug_shows_no_address() {
        let notice = Notice::requested(&Address::parse("jane@example.com").unwrap(), 1_795_780_800);
        assert!(notice.subject.is_ascii() && notice.subject.len() < 100);
        assert!(notice.message.starts_with("jane@example.com asked for your CV on 2026-11-27 12:00 UTC."));
        assert!(!format!("{notice:?}").contains("jane"), "{notice:?}");
    }
}
