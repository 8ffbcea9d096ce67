//! Whole seconds since 1970: CloudFront's `AWS:EpochTime`.

use core::time::Duration;

use crate::Error;

/// 2100-01-01T00:00:00Z. A larger number of seconds is far likelier a number of milliseconds, which CloudFront
/// answers with `MalformedPolicy`: <https://github.com/aws/aws-sdk-js/issues/2236>
const YEAR_2100: u64 = 4_102_444_800;

/// Refuses what is past the year 2100.
pub(crate) fn checked(seconds: u64) -> Result<u64, Error> {
    if seconds > YEAR_2100 {
        return Err(Error::AfterYear2100 { seconds });
    }
    Ok(seconds)
}

/// Floors: a fraction of a second never lengthens a life.
pub(crate) fn floored(since_1970: Duration) -> Result<u64, Error> {
    checked(since_1970.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn milliseconds_are_refused() {
        let error = checked(1_767_290_400_000).unwrap_err();
        assert_eq!(error, Error::AfterYear2100 { seconds: 1_767_290_400_000 });
        assert!(error.to_string().contains("milliseconds?"), "{error}");
    }

    #[test]
    fn the_last_second_is_the_first_of_2100() {
        assert_eq!(checked(YEAR_2100), Ok(YEAR_2100));
        assert!(checked(YEAR_2100 + 1).is_err());
    }
}
