//! The `Resource` of a custom policy: a URL with wildcards, matched section by section.
//!
//! The sections are protocol, domain, path and query string. A wildcard matches only within its section, with
//! these exceptions: a trailing `*` of the path also matches the query, a trailing `*` of the domain also
//! matches path and query, a leading `*` also matches any protocol, and `*` alone matches any URL.
//!
//! `?` is a wildcard for one character, and it also begins the query. The page below says not to escape the
//! latter, but writes it as `\?` where it shows the sections. So here a `?` may be either, and a resource
//! matches a URL if one interpretation does. How CloudFront interprets an ambiguous one is unconfirmed. (The
//! page about signed cookies has no sections: there wildcards match anywhere.)
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>

use super::SignedRequest;
use crate::wildcard;

/// Whether `resource` matches the requested URL.
pub(crate) fn matches(resource: &str, request: SignedRequest<'_>) -> bool {
    if resource == "*" {
        return true;
    }
    let Some((scheme, domain, path)) = split_url(request.base) else { return false };
    let (protocol_pattern, rest) = match resource.split_once("://") {
        Some((protocol, rest)) if !protocol.contains(['/', '?']) => (protocol, rest),
        _ if resource.starts_with('*') => ("*", resource),
        _ => return false,
    };
    if !wildcard::matches(protocol_pattern, scheme) {
        return false;
    }
    let matches = |(before_query, query)| {
        let (domain_pattern, path_pattern, query_pattern) = sections(before_query, query);
        wildcard::matches(domain_pattern, domain)
            && path_pattern.is_none_or(|pattern| wildcard::matches(pattern, path))
            && query_pattern.is_none_or(|pattern| wildcard::matches(pattern, request.query))
    };
    match rest.split_once("\\?") {
        Some((before, query)) => matches((before, Some(query))),
        // If the request has no query, no `?` of the resource begins one.
        None if request.query.is_empty() => matches((rest, None)),
        None => {
            let queries = rest.match_indices('?').map(|(at, _)| (&rest[..at], Some(&rest[at + 1..])));
            queries.chain([(rest, None)]).any(matches)
        }
    }
}

/// Domain, path and query patterns; `None` matches anything.
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
    use crate::signed_url::SignedRequest;
    use std::net::Ipv4Addr;
    use std::time::Duration;

    fn matches(resource: &str, url: &str) -> bool {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        super::matches(resource, SignedRequest { base, query, viewer: Ipv4Addr::LOCALHOST, now: Duration::ZERO })
    }

    #[test]
    fn a_wildcard_matches_within_its_section() {
        assert!(matches("https://www.example.com/hello*world", "https://www.example.com/hello-world"));
        assert!(!matches("https://www.example.com/hello*world", "https://www.example.com/hello?world"));
        assert!(!matches("https://*/cv.pdf", "https://a/b/cv.pdf"));
        assert!(!matches("https://a.exam*", "http://a.example/"));
    }

    #[test]
    fn a_trailing_star_of_the_path_matches_the_query() {
        assert!(matches("https://e.example/*game.zip*", "https://e.example/game.zip"));
        assert!(matches("https://e.example/*game.zip*", "https://e.example/x_game.zip?license=temp"));
        assert!(!matches("https://e.example/*game.zip", "https://e.example/game.zip?license=temp"));
    }

    #[test]
    fn a_trailing_star_of_the_domain_matches_everything_after_it() {
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
