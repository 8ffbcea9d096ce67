//! When a signature stops opening a file.

use core::fmt;
use core::time::Duration;

use crate::{Error, seconds};

/// The end of a policy, in whole seconds since 1970-01-01T00:00:00Z: CloudFront's `DateLessThan` and the value of
/// `Expires`. CloudFront compares it when a request starts; a download under way goes on.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html#private-content-check-expiration>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expires(u64);

impl Expires {
    /// An end given in whole seconds since 1970.
    ///
    /// # Errors
    /// [`Error::AfterYear2100`] past 2100-01-01, which means that milliseconds were given.
    pub fn from_epoch_seconds(seconds: u64) -> Result<Self, Error> {
        seconds::checked(seconds).map(Self)
    }

    /// An end given as the time since 1970, floored to a second.
    ///
    /// # Errors
    /// [`Error::AfterYear2100`].
    pub fn from_duration_since_epoch(since_1970: Duration) -> Result<Self, Error> {
        seconds::floored(since_1970).map(Self)
    }

    /// The end of a life of `lifetime` that begins at `now` (the time since 1970), floored to a second. The caller reads
    /// the clock, once, and gives the same `now` to whatever else depends on it.
    ///
    /// ```
    /// use core::time::Duration;
    /// use vitae_signer::Expires;
    ///
    /// let now = Duration::from_millis(1_767_290_400_900); // SystemTime::now().duration_since(UNIX_EPOCH)
    /// let expires = Expires::after(now, Duration::from_secs(60))?;
    /// assert_eq!(expires.epoch_seconds(), 1_767_290_460);
    /// # Ok::<(), vitae_signer::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::AfterYear2100`].
    pub fn after(now: Duration, lifetime: Duration) -> Result<Self, Error> {
        Self::from_duration_since_epoch(now.saturating_add(lifetime))
    }

    /// Whole seconds since 1970.
    #[must_use]
    pub fn epoch_seconds(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Expires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_of_a_second_never_lengthens_a_life() {
        let just_before = Duration::new(1_767_290_400, 999_999_999);
        assert_eq!(Expires::from_duration_since_epoch(just_before).unwrap().epoch_seconds(), 1_767_290_400);
        assert_eq!(Expires::after(just_before, Duration::ZERO).unwrap().epoch_seconds(), 1_767_290_400);
    }

    #[test]
    fn a_life_without_end_is_refused() {
        let now = Duration::from_millis(1_767_290_400_900);
        assert!(matches!(Expires::after(now, Duration::MAX), Err(Error::AfterYear2100 { .. })));
    }
}
