//! The keys of the table's items and of the objects.

use core::fmt;

use time::OffsetDateTime;

use crate::upload_id::UploadId;

/// The prefix of the objects in the upload bucket. The scanner's plan names it too.
const UPLOADS: &str = "incoming/";

/// The partition key of an item, attribute `pk`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// The record of an upload.
    Upload(UploadId),
    /// The number of files that arrived on a day.
    Day(String),
    /// The uploads that were requested and have not arrived.
    Pending,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upload(id) => write!(f, "upload#{id}"),
            Self::Day(day) => write!(f, "day#{day}"),
            Self::Pending => f.write_str("pending"),
        }
    }
}

/// The key of the count of the day, in UTC, of a time in seconds since 1970.
#[must_use]
pub fn day_key(now: u64) -> Key {
    let time = i64::try_from(now).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    let date = time.unwrap_or(OffsetDateTime::UNIX_EPOCH).date();
    Key::Day(format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()))
}

/// The key of an upload's object in the upload bucket. The visitor's file name is not part of it.
#[must_use]
pub fn object_key(id: &UploadId) -> String {
    format!("{UPLOADS}{id}")
}

/// The upload of an object in the upload bucket; `None` for an object that no upload made.
#[must_use]
pub fn upload_id_of(object_key: &str) -> Option<UploadId> {
    UploadId::parse(object_key.strip_prefix(UPLOADS)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_key_leads_back_to_its_upload() {
        let id = UploadId::parse("0123456789-_3456789abc").unwrap();
        assert_eq!(upload_id_of(&object_key(&id)), Some(id));
        for key in ["incoming/", "incoming/x", "incoming/0123456789-_3456789abc/a", "0123456789-_3456789abc", ""] {
            assert_eq!(upload_id_of(key), None, "{key}");
        }
    }

    #[test]
    fn a_day_is_in_utc() {
        assert_eq!(day_key(1_795_219_199).to_string(), "day#2026-11-20");
        assert_eq!(day_key(1_795_219_200).to_string(), "day#2026-11-21");
    }
}
