//! Decides whether a request for a link is accepted.
//!
//! The transaction that accepts a request repeats these rules as conditions, so that concurrent requests cannot pass a limit.
//! The limit of the whole site is only there: it is a condition on the row of the day.

use vitae_parameters::log::timestamp;

use crate::limits::{PAUSE_S, REQUESTS_PER_DAY};
use crate::row::AddressRow;

/// Why a request is not accepted. The visitor gets the same response as for an accepted one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The last request of this address is outstanding.
    Outstanding,
    /// The last request of this address is less than a minute old.
    Pause,
    /// This address has made all requests of a day.
    AddressDay,
    /// The site has accepted all requests of a day.
    SiteDay,
    /// A message to this address bounced or was reported as spam.
    Suppressed,
}

/// How an accepted request is counted in the row of its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayCount {
    /// The first of the day: the count starts again.
    Restarted,
    /// One more on the day of the last request.
    Continued,
}

impl Limit {
    /// Its name in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outstanding => "outstanding",
            Self::Pause => "pause",
            Self::AddressDay => "address_day",
            Self::SiteDay => "site_day",
            Self::Suppressed => "suppressed",
        }
    }
}

/// Decides a request of an address at a time in seconds since 1970. `row` is that of the address, if it has one.
///
/// # Errors
/// The [`Limit`] that it exceeds.
pub fn decide(row: Option<&AddressRow>, now_s: u64) -> Result<DayCount, Limit> {
    let Some(row) = row else { return Ok(DayCount::Restarted) };
    if row.suppressed_s.is_some() {
        return Err(Limit::Suppressed);
    }
    if row.outstanding_until_s.is_some_and(|until_s| until_s > now_s) {
        return Err(Limit::Outstanding);
    }
    if row.last_sent_s.saturating_add(PAUSE_S) > now_s {
        return Err(Limit::Pause);
    }
    match (row.day == day(now_s), row.day_count >= REQUESTS_PER_DAY) {
        (true, true) => Err(Limit::AddressDay),
        (true, false) => Ok(DayCount::Continued),
        (false, _) => Ok(DayCount::Restarted),
    }
}

/// The day (UTC) of a time in seconds since 1970, such as `2026-11-27`.
#[must_use]
pub fn day(now_s: u64) -> String {
    let mut text = timestamp(now_s.saturating_mul(1000));
    text.truncate("2026-11-27".len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::AddressHash;

    /// 2026-11-27T12:00:00Z.
    const NOW_S: u64 = 1_795_780_800;

    fn row(outstanding_until_s: Option<u64>, last_sent_s: u64, day: &str, day_count: u64) -> AddressRow {
        AddressRow {
            hash: AddressHash::parse(&"a1".repeat(32)).unwrap(),
            links: Vec::new(),
            outstanding_until_s,
            outstanding: None,
            last_sent_s,
            day: day.to_owned(),
            day_count,
            email: None,
            suppressed_s: None,
        }
    }

    #[test]
    fn a_day_is_that_in_utc() {
        assert_eq!(day(NOW_S), "2026-11-27");
        assert_eq!(day(NOW_S + 12 * 3600 - 1), "2026-11-27");
        assert_eq!(day(NOW_S + 12 * 3600), "2026-11-28");
    }

    #[test]
    fn every_limit_of_an_address_has_its_bound() {
        let (today, yesterday) = ("2026-11-27", "2026-11-26");
        for (row, expected) in [
            (row(None, 0, "", 0), Ok(DayCount::Restarted)),
            (row(Some(NOW_S + 1), 0, today, 1), Err(Limit::Outstanding)),
            (row(Some(NOW_S), NOW_S - 86_400, yesterday, 1), Ok(DayCount::Restarted)),
            (row(None, NOW_S - 59, today, 1), Err(Limit::Pause)),
            (row(None, NOW_S - 60, today, 1), Ok(DayCount::Continued)),
            (row(None, NOW_S + 500, today, 1), Err(Limit::Pause)),
            (row(None, NOW_S - 60, today, 4), Ok(DayCount::Continued)),
            (row(None, NOW_S - 60, today, 5), Err(Limit::AddressDay)),
            (row(None, NOW_S - 60, today, 6), Err(Limit::AddressDay)),
            (row(None, NOW_S - 60, yesterday, 5), Ok(DayCount::Restarted)),
        ] {
            assert_eq!(decide(Some(&row), NOW_S), expected, "{row:?}");
        }
        assert_eq!(decide(None, NOW_S), Ok(DayCount::Restarted));
        let suppressed = AddressRow { suppressed_s: Some(1), ..row(None, 0, "", 0) };
        assert_eq!(decide(Some(&suppressed), NOW_S), Err(Limit::Suppressed));
    }
}
