//! The resource of a custom policy.

use alloc::string::String;

use crate::quoted::Quoted;
use crate::url::{self, Url};
use crate::{Error, resource_match};

/// What a custom policy grants access to: one URL, or every URL that a pattern matches.
///
/// A policy always has a resource: without one, CloudFront would grant access to every file of every distribution that
/// trusts the key.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    text: String,
    is_wildcard: bool,
}

/// Whether a policy may open everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Everything {
    Rejected,
    Allowed,
}

impl Resource {
    /// Creates a resource of exactly one URL, including the query it will be requested with.
    ///
    /// # Errors
    /// The `Url...` errors for what a client would rewrite before sending, and for a `*`.
    pub fn exact(url: &str) -> Result<Self, Error> {
        Url::parse_without_star(url).map(|url| Self { text: String::from(url.as_str()), is_wildcard: false })
    }

    /// Creates a resource of every URL that `pattern` matches: `*` matches any number of characters, `?` exactly one.
    ///
    /// A `*` at the end also covers the query. The scheme may be `http*://` or `*://`, and the host may contain `*`; a host
    /// that ends in `*` needs no path.
    ///
    /// ```
    /// use vitae_signer::Resource;
    ///
    /// let resource = Resource::wildcard("https://d111111abcdef8.cloudfront.net/cv/*")?;
    /// assert!(resource.covers("https://d111111abcdef8.cloudfront.net/cv/resume.pdf?download"));
    /// assert!(!resource.covers("https://d111111abcdef8.cloudfront.net/private.pdf"));
    /// # Ok::<(), vitae_signer::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoWildcard`] if there is neither `*` nor `?`, [`Error::ResourceIsEverything`] for a pattern such as `*` or
    /// `https://*/*`, and the `Url...` errors for a pattern that no URL can match.
    pub fn wildcard(pattern: &str) -> Result<Self, Error> {
        if !pattern.contains(['*', '?']) {
            return Err(Error::NoWildcard { resource: Quoted::new(pattern) });
        }
        if url::is_everything(pattern) {
            return Err(Error::ResourceIsEverything { resource: Quoted::new(pattern) });
        }
        url::check_pattern(pattern)?;
        Ok(Self { text: String::from(pattern), is_wildcard: true })
    }

    /// Creates a resource of every file of every distribution that trusts the key: `*`.
    #[must_use]
    pub fn everything() -> Self {
        Self { text: String::from("*"), is_wildcard: true }
    }

    /// Parses the resource of a handwritten policy: a pattern if it has a wildcard, else a URL.
    pub(crate) fn parse(text: &str, everything: Everything) -> Result<Self, Error> {
        if everything == Everything::Allowed && url::is_everything(text) {
            url::check_pattern(text)?;
            return Ok(Self { text: String::from(text), is_wildcard: true });
        }
        if text.contains('*') {
            return Self::wildcard(text);
        }
        Self::exact(text).or_else(|error| if text.contains('?') { Self::wildcard(text) } else { Err(error) })
    }

    /// The resource as written in the policy.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the resource is a pattern.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.is_wildcard
    }

    /// Whether this resource grants access to `url` (without CloudFront's own parameters).
    ///
    /// Scheme, host, path and query are compared separately: a `*` in the host does not match a `/`. A `?` matches one
    /// character, or begins the query.
    #[must_use]
    pub fn covers(&self, url: &str) -> bool {
        resource_match::matches(&self.text, url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_from_cloudfronts_documentation_are_accepted() {
        for pattern in [
            "https://d111111abcdef8.cloudfront.net/*",
            "https://d111111abcdef8.cloudfront.net/images/*?size=large",
            "http*://d111111abcdef8.cloudfront.net/*",
            "*://*.example.com/images/image?.jpg",
            "https://d111111abcdef8.cloudfront.net:8443/a'b/*",
        ] {
            let resource = Resource::wildcard(pattern).expect(pattern);
            assert_eq!((resource.as_str(), resource.is_wildcard()), (pattern, true));
        }
    }

    #[test]
    fn a_pattern_that_no_url_could_match_is_rejected() {
        for pattern in [
            "*",
            "/cv/*",
            "https://*",
            "https:///*",
            "https://D.example/*",
            "https://me@d.example/*",
            "https://d.example/ü*",
            "https://d.example/a b*",
            "https://d.example/*\"}",
            "https://d.example/*#x",
            "https://d.example/../*",
            "https://d.example/*?Policy=*",
            "https://d.example:*443*/*",
            "ftp://d.example/*",
        ] {
            assert!(Resource::wildcard(pattern).is_err(), "{pattern}");
        }
        let error = Resource::wildcard("https://d.example/cv.pdf").unwrap_err();
        assert!(matches!(error, Error::NoWildcard { .. }), "{error}");
    }

    #[test]
    fn an_exact_resource_has_no_wildcard() {
        assert!(matches!(Resource::exact("https://d.example/cv/*"), Err(Error::UrlWildcard { .. })));
        assert!(!Resource::exact("https://d.example/cv?a=1").unwrap().is_wildcard());
    }
}
