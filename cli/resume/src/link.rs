//! Links of a resume. Only schemes that cannot run code are links; anything else is text.

use email_address::EmailAddress;

/// The schemes of links, with what follows them.
const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];

/// A text that is not a link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// No scheme.
    #[error("{0:?} is not a URL: begin it with https://")]
    NoScheme(String),
    /// A scheme that is not in the list.
    #[error("{0:?} has a scheme that a page must not link to: use https, http, mailto or tel")]
    Scheme(String),
    /// A space, a control character or an empty host.
    #[error("{0:?} is not a URL: it has no host, or a space or a control character")]
    Malformed(String),
}

/// Returns the URL if a page may link to it.
///
/// A browser removes tabs and line feeds within a URL before it reads the scheme, so a URL with one is rejected:
/// <https://url.spec.whatwg.org/#concept-basic-url-parser>.
///
/// # Errors
/// See [`LinkError`].
pub fn check(url: &str) -> Result<&str, LinkError> {
    if url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(LinkError::Malformed(url.to_owned()));
    }
    let has_prefix = |prefix: &str| url.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let Some(prefix) = SCHEMES.into_iter().find(|scheme| has_prefix(scheme)) else {
        let scheme = url.split_once(':').map(|(scheme, _)| scheme);
        let is_scheme = |scheme: &str| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        };
        return Err(match scheme {
            // `localhost:80` and `example.com:80` are hosts whose scheme was forgotten.
            Some(scheme) if is_scheme(scheme) && !scheme.contains('.') => LinkError::Scheme(url.to_owned()),
            _ => LinkError::NoScheme(url.to_owned()),
        });
    };
    let rest = &url[prefix.len()..];
    let has_host = !rest.is_empty() && !rest.starts_with(['/', '?', '#', '\\', ':', '@']);
    if has_host { Ok(url) } else { Err(LinkError::Malformed(url.to_owned())) }
}

/// Whether a text is an e-mail address.
#[must_use]
pub fn is_email(text: &str) -> bool {
    EmailAddress::is_valid(text)
}

/// The link to an e-mail address; `None` if it is not one. Characters that end an address in such a URL are encoded:
/// <https://www.rfc-editor.org/rfc/rfc6068#section-2>.
#[must_use]
pub fn mailto(address: &str) -> Option<String> {
    is_email(address).then(|| {
        let mut url = String::from("mailto:");
        for c in address.chars() {
            match c {
                '%' => url.push_str("%25"),
                '?' => url.push_str("%3F"),
                '&' => url.push_str("%26"),
                '#' => url.push_str("%23"),
                '"' => url.push_str("%22"),
                c => url.push(c),
            }
        }
        url
    })
}

/// The link to a telephone number; `None` if the text has no digits. <https://www.rfc-editor.org/rfc/rfc3966>
#[must_use]
pub fn tel(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    (digits.len() > 2).then(|| format!("tel:{digits}"))
}

/// A URL as text for people: without `https://` and a final slash.
#[must_use]
pub fn display(url: &str) -> &str {
    let text = SCHEMES.into_iter().find_map(|scheme| url.strip_prefix(scheme)).unwrap_or(url);
    text.strip_prefix("www.").unwrap_or(text).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_links_to_the_web_to_mail_and_to_telephones_only() {
        for url in ["https://example.com", "HTTP://example.com/a?b#c", "mailto:a@example.com", "tel:+31-10"] {
            assert_eq!(check(url), Ok(url));
        }
        for url in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            " javascript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://example.com/1",
            "//example.com",
            "/page",
            "example.com",
            "example.com:80",
            "https://",
            "https:///x",
            "https://a b",
            "http://\\evil",
            "mailto:",
            "",
        ] {
            assert!(check(url).is_err(), "{url:?}");
        }
    }

    #[test]
    fn a_forgotten_scheme_is_told_from_a_forbidden_one() {
        assert_eq!(check("example.com"), Err(LinkError::NoScheme("example.com".into())));
        assert_eq!(check("javascript:x"), Err(LinkError::Scheme("javascript:x".into())));
    }

    #[test]
    fn an_address_cannot_add_fields_to_a_message() {
        assert_eq!(mailto("a@example.com").as_deref(), Some("mailto:a@example.com"));
        assert_eq!(mailto("a?bcc=b@example.com").as_deref(), Some("mailto:a%3Fbcc=b@example.com"));
        for text in ["", "a", "a@", "@example.com", "a b@example.com"] {
            assert_eq!(mailto(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_number_is_dialled_without_its_punctuation() {
        assert_eq!(tel("+31 (0)10 123-45").as_deref(), Some("tel:+3101012345"));
        assert_eq!(tel("on request"), None);
    }

    #[test]
    fn a_url_is_shown_without_its_scheme() {
        assert_eq!(display("https://www.example.com/"), "example.com");
        assert_eq!(display("http://example.com/a/"), "example.com/a");
    }
}
