//! Days in UTC, for the number of visits per day.

use core::fmt;

use time::{Date, OffsetDateTime};
use vitae_parameters::DAYS;

/// A day in UTC, written `2026-11-20`: the sort key of its items, so that days sort as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// The day of a time in seconds since 1970; the calendar's last day for a later time.
    #[must_use]
    pub fn from_epoch_s(seconds: u64) -> Self {
        let time = i64::try_from(seconds).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
        Self(time.map_or(Date::MAX, OffsetDateTime::date))
    }

    /// The last `days` days up to this one, oldest first.
    #[must_use]
    pub fn last(self, days: Days) -> impl DoubleEndedIterator<Item = Self> {
        (0..days.0).rev().map(move |back| Self(self.0.saturating_sub(time::Duration::days(i64::from(back)))))
    }

    /// When its item may be deleted, in seconds since 1970: once no request can include it. It is derived from the day
    /// alone, since a retried transaction must be the same byte for byte.
    #[must_use]
    pub fn expires(self) -> i64 {
        let expiry = self.0.saturating_add(time::Duration::days(i64::from(*DAYS.end()) + 1));
        expiry.midnight().assume_utc().unix_timestamp()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

/// A requested number of days, within [`DAYS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days(u16);

/// `days` is malformed or out of bounds. The value is not quoted, since the message is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("days is not one whole number from {} to {}", DAYS.start(), DAYS.end())]
pub struct BadDays;

impl Days {
    /// Reads `days` from a raw query string; `None` if it is missing.
    ///
    /// # Errors
    /// [`BadDays`] if it is repeated, or is not decimal digits without a leading zero, from 1 to 400.
    pub fn from_query(query: &str) -> Result<Option<Self>, BadDays> {
        let mut values = query.split('&').filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name == "days").then_some(value)
        });
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() || value.starts_with('0') || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BadDays);
        }
        let days = value.parse().ok().filter(|days| DAYS.contains(days));
        days.map(|days| Some(Self(days))).ok_or(BadDays)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-20T23:59:59Z.
    const BEFORE_MIDNIGHT: u64 = 1_795_219_199;

    #[test]
    fn a_day_ends_at_midnight_in_utc() {
        assert_eq!(Day::from_epoch_s(BEFORE_MIDNIGHT).to_string(), "2026-11-20");
        assert_eq!(Day::from_epoch_s(BEFORE_MIDNIGHT + 1).to_string(), "2026-11-21");
        assert_eq!(Day::from_epoch_s(0).to_string(), "1970-01-01");
    }

    #[test]
    fn days_sort_as_text_and_before_the_total() {
        let (one, next) =
            (Day::from_epoch_s(BEFORE_MIDNIGHT).to_string(), Day::from_epoch_s(BEFORE_MIDNIGHT + 1).to_string());
        assert!(one < next && next.as_str() < "total");
    }

    #[test]
    fn the_last_days_end_with_today_and_cross_a_leap_day() {
        let days = Days::from_query("days=3").unwrap().unwrap();
        let texts: Vec<_> = Day::from_epoch_s(1_835_395_200).last(days).map(|day| day.to_string()).collect();
        assert_eq!(texts, ["2028-02-27", "2028-02-28", "2028-02-29"]);
    }

    #[test]
    fn a_day_expires_after_the_last_request_that_can_include_it() {
        let (day, most) = (Day::from_epoch_s(BEFORE_MIDNIGHT), Days::from_query("days=400").unwrap().unwrap());
        let expires = u64::try_from(day.expires()).unwrap();
        assert!(Day::from_epoch_s(expires).last(most).all(|requested| requested != day));
        let before = Day::from_epoch_s(expires - 1);
        assert!(before.last(most).next() > Some(day), "{before}");
    }

    #[test]
    fn a_time_past_the_calendar_is_its_last_day() {
        assert_eq!(Day::from_epoch_s(u64::MAX), Day(Date::MAX));
        assert_eq!(Day::from_epoch_s(1 << 62), Day(Date::MAX));
        assert!(Day(Date::MAX).expires() > 0);
    }

    #[test]
    fn days_are_read_from_the_query() {
        assert_eq!(Days::from_query(""), Ok(None));
        assert_eq!(Days::from_query("day=3&x"), Ok(None));
        assert_eq!(Days::from_query("days=1"), Ok(Some(Days(1))));
        assert_eq!(Days::from_query("a=b&days=400"), Ok(Some(Days(400))));
    }

    #[test]
    fn malformed_or_repeated_days_are_rejected() {
        for value in ["0", "-1", "401", "+3", "03", "3.0", "x", "", "65537", "%33", "3 "] {
            assert_eq!(Days::from_query(&format!("days={value}")), Err(BadDays), "{value}");
        }
        assert!(Days::from_query("days=3&days=3").is_err());
        assert!(Days::from_query("days").is_err());
        assert!(Days::from_query(&format!("days={}", "9".repeat(5_000))).is_err());
    }
}
