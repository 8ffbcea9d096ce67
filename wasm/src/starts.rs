//! When a signature begins to open a file.

use core::fmt;
use core::time::Duration;

use crate::{Error, seconds};

/// The start of a custom policy, in whole seconds since 1970-01-01T00:00:00Z: CloudFront's `DateGreaterThan`.
/// CloudFront admits requests strictly later than it, so leave room for clocks that differ.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Starts(u64);

impl Starts {
    /// A start given in whole seconds since 1970.
    ///
    /// # Errors
    /// [`Error::AfterYear2100`] past 2100-01-01, which means that milliseconds were given.
    pub fn from_epoch_seconds(seconds: u64) -> Result<Self, Error> {
        seconds::checked(seconds).map(Self)
    }

    /// A start given as the time since 1970, floored to a second.
    ///
    /// # Errors
    /// [`Error::AfterYear2100`].
    pub fn from_duration_since_epoch(since_1970: Duration) -> Result<Self, Error> {
        seconds::floored(since_1970).map(Self)
    }

    /// Whole seconds since 1970.
    #[must_use]
    pub fn epoch_seconds(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Starts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
