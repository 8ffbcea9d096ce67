//! `vitae stats`: the visits of the last days, from the public API.

mod chart;

use serde::{Deserialize, Serialize};

pub use self::chart::chart;
use crate::{
    aws::CallError,
    operate::http::{HttpClient, Response},
};

/// The response of the counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visits {
    /// The total.
    pub count: u64,
    /// The requested days, oldest first.
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

/// Why the visits could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There was no response.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The response is not a count.
    #[error("{address}/api/count returned {status}: {body}; run `cargo vitae doctor`")]
    NoCount {
        /// The address.
        address: String,
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
}

/// Reads the visits of the last `days` days.
///
/// # Errors
/// See [`Error`].
pub async fn visits(address: &str, days: u16) -> Result<Visits, Error> {
    let response = HttpClient::default().send("GET", &format!("{address}/api/count?days={days}"), &[]).await?;
    read(&response).ok_or_else(|| Error::NoCount {
        address: address.to_owned(),
        status: response.status,
        body: response.excerpt(),
    })
}

fn read(response: &Response) -> Option<Visits> {
    let mut visits: Visits = serde_json::from_slice(&response.body).ok().filter(|_| response.status == 200)?;
    visits.days.sort_by(|a, b| a.day.cmp(&b.day));
    Some(visits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, body: &str) -> Response {
        Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn the_days_are_read_oldest_first() {
        let body = r#"{"count":9,"days":[{"day":"2026-11-21","count":0},{"day":"2026-11-20","count":2}]}"#;
        let visits = read(&response(200, body)).unwrap();
        assert_eq!((visits.count, visits.days[0].day.as_str()), (9, "2026-11-20"));
    }

    #[test]
    fn other_responses_are_not_a_count() {
        for (status, body) in [(403, r#"{"count":9,"days":[]}"#), (200, "<html>"), (200, r#"{"count":9}"#)] {
            assert_eq!(read(&response(status, body)), None, "{status} {body}");
        }
    }
}
