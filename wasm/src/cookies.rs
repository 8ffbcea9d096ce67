//! Signed cookies: one signature for many files.

use alloc::string::String;
use alloc::vec::{IntoIter, Vec};

use crate::Error;

/// The longest cookie that browsers keep, name and value together, in bytes:
/// <https://www.rfc-editor.org/rfc/rfc6265#section-6.1>
const MAX_COOKIE_BYTES: usize = 4_096;

/// The cookies that replace a signed URL's parameters. Send each one with `Secure` and `HttpOnly`, for the distribution's
/// domain and path, and without `Expires` or `Max-Age`:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-cookies.html>
///
/// If a request has both, CloudFront uses the URL's parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCookies(Vec<(&'static str, String)>);

impl SignedCookies {
    pub(crate) fn new(cookies: Vec<(&'static str, String)>) -> Result<Self, Error> {
        for (name, value) in &cookies {
            let bytes = name.len() + value.len();
            if bytes > MAX_COOKIE_BYTES {
                return Err(Error::CookieTooLong { name, bytes, max: MAX_COOKIE_BYTES });
            }
        }
        Ok(Self(cookies))
    }

    /// Names and values. No character of a value needs escaping in a cookie.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The value of the cookie `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl IntoIterator for SignedCookies {
    type Item = (&'static str, String);
    type IntoIter = IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_cookie_that_browsers_would_drop_is_rejected() {
        let cookies = |length| SignedCookies::new(vec![("CloudFront-Policy", "a".repeat(length))]);
        assert!(cookies(4_096 - 17).is_ok());
        let error = cookies(4_096 - 16).unwrap_err();
        assert_eq!(error, Error::CookieTooLong { name: "CloudFront-Policy", bytes: 4_097, max: 4_096 });
    }
}
