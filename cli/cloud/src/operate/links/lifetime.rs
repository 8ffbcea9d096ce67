//! How long a link is valid.

use std::str::FromStr;

use vitae_links::limits::{DAY_S, LIFETIME_S};

/// The longest lifetime, in days. The owner can extend a link.
const DAYS: u64 = 3650;

/// A lifetime: a number and a unit, such as `30d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(u64);

/// A text that is not a lifetime.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not a lifetime: use a number of hours, days or weeks, such as 12h, 30d or 6w, up to {DAYS}d")]
pub struct BadLifetime {
    value: String,
}

impl Lifetime {
    /// When a link that is created or extended now expires, in seconds since 1970.
    #[must_use]
    pub const fn expiry_s(self, now_s: u64) -> u64 {
        now_s.saturating_add(self.0)
    }
}

impl Default for Lifetime {
    fn default() -> Self {
        Self(LIFETIME_S)
    }
}

impl FromStr for Lifetime {
    type Err = BadLifetime;

    fn from_str(text: &str) -> Result<Self, BadLifetime> {
        let unit_s = match text.chars().next_back() {
            Some('h') => 60 * 60,
            Some('d') => DAY_S,
            Some('w') => 7 * DAY_S,
            _ => 0,
        };
        let number = text.get(..text.len().saturating_sub(1)).and_then(|digits| digits.parse::<u64>().ok());
        let seconds = number.and_then(|number| number.checked_mul(unit_s)).unwrap_or_default();
        let is_valid = (1..=DAYS * DAY_S).contains(&seconds) && text.starts_with(|c: char| c.is_ascii_digit());
        if is_valid { Ok(Self(seconds)) } else { Err(BadLifetime { value: text.to_owned() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_has_a_unit() {
        for (text, seconds) in [("1h", 3600), ("30d", 2_592_000), ("6w", 3_628_800), ("3650d", 315_360_000)] {
            assert_eq!(text.parse(), Ok(Lifetime(seconds)), "{text}");
        }
        assert_eq!("30d".parse(), Ok(Lifetime::default()));
        assert_eq!(Lifetime(60).expiry_s(1000), 1060);
    }

    #[test]
    fn another_text_is_quoted() {
        for text in [
            "",
            "d",
            "0d",
            "30",
            "30m",
            "-1d",
            "+1d",
            "1.5d",
            "3651d",
            "99999999999999999999d",
            "1d ",
            "\u{661}d",
            "\u{e9}",
        ] {
            assert_eq!(text.parse::<Lifetime>(), Err(BadLifetime { value: text.to_owned() }), "{text}");
        }
    }
}
