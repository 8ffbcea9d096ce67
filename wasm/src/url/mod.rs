//! A URL that every client sends unchanged.
//!
//! CloudFront rebuilds the canned policy from the request it receives. A URL that a browser rewrites before sending (a
//! space, an upper-case host, a `..`) would be signed in one form and arrive in another, so it is rejected here. Accepted
//! URLs are those that RFC 3986 allows and the URL standard of browsers leaves unchanged:
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
pub(crate) use query::percent_decode;

/// An absolute HTTP URL, ready to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Url<'a> {
    whole: &'a str,
    has_query: bool,
}

impl<'a> Url<'a> {
    /// Parses the URL of a request, without rewriting anything. It may have a `*` in its query.
    pub(crate) fn parse(url: &'a str) -> Result<Self, Error> {
        Self::parse_with(url, Star::InQuery)
    }

    /// Parses a URL that may not have a `*`, because a policy with it would be for a pattern.
    pub(crate) fn parse_without_star(url: &'a str) -> Result<Self, Error> {
        Self::parse_with(url, Star::Rejected)
    }

    fn parse_with(url: &'a str, star: Star) -> Result<Self, Error> {
        let parts = Parts::parse(url, &SCHEMES)?;
        host::check(parts.authority, parts.scheme)?;
        parts.reject_fragment()?;
        characters::check(url, parts.path_start(), star)?;
        check_path(&parts)?;
        if let Some(query) = parts.query {
            query::check(url, query)?;
        }
        Ok(Self { whole: url, has_query: parts.query.is_some() })
    }

    /// The URL as given.
    pub(crate) fn as_str(&self) -> &'a str {
        self.whole
    }

    /// The character between the URL and the first parameter added to it.
    pub(crate) fn separator(&self) -> char {
        if self.has_query { '&' } else { '?' }
    }
}

/// Splits a URL at its query, without its fragment, and checks only that it is absolute.
pub(crate) fn split_query(url: &str) -> Result<(&str, Option<&str>), Error> {
    let parts = Parts::parse(url, &SCHEMES)?;
    if parts.authority.is_empty() {
        return Err(Error::UrlHost { host: Quoted::new(parts.authority), reason: "it is empty" });
    }
    let sent = url.split('#').next().unwrap_or(url);
    Ok(sent.split_once('?').map_or((sent, None), |(base, query)| (base, Some(query))))
}

/// Rejects a pattern, with the wildcards `*` and `?`, that no URL accepted by [`Url::parse`] could match.
pub(crate) fn check_pattern(pattern: &str) -> Result<(), Error> {
    let parts = Parts::parse(pattern, &PATTERN_SCHEMES)?;
    host::check_pattern(parts.authority)?;
    parts.reject_fragment()?;
    characters::check(pattern, parts.path_start(), Star::Wildcard)?;
    // A `*` at the end of the host also covers path and query.
    if !(parts.path.is_empty() && parts.query.is_none() && parts.authority.ends_with('*')) {
        check_path(&parts)?;
    }
    parts.query.map_or(Ok(()), query::reject_reserved)
}

/// Whether a pattern names neither a host nor a path, and so matches every URL with its scheme.
pub(crate) fn is_everything(pattern: &str) -> bool {
    let rest = pattern.split_once("://").map_or(pattern, |(_, rest)| rest);
    rest.contains('*') && rest.bytes().all(|byte| b"*?/.:".contains(&byte))
}

const HTTPS: &str = "https://";
const SCHEMES: [&str; 2] = [HTTPS, "http://"];

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>
const PATTERN_SCHEMES: [&str; 5] = [HTTPS, "http://", "http*://", "*://", ANY_SCHEME];

/// A pattern that starts with `*` matches any scheme too, and needs none.
const ANY_SCHEME: &str = "";

/// The parts of a URL or a pattern.
struct Parts<'a> {
    whole: &'a str,
    scheme: &'static str,
    authority: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn parse(whole: &'a str, schemes: &[&'static str]) -> Result<Self, Error> {
        let scheme = schemes
            .iter()
            .find(|scheme| whole.starts_with(**scheme) && (**scheme != ANY_SCHEME || whole.starts_with('*')));
        let scheme = scheme.ok_or_else(|| {
            // The scheme only: a password may follow.
            let start: String = whole.split(':').next().unwrap_or_default().chars().take(24).collect();
            Error::UrlScheme { start: Quoted::new(&start) }
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

    fn reject_fragment(&self) -> Result<(), Error> {
        match self.fragment {
            Some(fragment) => Err(Error::UrlFragment { fragment: Quoted::new(fragment) }),
            None => Ok(()),
        }
    }
}

fn check_path(parts: &Parts<'_>) -> Result<(), Error> {
    let invalid = |reason| Err(Error::UrlPath { url: Quoted::new(parts.whole), reason });
    if parts.path.is_empty() {
        return invalid("it is empty: add the \"/\" that clients send after the host");
    }
    // Browsers resolve these before they send the request, escaped or not.
    let is_dots = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    if parts.path.split('/').any(is_dots) {
        return invalid("clients resolve \".\" and \"..\": write the path without them");
    }
    Ok(())
}
