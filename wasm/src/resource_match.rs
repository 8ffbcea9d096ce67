//! How CloudFront matches the resource of a policy with a URL.
//!
//! Scheme, host, path and query are matched separately, so a wildcard does not cross from one to the next, except: `*` alone
//! matches every URL; a `*` at the beginning matches every scheme; a `*` at the end of the path also matches the query; a `*` at
//! the end of the host, without a path, matches everything after it.
//!
//! A `?` matches one character, and begins the query too. It is not documented which, so a resource matches if either does.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>

use crate::wildcard;

/// Whether `resource` matches `url`, an absolute URL without CloudFront's parameters.
pub(crate) fn matches(resource: &str, url: &str) -> bool {
    if resource == "*" {
        return true;
    }
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let Some((scheme_pattern, pattern)) = split_scheme(resource) else { return false };
    let (host, target) = split_host(rest);
    let (host_pattern, target_pattern) = split_host(pattern);
    if !wildcard::matches(scheme_pattern, scheme) || !wildcard::matches(host_pattern, host) {
        return false;
    }
    if target_pattern.is_empty() {
        return host_pattern.ends_with('*');
    }
    match target.split_once('?') {
        None => wildcard::matches(target_pattern, target),
        Some((path, query)) => {
            let is_open = target_pattern.ends_with('*') && wildcard::matches(target_pattern, path);
            is_open
                || splits(target_pattern).any(|(path_pattern, query_pattern)| {
                    wildcard::matches(path_pattern, path) && wildcard::matches(query_pattern, query)
                })
        }
    }
}

/// The pattern of the scheme, and the rest.
fn split_scheme(resource: &str) -> Option<(&str, &str)> {
    match resource.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['/', '?']) => Some((scheme, rest)),
        _ => resource.starts_with('*').then_some(("*", resource)),
    }
}

/// The host, and the path with the query.
fn split_host(rest: &str) -> (&str, &str) {
    rest.split_at(rest.find('/').unwrap_or(rest.len()))
}

/// Every way to split a pattern at a `?`.
fn splits(pattern: &str) -> impl Iterator<Item = (&str, &str)> {
    pattern.match_indices('?').map(|(at, _)| (&pattern[..at], &pattern[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_wildcard_does_not_cross_into_the_next_part() {
        for (resource, url, expected) in [
            ("https://d.example/cv/*", "https://d.example/cv/a/b.pdf", true),
            ("https://d.example/a*z", "https://d.example/a?z", false),
            ("https://*/cv.pdf", "https://a.example/cv.pdf", true),
            ("https://*/cv.pdf", "https://a.example/b/cv.pdf", false),
            ("https://d.example/cv.pdf", "http://d.example/cv.pdf", false),
            ("http*://d.example/cv.pdf", "http://d.example/cv.pdf", true),
        ] {
            assert_eq!(matches(resource, url), expected, "{resource} {url}");
        }
    }

    #[test]
    fn a_star_at_an_end_matches_more() {
        for (resource, url, expected) in [
            ("*", "http://d.example/a?b", true),
            ("*.example/a", "http://d.example/a", true),
            ("*.example/a", "http://d.example/b", false),
            ("https://d.example*", "https://d.example/a?b=c", true),
            ("https://d.example", "https://d.example/", false),
            ("https://*", "https://d.example/a", true),
            ("https://*", "http://d.example/a", false),
            ("https://d.example/a*", "https://d.example/a?b=c", true),
            ("https://d.example/a*b", "https://d.example/ab?c", false),
        ] {
            assert_eq!(matches(resource, url), expected, "{resource} {url}");
        }
    }

    #[test]
    fn a_question_mark_is_one_character_or_begins_the_query() {
        for (resource, url, expected) in [
            ("https://d.example/a?b=*", "https://d.example/a?b=c", true),
            ("https://d.example/a?b=*", "https://d.example/a?c=c", false),
            ("https://d.example/a?.pdf", "https://d.example/a1.pdf", true),
            ("https://d.example/a?.pdf?v=?", "https://d.example/a1.pdf?v=2", true),
            ("https://d.example/a?.pdf", "https://d.example/a1.pdf?v=2", false),
            ("https://d.example/a?", "https://d.example/a", false),
        ] {
            assert_eq!(matches(resource, url), expected, "{resource} {url}");
        }
    }
}
