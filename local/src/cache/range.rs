//! A part of a kept object.
//!
//! One range of bytes is answered with that part; several, or another unit, with the whole, which RFC 9110, section 14.2, leaves to the
//! server.

use std::ops::Range;

use http::HeaderValue;

/// What a `Range` header asks of an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Whole,
    Part(Range<usize>),
    /// The object has none of it: 416.
    Nothing,
}

pub(super) fn asked(range: Option<&HeaderValue>, length: usize) -> Asked {
    let Some(range) = range.and_then(|range| range.to_str().ok()) else { return Asked::Whole };
    let Some((unit, spec)) = range.split_once('=') else { return Asked::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || spec.contains(',') {
        return Asked::Whole;
    }
    let Some((first, last)) = spec.trim().split_once('-') else { return Asked::Whole };
    let (first, last) = (first.trim(), last.trim());
    let part = match (number(first), number(last)) {
        (None, Some(suffix)) if first.is_empty() => length.saturating_sub(suffix)..length,
        (Some(first), None) if last.is_empty() => first..length,
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(length),
        _ => return Asked::Whole,
    };
    if part.is_empty() { Asked::Nothing } else { Asked::Part(part) }
}

/// A number that is too large is as large as there is.
fn number(digits: &str) -> Option<usize> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Asked, asked};
    use http::HeaderValue;

    fn of_ten(range: &'static str) -> Asked {
        asked(Some(&HeaderValue::from_static(range)), 10)
    }

    #[test]
    fn one_range_is_that_part() {
        assert_eq!(of_ten("bytes=0-3"), Asked::Part(0..4));
        assert_eq!(of_ten("bytes=4-"), Asked::Part(4..10));
        assert_eq!(of_ten("bytes=-3"), Asked::Part(7..10));
        assert_eq!(of_ten("bytes=-30"), Asked::Part(0..10));
        assert_eq!(of_ten("Bytes = 9-99999999999999999999999"), Asked::Part(9..10));
    }

    #[test]
    fn a_range_beyond_the_end_is_nothing() {
        for range in ["bytes=10-", "bytes=10-11", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(of_ten(range), Asked::Nothing, "{range}");
        }
        assert_eq!(asked(Some(&HeaderValue::from_static("bytes=0-0")), 0), Asked::Nothing);
    }

    #[test]
    fn what_is_no_single_range_is_the_whole() {
        for range in
            ["bytes=0-1,3-4", "lines=0-1", "bytes", "bytes=", "bytes=-", "bytes=3-1", "bytes=a-b", "bytes=+1-2"]
        {
            assert_eq!(of_ten(range), Asked::Whole, "{range}");
        }
        assert_eq!(asked(None, 10), Asked::Whole);
    }
}
