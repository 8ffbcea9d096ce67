//! Durations as a person types them.

use std::time::Duration;

/// The units, each in seconds.
const UNITS: [(char, u64); 4] = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400)];

/// Parses a whole number with a unit: `90s`, `30m`, `1h`, `7d`.
///
/// # Errors
/// A message that quotes the text, for anything else and for zero.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let invalid = || format!("{text:?} is not a duration: use a whole number and s, m, h or d, such as 1h");
    let unit = UNITS.into_iter().find(|(unit, _)| text.ends_with(*unit));
    let (unit, seconds) = unit.ok_or_else(invalid)?;
    let number = text.trim_end_matches(unit);
    let number: u64 = number.parse().ok().filter(|_| text.len() == number.len() + 1).ok_or_else(invalid)?;
    let duration = number.checked_mul(seconds).filter(|seconds| *seconds > 0);
    duration.map(Duration::from_secs).ok_or_else(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        for (text, seconds) in [("90s", 90), ("30m", 1_800), ("1h", 3_600), ("7d", 604_800)] {
            assert_eq!(parse_duration(text), Ok(Duration::from_secs(seconds)));
        }
        for text in ["", "h", "60", "0s", "-1h", "1.5h", "1hh", "1 h", "1w", "1h30m", "99999999999999999999d", "1é"] {
            assert!(parse_duration(text).unwrap_err().contains(text), "{text}");
        }
    }
}
