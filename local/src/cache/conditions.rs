//! Conditional requests: is what the viewer has still what there is?
//!
//! Source: RFC 9110, sections 13.1.2, 13.1.3, 13.1.5 and 13.2.2.

use http::HeaderMap;
use http::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED};

use super::lifetime::epoch;

/// Whether a request with these headers is answered 304 by an object with those.
pub(super) fn not_modified(asked: &HeaderMap, kept: &HeaderMap) -> bool {
    if asked.contains_key(IF_NONE_MATCH) {
        let etag = kept.get(ETAG).and_then(|etag| etag.to_str().ok());
        let tags = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        return tags
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|tag| tag == "*" || etag.is_some_and(|etag| weakly(tag) == weakly(etag)));
    }
    let since = asked.get(IF_MODIFIED_SINCE).and_then(epoch);
    let modified = kept.get(LAST_MODIFIED).and_then(epoch);
    since.zip(modified).is_some_and(|(since, modified)| modified <= since)
}

/// Whether a part may be given: without `If-Range` always, with it only of the very same object.
pub(super) fn part_may_be_given(asked: &HeaderMap, kept: &HeaderMap) -> bool {
    let Some(condition) = asked.get(IF_RANGE) else { return true };
    if condition.as_bytes().starts_with(b"\"") {
        return kept.get(ETAG) == Some(condition);
    }
    // A weak tag never matches, and a date only exactly.
    let date = epoch(condition);
    date.is_some() && date == kept.get(LAST_MODIFIED).and_then(epoch)
}

fn weakly(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::{not_modified, part_may_be_given};
    use http::{HeaderMap, HeaderValue};

    const DATE: &str = "Fri, 15 Jan 2027 08:00:00 GMT";
    const LATER: &str = "Fri, 15 Jan 2027 08:00:01 GMT";

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn tags_are_compared_weakly() {
        let kept = headers(&[("etag", "\"1\"")]);
        for (tag, expected) in
            [("\"1\"", true), ("W/\"1\"", true), ("\"2\", \"1\"", true), ("*", true), ("\"2\"", false), ("1", false)]
        {
            assert_eq!(not_modified(&headers(&[("if-none-match", tag)]), &kept), expected, "{tag}");
        }
    }

    #[test]
    fn a_date_counts_only_without_a_tag() {
        let kept = headers(&[("etag", "\"1\""), ("last-modified", DATE)]);
        assert!(not_modified(&headers(&[("if-modified-since", DATE)]), &kept));
        assert!(not_modified(&headers(&[("if-modified-since", LATER)]), &kept));
        assert!(!not_modified(&headers(&[("if-modified-since", LATER), ("if-none-match", "\"2\"")]), &kept));
        assert!(!not_modified(&headers(&[("if-modified-since", "yesterday")]), &kept));
        assert!(!not_modified(&headers(&[]), &kept));
    }

    #[test]
    fn a_part_is_given_of_the_same_object_only() {
        let kept = headers(&[("etag", "\"1\""), ("last-modified", DATE)]);
        for (condition, expected) in
            [("\"1\"", true), ("\"2\"", false), ("W/\"1\"", false), (DATE, true), (LATER, false), ("x", false)]
        {
            assert_eq!(part_may_be_given(&headers(&[("if-range", condition)]), &kept), expected, "{condition}");
        }
        assert!(part_may_be_given(&headers(&[]), &kept));
    }
}
