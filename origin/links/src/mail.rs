//! The e-mail with a link: subject, text and HTML. Both parts say the same, with one link.

use email_encoding::headers::quoted_string;
use email_encoding::headers::writer::EmailWriter;
use maud::{DOCTYPE, html};

use crate::address::Address;
use crate::time_text::minute;

/// A message with a link.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Mail {
    /// The message with this URL. `owner` is the owner's name, `document` that of the document, `host` that of the site.
    #[must_use]
    pub fn new(owner: &str, host: &str, document: &str, url: &str, expires_s: u64) -> Self {
        let subject = format!("Your link to the CV of {owner}");
        let request = format!("You, or someone who entered your address, asked for the CV of {owner} on {host}.");
        let expiry =
            format!("The link works until {} and is only for you: {owner} sees when it is opened.", minute(expires_s));
        let ignore = "If you did not ask for it, ignore this message. You will get no other.";
        let text = format!("{request}\n\nOpen {document}:\n{url}\n\n{expiry}\n\n{ignore}\n");
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    title { (subject) }
                }
                body {
                    p { (request) }
                    p { a href=(url) { "Open " (document) } }
                    p { (expiry) }
                    p { (ignore) }
                }
            }
        };
        Self { subject, text, html: page.into_string() }
    }
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").finish_non_exhaustive()
    }
}

/// The value of `From`: the owner's name, quoted or encoded where needed, and the address.
#[must_use]
pub fn from(owner: &str, address: &Address) -> String {
    let mut from = String::new();
    // Writing to a string cannot fail.
    _ = quoted_string::encode(owner, &mut EmailWriter::new(&mut from, 0, 0, false));
    // SES takes the value on one line.
    let from = from.replace("\r\n", "");
    format!("{from} <{}>", address.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://example.com/l/AAAAAAAAAAAAAAAAAAAAAA";

    fn mail(owner: &str) -> Mail {
        Mail::new(owner, "example.com", "resume.pdf", URL, 1_795_780_800)
    }

    #[test]
    fn both_parts_have_one_link_the_owner_and_how_to_ignore_it() {
        let mail = mail("Jane Doe");
        assert_eq!(mail.subject, "Your link to the CV of Jane Doe");
        for part in [&mail.text, &mail.html] {
            assert_eq!(part.matches(URL).count(), 1, "{part}");
            assert_eq!(part.matches("http").count(), 1, "{part}");
            for sentence in ["Jane Doe", "example.com", "resume.pdf", "2026-11-27 12:00 UTC", "ignore this message"] {
                assert!(part.contains(sentence), "{sentence}: {part}");
            }
        }
        assert!(!format!("{mail:?}").contains("/l/"), "{mail:?}");
    }

    #[test]
    fn a_name_cannot_add_markup() {
        let html = mail("<b>\"Jane\" & Co</b>").html;
        assert!(html.contains("&lt;b&gt;") && !html.contains("<b>"), "{html}");
    }

    #[test]
    fn the_sender_has_the_owners_name_in_ascii_on_one_line() {
        let from = |owner: &str| from(owner, &Address::parse("cv@example.com").unwrap());
        assert_eq!(from("Jane Doe"), "\"Jane Doe\" <cv@example.com>");
        assert_eq!(from("example.com"), "example.com <cv@example.com>");
        assert_eq!(from("J. \"Jay\" Doe"), "\"J. \\\"Jay\\\" Doe\" <cv@example.com>");
        assert_eq!(from("Jürgen"), "=?utf-8?b?SsO8cmdlbg==?= <cv@example.com>");
        let long = from(&"Jürgen ".repeat(20));
        assert!(long.is_ascii() && !long.contains(['\r', '\n']), "{long}");
    }
}
