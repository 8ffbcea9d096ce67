//! Dates of a resume: a year, a month or a day.

/// A date as the schema allows it: `2014`, `2014-06` or `2014-06-29`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// The year, from 1000 to 2999.
    pub year: u16,
    /// The month, from 1.
    pub month: Option<u8>,
    /// The day of the month, from 1.
    pub day: Option<u8>,
}

/// A text that is not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a date: write YYYY, YYYY-MM or YYYY-MM-DD, such as 2014-06")]
pub struct DateError {
    text: String,
}

impl Date {
    /// Parses a date of the schema.
    ///
    /// # Errors
    /// [`DateError`], also for a month or a day that no calendar has, which the pattern of the schema allows.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let parsed = || {
            let mut parts = text.split('-');
            let number = |part: &str, length| {
                let is_number = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
                is_number.then(|| part.parse::<u16>().ok()).flatten()
            };
            let year = number(parts.next()?, 4).filter(|year| (1000..3000).contains(year))?;
            let mut small = |max: u16| match parts.next() {
                None => Some(None),
                Some(part) => {
                    let value = number(part, 2).filter(|value| (1..=max).contains(value))?;
                    Some(u8::try_from(value).ok())
                }
            };
            let month = small(12)?;
            let day = small(month.map_or(0, |month| days(year, month)))?;
            parts.next().is_none().then_some(Self { year, month, day })
        };
        parsed().ok_or_else(|| DateError { text: text.to_owned() })
    }

    /// The date in years, with months as fractions: the start of June 2014 is about 2014.4. Without a month it is the start of
    /// the year.
    #[must_use]
    pub fn start(self) -> f64 {
        f64::from(self.year) + f64::from(self.month.map_or(0, |month| month - 1)) / 12.0
    }

    /// As [`Self::start`] for the end of a period, which includes its last month: the end of June 2014 is 2014.5. Without a month
    /// it is the start of the year, as most people mean it: "2013–2014".
    #[must_use]
    pub fn end(self) -> f64 {
        f64::from(self.year) + f64::from(self.month.unwrap_or(0)) / 12.0
    }
}

/// The number of days of a month.
fn days(year: u16, month: u8) -> u16 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 31,
    }
}

/// The day on which a site is built, to which present positions extend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
}

impl Today {
    /// The month of a time in seconds since 1970, in UTC.
    #[must_use]
    pub fn from_unix(seconds: u64) -> Self {
        let mut days_left = seconds / 86_400;
        let mut year = 1970;
        loop {
            let in_year = if days(year, 2) == 29 { 366 } else { 365 };
            if days_left < in_year || year == 2999 {
                break;
            }
            days_left -= in_year;
            year += 1;
        }
        let mut month = 1;
        while month < 12 && days_left >= u64::from(days(year, month)) {
            days_left -= u64::from(days(year, month));
            month += 1;
        }
        Self { year, month }
    }

    /// In years, as [`Date::end`].
    #[must_use]
    pub fn end(self) -> f64 {
        f64::from(self.year) + f64::from(self.month) / 12.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_a_year_and_perhaps_a_month_and_a_day() {
        let date = |year, month, day| Ok(Date { year, month, day });
        assert_eq!(Date::parse("2014"), date(2014, None, None));
        assert_eq!(Date::parse("2014-06"), date(2014, Some(6), None));
        assert_eq!(Date::parse("2012-02-29"), date(2012, Some(2), Some(29)));
    }

    #[test]
    fn another_text_is_rejected_and_quoted() {
        for text in [
            "",
            "14",
            "0999",
            "3000",
            "2014-6",
            "2014-00",
            "2014-13",
            "2013-02-29",
            "2014-06-31",
            "2014-06-29-1",
            "2014-",
            "June 2014",
            "+201",
            "2014-06-29T00:00",
        ] {
            let error = Date::parse(text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{text:?} is not a date")), "{error}");
        }
    }

    #[test]
    fn a_period_includes_its_last_month() {
        let (start, end) = (Date::parse("2014-06").unwrap(), Date::parse("2014-06").unwrap());
        assert!((start.start() - 2014.416).abs() < 0.001 && (end.end() - 2014.5).abs() < 0.001);
    }

    #[test]
    fn today_is_the_month_of_the_clock() {
        for (seconds, year, month) in
            [(0, 1970, 1), (951_782_400, 2000, 2), (951_868_800, 2000, 3), (1_795_780_800, 2026, 11)]
        {
            assert_eq!(Today::from_unix(seconds), Today { year, month });
        }
    }
}
