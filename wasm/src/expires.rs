//! When a signature stops opening a file.

use core::fmt;

use crate::Error;

/// 2100-01-01T00:00:00Z. A larger number of seconds is far likelier a number of milliseconds, which CloudFront
/// answers with `MalformedPolicy`: <https://github.com/aws/aws-sdk-js/issues/2236>
const YEAR_2100: u64 = 4_102_444_800;

/// The end of a policy, in whole seconds since 1970-01-01T00:00:00Z: CloudFront's `DateLessThan` and the value of
/// `Expires`. CloudFront compares it when a request starts; a download under way goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expires(u64);

impl Expires {
    /// An end given in whole seconds since 1970.
    ///
    /// # Errors
    /// [`Error::AfterYear2100`] past 2100-01-01, which means that milliseconds were given.
    pub fn from_epoch_seconds(seconds: u64) -> Result<Self, Error> {
        if seconds > YEAR_2100 {
            return Err(Error::AfterYear2100 { seconds });
        }
        Ok(Self(seconds))
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
    use alloc::string::ToString;

    #[test]
    fn milliseconds_are_refused() {
        let error = Expires::from_epoch_seconds(1_767_290_400_000).unwrap_err();
        assert_eq!(error, Error::AfterYear2100 { seconds: 1_767_290_400_000 });
        assert!(error.to_string().contains("milliseconds?"), "{error}");
    }

    #[test]
    fn the_last_second_is_the_first_of_2100() {
        assert_eq!(Expires::from_epoch_seconds(YEAR_2100).unwrap().epoch_seconds(), YEAR_2100);
        assert!(Expires::from_epoch_seconds(YEAR_2100 + 1).is_err());
    }
}
