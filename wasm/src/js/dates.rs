//! JavaScript's dates, which are milliseconds.

use core::time::Duration;

use crate::{Error, Expires, Starts};

/// 2000-01-01T00:00:00Z in seconds. CloudFront is younger, so an earlier date is a number of seconds taken for milliseconds.
const YEAR_2000: u64 = 946_684_800;

pub(super) fn expires(milliseconds: f64) -> Result<Expires, Error> {
    Expires::from_duration_since_epoch(since_1970(milliseconds)?)
}

pub(super) fn starts(milliseconds: f64) -> Result<Starts, Error> {
    Starts::from_duration_since_epoch(since_1970(milliseconds)?)
}

fn since_1970(milliseconds: f64) -> Result<Duration, Error> {
    let since_1970 = Duration::try_from_secs_f64(milliseconds / 1000.0).map_err(|_| Error::NotADate)?;
    if since_1970.as_secs() < YEAR_2000 {
        return Err(Error::BeforeYear2000 { seconds: since_1970.as_secs() });
    }
    Ok(since_1970)
}
