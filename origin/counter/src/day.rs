//! Days in UTC, which visits are also counted by.

use core::fmt;

use time::{Date, OffsetDateTime};

/// The most days that `GET /api/count?days=` gives, and how long a day's item lives.
pub const MAX_DAYS: u16 = 400;

/// A day in UTC, written `2026-11-20`: the sort key of its items, so that days sort as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// The day of a time in whole seconds since 1970; the first or last day that there is for a time beyond them.
    #[must_use]
    pub fn of(epoch_seconds: i64) -> Self {
        let end = if epoch_seconds < 0 { Date::MIN } else { Date::MAX };
        Self(OffsetDateTime::from_unix_timestamp(epoch_seconds).map_or(end, OffsetDateTime::date))
    }

    /// The `days` days that end with this one, oldest first.
    #[must_use]
    pub fn last(self, days: Days) -> impl DoubleEndedIterator<Item = Self> {
        (0..days.0).rev().map(move |back| Self(self.0.saturating_sub(time::Duration::days(i64::from(back)))))
    }

    /// When its item may be deleted, in seconds since 1970: once no request can ask for it. It follows from the day
    /// alone, since a retried transaction must be the same byte for byte.
    #[must_use]
    pub fn expires(self) -> i64 {
        let day_after = self.0.saturating_add(time::Duration::days(i64::from(MAX_DAYS) + 1));
        day_after.midnight().assume_utc().unix_timestamp()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

/// How many days are asked for: 1 to 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days(u16);

/// `days` is not a number from 1 to 400.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("days is {value:?}: write it once, as a number from 1 to {MAX_DAYS}")]
pub struct BadDays {
    /// What was asked for, at most its first 32 characters.
    pub value: String,
}

impl Days {
    /// Reads `days` of a raw query string; `None` if it is not there.
    ///
    /// # Errors
    /// [`BadDays`] if it is there twice or is anything but decimal digits without a leading zero, from 1 to 400.
    pub fn of_query(query: &str) -> Result<Option<Self>, BadDays> {
        let mut values = query.split('&').filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name == "days").then_some(value)
        });
        let Some(value) = values.next() else { return Ok(None) };
        let bad = |value: &str| BadDays { value: value.chars().take(32).collect() };
        if let Some(second) = values.next() {
            return Err(bad(&format!("{value},{second}")));
        }
        let digits = value.bytes().all(|byte| byte.is_ascii_digit()) && !value.starts_with('0');
        match value.parse() {
            Ok(days) if digits && (1..=MAX_DAYS).contains(&days) => Ok(Some(Self(days))),
            _ => Err(bad(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-20T23:59:59Z.
    const BEFORE_MIDNIGHT: i64 = 1_795_219_199;

    #[test]
    fn a_day_ends_at_midnight_in_utc() {
        assert_eq!(Day::of(BEFORE_MIDNIGHT).to_string(), "2026-11-20");
        assert_eq!(Day::of(BEFORE_MIDNIGHT + 1).to_string(), "2026-11-21");
        assert_eq!(Day::of(0).to_string(), "1970-01-01");
    }

    #[test]
    fn days_sort_as_text_and_before_the_total() {
        let (one, next) = (Day::of(BEFORE_MIDNIGHT).to_string(), Day::of(BEFORE_MIDNIGHT + 1).to_string());
        assert!(one < next && next.as_str() < "total");
    }

    #[test]
    fn the_last_days_end_with_today_and_cross_a_leap_day() {
        let days = Days::of_query("days=3").unwrap().unwrap();
        let texts: Vec<_> = Day::of(1_835_395_200).last(days).map(|day| day.to_string()).collect();
        assert_eq!(texts, ["2028-02-27", "2028-02-28", "2028-02-29"]);
    }

    #[test]
    fn a_day_expires_after_it_can_last_be_asked_for() {
        let (day, most) = (Day::of(BEFORE_MIDNIGHT), Days::of_query("days=400").unwrap().unwrap());
        let expiry = Day::of(day.expires());
        assert!(expiry.last(most).all(|asked| asked != day));
        let before = Day::of(day.expires() - 1);
        assert!(before.last(most).next() > Some(day), "{before}");
    }

    #[test]
    fn times_beyond_the_calendar_are_its_ends() {
        assert_eq!(Day::of(i64::MAX), Day(Date::MAX));
        assert_eq!(Day::of(i64::MIN), Day(Date::MIN));
        assert!(Day(Date::MAX).expires() > 0);
    }

    #[test]
    fn days_are_read_from_the_query() {
        assert_eq!(Days::of_query(""), Ok(None));
        assert_eq!(Days::of_query("day=3&x"), Ok(None));
        assert_eq!(Days::of_query("days=1"), Ok(Some(Days(1))));
        assert_eq!(Days::of_query("a=b&days=400"), Ok(Some(Days(400))));
    }

    #[test]
    fn bad_days_are_quoted_and_refused() {
        for value in ["0", "-1", "401", "+3", "03", "3.0", "x", "", "65537", "%33", "3 "] {
            assert_eq!(Days::of_query(&format!("days={value}")), Err(BadDays { value: value.into() }));
        }
        assert!(Days::of_query("days=3&days=3").is_err());
        assert!(Days::of_query("days").is_err());
        let long = Days::of_query(&format!("days={}", "9".repeat(5_000))).unwrap_err();
        assert_eq!(long.value.len(), 32);
    }
}
