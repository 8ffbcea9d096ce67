//! Byte ranges of an object, in the cache or in a folder.
//!
//! The response to one range of bytes is that range. The response to several ranges or another unit is the
//! whole object, which RFC 9110, section 14.2, leaves to the server.

use std::ops::Range;

use http::HeaderValue;

/// The part of an object that a `Range` header selects.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ByteRangeRequest {
    Whole,
    Range(Range<usize>),
    /// 416: the range is outside the object.
    Unsatisfiable,
}

pub(crate) fn parse(range: Option<&HeaderValue>, length: usize) -> ByteRangeRequest {
    let Some(range) = range.and_then(|range| range.to_str().ok()) else { return ByteRangeRequest::Whole };
    let Some((unit, spec)) = range.split_once('=') else { return ByteRangeRequest::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || spec.contains(',') {
        return ByteRangeRequest::Whole;
    }
    let Some((first, last)) = spec.trim().split_once('-') else { return ByteRangeRequest::Whole };
    let (first, last) = (first.trim(), last.trim());
    let part = match (number(first), number(last)) {
        (None, Some(suffix)) if first.is_empty() => length.saturating_sub(suffix)..length,
        (Some(first), None) if last.is_empty() => first..length,
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(length),
        _ => return ByteRangeRequest::Whole,
    };
    if part.is_empty() { ByteRangeRequest::Unsatisfiable } else { ByteRangeRequest::Range(part) }
}

/// A number that is too large is `usize::MAX`.
fn number(digits: &str) -> Option<usize> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::{ByteRangeRequest, parse};
    use http::HeaderValue;

    fn parse_ten(range: &'static str) -> ByteRangeRequest {
        parse(Some(&HeaderValue::from_static(range)), 10)
    }

    #[test]
    fn one_range_selects_that_range() {
        assert_eq!(parse_ten("bytes=0-3"), ByteRangeRequest::Range(0..4));
        assert_eq!(parse_ten("bytes=4-"), ByteRangeRequest::Range(4..10));
        assert_eq!(parse_ten("bytes=-3"), ByteRangeRequest::Range(7..10));
        assert_eq!(parse_ten("bytes=-30"), ByteRangeRequest::Range(0..10));
        assert_eq!(parse_ten("Bytes = 9-99999999999999999999999"), ByteRangeRequest::Range(9..10));
    }

    #[test]
    fn a_range_beyond_the_end_is_unsatisfiable() {
        for range in ["bytes=10-", "bytes=10-11", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(parse_ten(range), ByteRangeRequest::Unsatisfiable, "{range}");
        }
        assert_eq!(parse(Some(&HeaderValue::from_static("bytes=0-0")), 0), ByteRangeRequest::Unsatisfiable);
    }

    #[test]
    fn anything_but_a_single_range_selects_the_whole_object() {
        for range in
            ["bytes=0-1,3-4", "lines=0-1", "bytes", "bytes=", "bytes=-", "bytes=3-1", "bytes=a-b", "bytes=+1-2"]
        {
            assert_eq!(parse_ten(range), ByteRangeRequest::Whole, "{range}");
        }
        assert_eq!(parse(None, 10), ByteRangeRequest::Whole);
    }
}
