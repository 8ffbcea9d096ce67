//! `days` of `GET /api/count?days=30`.

use core::ops::RangeInclusive;

use crate::answer::Problem;

/// How many days may be asked for: as many as the counter keeps.
const DAYS: RangeInclusive<u16> = 1..=400;

/// Checks `days`, which is part of the cache key: one spelling for one number, or a viewer could fill the cache.
pub(super) fn check(querystring: &str) -> Result<(), Problem> {
    let mut values = querystring.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name == "days").then_some(value)
    });
    match (values.next(), values.next()) {
        (None, _) => Ok(()),
        (Some(value), None) if is_days(value) => Ok(()),
        _ => Err(Problem::BadDays),
    }
}

fn is_days(value: &str) -> bool {
    value.parse::<u16>().is_ok_and(|days| DAYS.contains(&days) && days.to_string() == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_days_is_written_once_and_in_one_way() {
        for fine in ["", "days=1", "days=30", "days=400", "other=x&days=7", "daysx=0", "&", "DAYS=x"] {
            assert_eq!(check(fine), Ok(()), "{fine}");
        }
        let long = format!("days={}", "9".repeat(9000));
        for bad in [
            "days",
            "days=",
            "days=0",
            "days=401",
            "days=-1",
            "days=+1",
            "days=01",
            "days=1.0",
            "days=%31",
            "days=1&days=1",
            "days=1&days",
            "days= 1",
            "days=١",
            "days=30x",
            &long,
        ] {
            assert_eq!(check(bad), Err(Problem::BadDays), "{bad}");
        }
    }
}
