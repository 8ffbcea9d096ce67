//! A URL that every client sends as it is written.
//!
//! CloudFront rebuilds the canned policy from the request it gets, so a URL that a browser rewrites on its way (a space,
//! an upper-case host, a `..`) would be signed in one form and arrive in another. Such a URL is refused here. What is
//! accepted is the overlap of what RFC 3986 allows and the URL standard of browsers leaves alone:
//! <https://www.rfc-editor.org/rfc/rfc3986#appendix-A>, <https://url.spec.whatwg.org/#percent-encoded-bytes>

mod host;
mod query;
#[cfg(test)]
mod tests;

use alloc::string::String;

use crate::Error;
use crate::quoted::Quoted;

/// An absolute HTTP URL, ready to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Url<'a> {
    whole: &'a str,
    has_query: bool,
}

impl<'a> Url<'a> {
    /// Takes `url` as it is, or refuses it; nothing is rewritten.
    pub(crate) fn parse(url: &'a str) -> Result<Self, Error> {
        let scheme = scheme(url)?;
        let rest = &url[scheme.len()..];
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
        host::check(authority, scheme == HTTPS)?;
        if let Some(start) = rest.find('#') {
            return Err(Error::UrlFragment { fragment: Quoted::new(&rest[start..]) });
        }
        check_characters(url, url.len() - rest.len())?;
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        check_path(url, path)?;
        if let Some(query) = query {
            query::check(url, query)?;
        }
        Ok(Self { whole: url, has_query: query.is_some() })
    }

    /// The URL as it was given.
    pub(crate) fn as_str(&self) -> &'a str {
        self.whole
    }

    /// What stands between the URL and the first parameter added to it.
    pub(crate) fn separator(&self) -> char {
        if self.has_query { '&' } else { '?' }
    }
}

const HTTP: &str = "http://";
const HTTPS: &str = "https://";

fn scheme(url: &str) -> Result<&'static str, Error> {
    [HTTPS, HTTP].into_iter().find(|scheme| url.starts_with(scheme)).ok_or_else(|| {
        // No more than the scheme: what follows may hold a password.
        let given: String = url.split(':').next().unwrap_or_default().chars().take(24).collect();
        Error::UrlScheme { scheme: Quoted::new(&given) }
    })
}

/// `pchar`, `/` and `?` of RFC 3986, with `%` only before two hexadecimal digits. Browsers write `'` in a query as
/// `%27`, and to CloudFront `*` is a wildcard.
fn check_characters(url: &str, start: usize) -> Result<(), Error> {
    let query = url.find('?').unwrap_or(url.len());
    for (position, character) in url.char_indices().skip_while(|(position, _)| *position < start) {
        let sent_as_written = match character {
            '*' => return Err(Error::UrlWildcard { position }),
            '%' => url.as_bytes()[position + 1..].get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)),
            '\'' => position < query,
            '-' | '.' | '_' | '~' | '!' | '$' | '&' | '(' | ')' | '+' | ',' | ';' | '=' | ':' | '@' | '/' | '?' => true,
            other => other.is_ascii_alphanumeric(),
        };
        if !sent_as_written {
            return Err(Error::UrlCharacter { character, position });
        }
    }
    Ok(())
}

fn check_path(url: &str, path: &str) -> Result<(), Error> {
    let refused = |why| Err(Error::UrlPath { url: Quoted::new(url), why });
    if path.is_empty() {
        return refused("it is empty, and clients send \"/\": write the slash after the host");
    }
    // Browsers resolve these before they ask, escaped or not.
    if path.split('/').any(|segment| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")) {
        return refused("clients resolve \".\" and \"..\" before they ask: write the path without them");
    }
    Ok(())
}
