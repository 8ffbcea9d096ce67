//! A URL that every client sends as it is written.
//!
//! CloudFront rebuilds the canned policy from the request it gets, so a URL that a browser rewrites on its way (a space,
//! an upper-case host, a `..`) would be signed in one form and arrive in another. Such a URL is refused here. What is
//! accepted is the overlap of what RFC 3986 allows and the URL standard of browsers leaves alone:
//! <https://www.rfc-editor.org/rfc/rfc3986#appendix-A>, <https://url.spec.whatwg.org/#percent-encoded-bytes>

mod characters;
mod encode;
mod host;
mod query;
#[cfg(test)]
mod tests;

use alloc::string::String;

use crate::Error;
use crate::quoted::Quoted;
use characters::Star;
pub use encode::encode_url;

/// An absolute HTTP URL, ready to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Url<'a> {
    whole: &'a str,
    has_query: bool,
}

impl<'a> Url<'a> {
    /// Takes `url` as it is, or refuses it; nothing is rewritten.
    pub(crate) fn parse(url: &'a str) -> Result<Self, Error> {
        let parts = Parts::of(url, &SCHEMES)?;
        host::check(parts.authority, parts.scheme)?;
        parts.refuse_fragment()?;
        characters::check(url, parts.path_start(), Star::Refused)?;
        check_path(&parts)?;
        if let Some(query) = parts.query {
            query::check(url, query)?;
        }
        Ok(Self { whole: url, has_query: parts.query.is_some() })
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

/// Refuses a pattern, with `*` and `?` for wildcards, that no URL of [`Url::parse`] could match.
pub(crate) fn check_pattern(pattern: &str) -> Result<(), Error> {
    let parts = Parts::of(pattern, &PATTERN_SCHEMES)?;
    host::check_pattern(parts.authority)?;
    parts.refuse_fragment()?;
    characters::check(pattern, parts.path_start(), Star::Wildcard)?;
    check_path(&parts)?;
    parts.query.map_or(Ok(()), query::refuse_reserved)
}

const HTTPS: &str = "https://";
const SCHEMES: [&str; 2] = [HTTPS, "http://"];

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>
const PATTERN_SCHEMES: [&str; 4] = [HTTPS, "http://", "http*://", "*://"];

/// A URL or a pattern, cut where its parts meet.
struct Parts<'a> {
    whole: &'a str,
    scheme: &'static str,
    authority: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(whole: &'a str, schemes: &[&'static str]) -> Result<Self, Error> {
        let scheme = schemes.iter().find(|scheme| whole.starts_with(**scheme)).ok_or_else(|| {
            // No more than the scheme: what follows may hold a password.
            let given: String = whole.split(':').next().unwrap_or_default().chars().take(24).collect();
            Error::UrlScheme { scheme: Quoted::new(&given) }
        })?;
        let rest = &whole[scheme.len()..];
        let (rest, fragment) = match rest.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (rest, None),
        };
        let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        Ok(Self { whole, scheme, authority, path, query, fragment })
    }

    fn path_start(&self) -> usize {
        self.scheme.len() + self.authority.len()
    }

    fn refuse_fragment(&self) -> Result<(), Error> {
        match self.fragment {
            Some(fragment) => Err(Error::UrlFragment { fragment: Quoted::new(fragment) }),
            None => Ok(()),
        }
    }
}

fn check_path(parts: &Parts<'_>) -> Result<(), Error> {
    let refused = |why| Err(Error::UrlPath { url: Quoted::new(parts.whole), why });
    if parts.path.is_empty() {
        return refused("it is empty, and clients send \"/\": write the slash after the host");
    }
    // Browsers resolve these before they ask, escaped or not.
    let is_dots = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    if parts.path.split('/').any(is_dots) {
        return refused("clients resolve \".\" and \"..\" before they ask: write the path without them");
    }
    Ok(())
}
