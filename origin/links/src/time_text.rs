//! Times as people read them.

use vitae_parameters::log::timestamp;

/// A time in seconds since 1970 to the minute, such as `2026-11-27 15:30 UTC`.
pub(crate) fn minute(seconds: u64) -> String {
    let text = timestamp(seconds.saturating_mul(1000));
    let (day, time) = text.split_once('T').unwrap_or((&text, ""));
    format!("{day} {} UTC", time.get(..5).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_to_the_minute() {
        assert_eq!(minute(1_795_780_859), "2026-11-27 12:00 UTC");
    }
}
