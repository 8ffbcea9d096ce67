//! Whether another upload may be requested: at most [`PENDING_UPLOADS`] are pending for the site, and at most [`DAILY_FILES`]
//! arrive in a day.

use std::collections::BTreeMap;

use crate::limits::{DAILY_FILES, PENDING_UPLOADS, UPLOAD_S};
use crate::upload_id::UploadId;

/// The seconds of a day.
const DAY_S: u64 = 24 * 60 * 60;

/// The uploads that were requested and have not arrived, each with the time at which it expires, in seconds since 1970. An
/// upload that never arrives leaves by itself: no event and no schedule needs to remove it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PendingUploads(pub BTreeMap<String, u64>);

/// No further upload may be requested now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{limit}; try again in {retry_after_s} s")]
pub struct TooMany {
    /// The limit that is reached.
    pub limit: Limit,
    /// When a request can succeed, in seconds.
    pub retry_after_s: u64,
}

/// A limit of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// Too many are pending.
    #[error("{PENDING_UPLOADS} uploads are pending")]
    Pending,
    /// Too many arrived, or may still arrive, today.
    #[error("{DAILY_FILES} files arrived or may still arrive today")]
    Daily,
}

impl PendingUploads {
    /// Adds an upload at `now`, when `arrived_today` files have arrived on that day, and removes the expired ones.
    ///
    /// # Errors
    /// [`TooMany`] names the limit.
    pub fn admit(&self, id: &UploadId, arrived_today: u64, now: u64) -> Result<Self, TooMany> {
        let mut uploads = self.0.clone();
        uploads.retain(|_, expires| *expires > now);
        if uploads.len() >= PENDING_UPLOADS {
            let first = uploads.values().min().copied().unwrap_or(now);
            return Err(TooMany { limit: Limit::Pending, retry_after_s: first.saturating_sub(now).max(1) });
        }
        let pending = u64::try_from(uploads.len()).unwrap_or(u64::MAX);
        if arrived_today.saturating_add(pending) >= DAILY_FILES {
            return Err(TooMany { limit: Limit::Daily, retry_after_s: DAY_S - now % DAY_S });
        }
        uploads.insert(id.to_string(), now + UPLOAD_S);
        Ok(Self(uploads))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-20T23:59:00Z.
    const NOW: u64 = 1_795_219_140;

    fn id(number: u8) -> UploadId {
        UploadId::parse(&format!("{number:022}")).unwrap()
    }

    fn pending(count: u8) -> PendingUploads {
        (0..count).fold(PendingUploads::default(), |uploads, number| uploads.admit(&id(number), 0, NOW).unwrap())
    }

    #[test]
    fn three_may_be_pending_and_the_fourth_waits_for_the_first_to_expire() {
        let full = pending(3);
        let too_many = |retry_after_s| Err(TooMany { limit: Limit::Pending, retry_after_s });
        assert_eq!(full.admit(&id(9), 0, NOW + 60), too_many(840));
        assert_eq!(full.admit(&id(9), 0, NOW + 899), too_many(1));
        let later = full.admit(&id(9), 0, NOW + 900).unwrap();
        assert_eq!(later, PendingUploads([(id(9).to_string(), NOW + 1800)].into()));
    }

    #[test]
    fn twenty_may_arrive_in_a_day_including_those_that_are_pending() {
        assert!(pending(2).admit(&id(9), 17, NOW).is_ok());
        let daily = Err(TooMany { limit: Limit::Daily, retry_after_s: 60 });
        assert_eq!(pending(2).admit(&id(9), 18, NOW), daily);
        assert_eq!(pending(0).admit(&id(9), 20, NOW), daily);
        assert!(pending(0).admit(&id(9), 0, NOW + 60).is_ok());
    }
}
