//! `vitae stats`: the visits of the last days, as any visitor may ask for them.

mod chart;

use serde::{Deserialize, Serialize};

pub use self::chart::chart;
use crate::{
    aws::CallError,
    operate::http::{Answer, Visitor},
};

/// What the counter answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visits {
    /// All visits, ever.
    pub count: u64,
    /// The days that were asked for, the oldest first.
    pub days: Vec<Day>,
}

/// A day's visits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The day in UTC, such as `2026-11-20`.
    pub day: String,
    /// Its visits.
    pub count: u64,
}

/// Why there are no numbers.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// There is one, and it is no count.
    #[error("{address}/api/count answers {status}: {body}; `cargo vitae doctor` finds out why")]
    NoCount {
        /// Who was asked.
        address: String,
        /// The status.
        status: u16,
        /// What it says.
        body: String,
    },
}

/// Asks for the visits of so many days.
///
/// # Errors
/// See [`Error`].
pub async fn visits(address: &str, days: u16) -> Result<Visits, Error> {
    let answer = Visitor::default().ask("GET", &format!("{address}/api/count?days={days}"), &[]).await?;
    read(&answer).ok_or_else(|| Error::NoCount {
        address: address.to_owned(),
        status: answer.status,
        body: answer.excerpt(),
    })
}

fn read(answer: &Answer) -> Option<Visits> {
    let mut visits: Visits = serde_json::from_slice(&answer.body).ok().filter(|_| answer.status == 200)?;
    visits.days.sort_by(|a, b| a.day.cmp(&b.day));
    Some(visits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn the_days_are_read_oldest_first() {
        let body = r#"{"count":9,"days":[{"day":"2026-11-21","count":0},{"day":"2026-11-20","count":2}]}"#;
        let visits = read(&answer(200, body)).unwrap();
        assert_eq!((visits.count, visits.days[0].day.as_str()), (9, "2026-11-20"));
    }

    #[test]
    fn what_is_no_count_is_none() {
        for (status, body) in [(403, r#"{"count":9,"days":[]}"#), (200, "<html>"), (200, r#"{"count":9}"#)] {
            assert_eq!(read(&answer(status, body)), None, "{status} {body}");
        }
    }
}
