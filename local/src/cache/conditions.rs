//! Conditional requests: whether the viewer's copy is current.
//!
//! Source: RFC 9110, sections 13.1.2, 13.1.3, 13.1.5 and 13.2.2.

use http::HeaderMap;
use http::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED};

use super::lifetime::epoch;

/// Whether the response to a request is 304, given the stored object's headers.
pub(super) fn not_modified(request: &HeaderMap, stored: &HeaderMap) -> bool {
    if request.contains_key(IF_NONE_MATCH) {
        let etag = stored.get(ETAG).and_then(|etag| etag.to_str().ok());
        let tags = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        return tags
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|tag| tag == "*" || etag.is_some_and(|etag| without_weak_prefix(tag) == without_weak_prefix(etag)));
    }
    let since = request.get(IF_MODIFIED_SINCE).and_then(epoch);
    let modified = stored.get(LAST_MODIFIED).and_then(epoch);
    since.zip(modified).is_some_and(|(since, modified)| modified <= since)
}

/// Whether a range may be served: with `If-Range`, only if the object is the same.
pub(super) fn range_applies(request: &HeaderMap, stored: &HeaderMap) -> bool {
    let Some(condition) = request.get(IF_RANGE) else { return true };
    if condition.as_bytes().starts_with(b"\"") {
        return stored.get(ETAG) == Some(condition);
    }
    // A weak tag never matches, and a date only exactly.
    let date = epoch(condition);
    date.is_some() && date == stored.get(LAST_MODIFIED).and_then(epoch)
}

fn without_weak_prefix(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::{not_modified, range_applies};
    use http::{HeaderMap, HeaderValue};

    const DATE: &str = "Fri, 15 Jan 2027 08:00:00 GMT";
    const LATER: &str = "Fri, 15 Jan 2027 08:00:01 GMT";

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn tags_are_compared_without_weak_prefix() {
        let stored = headers(&[("etag", "\"1\"")]);
        for (tag, expected) in
            [("\"1\"", true), ("W/\"1\"", true), ("\"2\", \"1\"", true), ("*", true), ("\"2\"", false), ("1", false)]
        {
            assert_eq!(not_modified(&headers(&[("if-none-match", tag)]), &stored), expected, "{tag}");
        }
    }

    #[test]
    fn a_date_counts_only_without_a_tag() {
        let stored = headers(&[("etag", "\"1\""), ("last-modified", DATE)]);
        assert!(not_modified(&headers(&[("if-modified-since", DATE)]), &stored));
        assert!(not_modified(&headers(&[("if-modified-since", LATER)]), &stored));
        assert!(!not_modified(&headers(&[("if-modified-since", LATER), ("if-none-match", "\"2\"")]), &stored));
        assert!(!not_modified(&headers(&[("if-modified-since", "yesterday")]), &stored));
        assert!(!not_modified(&headers(&[]), &stored));
    }

    #[test]
    fn a_range_is_served_of_the_same_object_only() {
        let stored = headers(&[("etag", "\"1\""), ("last-modified", DATE)]);
        for (condition, expected) in
            [("\"1\"", true), ("\"2\"", false), ("W/\"1\"", false), (DATE, true), (LATER, false), ("x", false)]
        {
            assert_eq!(range_applies(&headers(&[("if-range", condition)]), &stored), expected, "{condition}");
        }
        assert!(range_applies(&headers(&[]), &stored));
    }
}
