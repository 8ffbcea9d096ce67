//! Times of a policy: whole seconds since 1970, which CloudFront calls `AWS:EpochTime`.

use core::fmt;
use core::time::Duration;

use crate::Error;

/// 2100-01-01T00:00:00Z. A larger number is most likely in milliseconds, which CloudFront rejects as `MalformedPolicy`:
/// <https://github.com/aws/aws-sdk-js/issues/2236>
const YEAR_2100: u64 = 4_102_444_800;

fn not_after_2100(seconds: u64) -> Result<u64, Error> {
    if seconds > YEAR_2100 {
        return Err(Error::AfterYear2100 { seconds });
    }
    Ok(seconds)
}

/// The time a policy expires at, in whole seconds since 1970-01-01T00:00:00Z: CloudFront's `DateLessThan`, and the value
/// of the parameter `Expires`. CloudFront checks it when a request starts; a download in progress continues.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html#private-content-check-expiration>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expires(u64);

impl Expires {
    /// Creates an expiry from whole seconds since 1970.
    ///
    /// # Errors
    /// [`Error::AfterYear2100`] after 2100-01-01: the value was probably in milliseconds.
    pub fn from_epoch_seconds(seconds: u64) -> Result<Self, Error> {
        not_after_2100(seconds).map(Self)
    }

    /// Creates an expiry from the time since 1970, rounded down to a second.
    ///
    /// # Errors
    /// [`Error::AfterYear2100`].
    pub fn from_duration_since_epoch(since_epoch: Duration) -> Result<Self, Error> {
        Self::from_epoch_seconds(since_epoch.as_secs())
    }

    /// Creates an expiry `lifetime` after `now` (the time since 1970), rounded down to a second.
    ///
    /// The crate reads no clock. Read it once and pass the same `now` to everything that depends on it.
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

/// The time a custom policy starts at, in whole seconds since 1970-01-01T00:00:00Z: CloudFront's `DateGreaterThan`.
///
/// CloudFront accepts requests strictly after this time, so allow for clocks that differ.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StartTime(u64);

impl StartTime {
    /// Creates a start time from whole seconds since 1970.
    ///
    /// # Errors
    /// [`Error::AfterYear2100`] after 2100-01-01: the value was probably in milliseconds.
    pub fn from_epoch_seconds(seconds: u64) -> Result<Self, Error> {
        not_after_2100(seconds).map(Self)
    }

    /// Creates a start time from the time since 1970, rounded down to a second.
    ///
    /// # Errors
    /// [`Error::AfterYear2100`].
    pub fn from_duration_since_epoch(since_epoch: Duration) -> Result<Self, Error> {
        Self::from_epoch_seconds(since_epoch.as_secs())
    }

    /// Whole seconds since 1970.
    #[must_use]
    pub fn epoch_seconds(self) -> u64 {
        self.0
    }
}

impl fmt::Display for StartTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn milliseconds_are_rejected() {
        let error = Expires::from_epoch_seconds(1_767_290_400_000).unwrap_err();
        assert_eq!(error, Error::AfterYear2100 { seconds: 1_767_290_400_000 });
        assert!(error.to_string().contains("milliseconds?"), "{error}");
    }

    #[test]
    fn the_last_accepted_second_is_the_first_of_2100() {
        assert_eq!(not_after_2100(YEAR_2100), Ok(YEAR_2100));
        assert!(not_after_2100(YEAR_2100 + 1).is_err());
    }

    #[test]
    fn a_fraction_of_a_second_never_extends_a_lifetime() {
        let just_before = Duration::new(1_767_290_400, 999_999_999);
        assert_eq!(Expires::from_duration_since_epoch(just_before).unwrap().epoch_seconds(), 1_767_290_400);
        assert_eq!(Expires::after(just_before, Duration::ZERO).unwrap().epoch_seconds(), 1_767_290_400);
    }

    #[test]
    fn an_unlimited_lifetime_is_rejected() {
        let now = Duration::from_millis(1_767_290_400_900);
        assert!(matches!(Expires::after(now, Duration::MAX), Err(Error::AfterYear2100 { .. })));
    }
}
