//! The `Resource` of a custom policy: a URL with wildcards, matched section by section.
//!
//! The sections are protocol, domain, path and query string; a wildcard stays within its own. Exceptions: a trailing `*` of the path also
//! covers the query, a trailing `*` of the domain covers both, a leading `*` stands for any protocol, and `*` alone for any URL.
//!
//! `?` is a wildcard for one character, and it begins the query: the page says not to escape that one, and writes it `\?` where it shows
//! the sections. So a `?` is taken for either here, and a resource names a URL if one reading of it does; what CloudFront does with one
//! that could be both is unconfirmed. (The page about signed cookies knows no sections: there wildcards match anywhere.)
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>

use super::Asked;
use crate::glob;

/// Whether the URL asked for is one that `resource` names.
pub(crate) fn names(resource: &str, asked: Asked<'_>) -> bool {
    if resource == "*" {
        return true;
    }
    let Some((scheme, domain, path)) = split_url(asked.base) else { return false };
    let (protocol_pattern, rest) = match resource.split_once("://") {
        Some((protocol, rest)) if !protocol.contains(['/', '?']) => (protocol, rest),
        _ if resource.starts_with('*') => ("*", resource),
        _ => return false,
    };
    if !glob::matches(protocol_pattern, scheme) {
        return false;
    }
    let is_named = |(before_query, query)| {
        let (domain_pattern, path_pattern, query_pattern) = sections(before_query, query);
        glob::matches(domain_pattern, domain)
            && path_pattern.is_none_or(|pattern| glob::matches(pattern, path))
            && query_pattern.is_none_or(|pattern| glob::matches(pattern, asked.query))
    };
    match rest.split_once("\\?") {
        Some((before, query)) => is_named((before, Some(query))),
        // One that begins the query begins one that is there.
        None if asked.query.is_empty() => is_named((rest, None)),
        None => {
            let begins = rest.match_indices('?').map(|(at, _)| (&rest[..at], Some(&rest[at + 1..])));
            begins.chain([(rest, None)]).any(is_named)
        }
    }
}

/// Domain, path and query patterns; `None` where anything will do.
fn sections<'a>(before_query: &'a str, query: Option<&'a str>) -> (&'a str, Option<&'a str>, Option<&'a str>) {
    let (domain, path) = match before_query.find('/') {
        Some(slash) => (&before_query[..slash], Some(&before_query[slash..])),
        None => (before_query, None),
    };
    match path {
        None if domain.ends_with('*') => (domain, None, query),
        None => (domain, Some("/"), Some(query.unwrap_or(""))),
        Some(path) if path.ends_with('*') => (domain, Some(path), query),
        Some(path) => (domain, Some(path), Some(query.unwrap_or(""))),
    }
}

fn split_url(base: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = base.split_once("://")?;
    let slash = rest.find('/')?;
    Some((scheme, &rest[..slash], &rest[slash..]))
}

#[cfg(test)]
mod tests {
    use super::names;
    use crate::signed_url::Asked;
    use std::net::Ipv4Addr;
    use std::time::Duration;

    fn matches(resource: &str, url: &str) -> bool {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        names(resource, Asked { base, query, viewer: Ipv4Addr::LOCALHOST, now: Duration::ZERO })
    }

    #[test]
    fn a_wildcard_stays_in_its_section() {
        assert!(matches("https://www.example.com/hello*world", "https://www.example.com/hello-world"));
        assert!(!matches("https://www.example.com/hello*world", "https://www.example.com/hello?world"));
        assert!(!matches("https://*/cv.pdf", "https://a/b/cv.pdf"));
        assert!(!matches("https://a.exam*", "http://a.example/"));
    }

    #[test]
    fn a_trailing_star_of_the_path_covers_the_query() {
        assert!(matches("https://e.example/*game.zip*", "https://e.example/game.zip"));
        assert!(matches("https://e.example/*game.zip*", "https://e.example/x_game.zip?license=temp"));
        assert!(!matches("https://e.example/*game.zip", "https://e.example/game.zip?license=temp"));
    }

    #[test]
    fn a_trailing_star_of_the_domain_covers_everything_after_it() {
        assert!(matches("http://example.com*", "http://example.com/a/b?c=d"));
        assert!(matches("http://example.com*", "http://example.com.evil.example/"));
        assert!(!matches("http://example.com", "http://example.com/a"));
    }

    #[test]
    fn the_protocol_may_be_any() {
        assert!(matches("*://e.example/a", "http://e.example/a"));
        assert!(matches("http*://e.example/a", "https://e.example/a"));
        assert!(matches("*e.example/a", "https://www.e.example/a"));
        assert!(matches("*", "https://e.example/a?b"));
        assert!(!matches("e.example/a", "https://e.example/a"));
    }

    #[test]
    fn an_escaped_question_mark_begins_the_query() {
        assert!(matches("https://e.example/a\\?size=large", "https://e.example/a?size=large"));
        assert!(matches("https://e.example/a\\?size=*", "https://e.example/a?size=large"));
        assert!(!matches("https://e.example/a\\?size=large", "https://e.example/a"));
        assert!(!matches("https://e.example/a\\?size=large", "https://e.example/a?size=large&x=1"));
    }

    #[test]
    fn a_question_mark_is_one_character_or_the_beginning_of_the_query() {
        assert!(matches("https://e.example/a?size=*", "https://e.example/a?size=large"));
        assert!(matches("https://e.example/images/*?size=large", "https://e.example/images/a?size=large"));
        assert!(matches("https://e.example/image?.jpg", "https://e.example/image1.jpg"));
        assert!(matches("https://e.example/image?.jpg?v=?", "https://e.example/image1.jpg?v=2"));
        assert!(!matches("https://e.example/image?.jpg", "https://e.example/image1.jpg?v=2"));
        assert!(!matches("https://e.example/image?.jpg", "https://e.example/image.jpg"));
        assert!(!matches("https://e.example/a?b", "https://e.example/a/c"));
        assert!(!matches("https://e.example/a?", "https://e.example/a"));
    }

    #[test]
    fn a_resource_that_is_the_url_itself_matches() {
        assert!(matches("https://e.example/a?size=large", "https://e.example/a?size=large"));
        assert!(!matches("https://e.example/a?size=large", "https://e.example/a?size=small"));
        assert!(!matches("https://e.example/a?", "https://e.example/ab?x=1"));
    }
}
