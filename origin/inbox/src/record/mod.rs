//! The record of one upload: what a visitor declared, what was observed, what was decided, and which work is left.

mod item;
mod key;

pub use item::{BadItem, attribute, from_item, to_item};
pub use key::{Key, day_key, object_key, upload_id_of};

use core::fmt;

use crate::file_type::FileType;
use crate::upload_id::UploadId;

/// One upload. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: UploadId,
    /// The file's name.
    pub name: String,
    /// The declared type.
    pub file_type: FileType,
    /// The declared size in bytes; S3 accepts no other.
    pub size: u64,
    /// When the upload was requested.
    pub created: u64,
    /// When the record was last written.
    pub updated: u64,
    /// What the visitor and the owner are told.
    pub status: Status,
    /// Why the status is not clean.
    pub reason: Option<Reason>,
    /// The version of the object that this record is about: the first that was observed. A presigned POST can be used again
    /// until it expires; the later versions are deleted and never moved.
    pub version: Option<String>,
    /// When that version was first observed.
    pub arrived: Option<u64>,
    /// Whether its content is of the declared type, once checked.
    pub content: Option<Content>,
    /// The SHA-256 of its content in hexadecimal, once checked.
    pub sha256: Option<String>,
    /// The scan's result, once observed.
    pub scan: Option<ScanResult>,
    /// The work that is left; `None` when all is done.
    pub work: Option<Work>,
}

impl Record {
    /// The record of a new upload.
    #[must_use]
    pub fn new(id: UploadId, name: String, file_type: FileType, size: u64, now: u64) -> Self {
        Self {
            id,
            name,
            file_type,
            size,
            created: now,
            updated: now,
            status: Status::Pending,
            reason: None,
            version: None,
            arrived: None,
            content: None,
            sha256: None,
            scan: None,
            work: Some(Work::Judge),
        }
    }
}

/// A text in the table for each value of an enum.
macro_rules! texts {
    ($type:ty { $($variant:ident => $text:literal,)+ }) => {
        impl $type {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The text in the table.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value of a text.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// The status of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The upload was requested; no file has arrived.
    Pending,
    /// A file has arrived and is checked, scanned or moved.
    Scanning,
    /// The file is in the inbox bucket.
    Clean,
    /// The file is in the quarantine bucket, because of what it is.
    Quarantined,
    /// No file arrived, or it could not be scanned. In the second case it is in the quarantine bucket.
    Failed,
}

texts!(Status {
    Pending => "pending",
    Scanning => "scanning",
    Clean => "clean",
    Quarantined => "quarantined",
    Failed => "failed",
});

/// Why a status is not clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The scan found a threat.
    ThreatsFound,
    /// The scanner skipped the file, for example because it has a password.
    Unsupported,
    /// The content is not of the declared type or size.
    ContentMismatch,
    /// The scanner may not read the bucket: the plan's role is wrong.
    ScanAccessDenied,
    /// The scanner failed.
    ScanFailed,
    /// No scan result within [`crate::limits::OVERDUE_S`].
    ScanOverdue,
    /// No file arrived within [`crate::limits::OVERDUE_S`].
    NotUploaded,
    /// The file disappeared from the upload bucket before it was moved.
    FileGone,
}

texts!(Reason {
    ThreatsFound => "threats_found",
    Unsupported => "unsupported",
    ContentMismatch => "content_mismatch",
    ScanAccessDenied => "scan_access_denied",
    ScanFailed => "scan_failed",
    ScanOverdue => "scan_overdue",
    NotUploaded => "not_uploaded",
    FileGone => "file_gone",
});

impl Reason {
    /// The status that it leads to.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::ThreatsFound | Self::Unsupported | Self::ContentMismatch => Status::Quarantined,
            Self::ScanAccessDenied | Self::ScanFailed | Self::ScanOverdue | Self::NotUploaded | Self::FileGone => {
                Status::Failed
            }
        }
    }

    /// Whether there is a file, in the quarantine bucket.
    #[must_use]
    pub const fn has_file(self) -> bool {
        !matches!(self, Self::NotUploaded | Self::FileGone)
    }
}

/// The result of the content check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// The content is of the declared type and size.
    Matches,
    /// It is not.
    Mismatch,
}

texts!(Content {
    Matches => "matches",
    Mismatch => "mismatch",
});

/// GuardDuty's result of a scan, as in its event and its tag.
/// <https://docs.aws.amazon.com/guardduty/latest/ug/monitoring-malware-protection-s3-scans-gdu.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScanResult {
    /// No threat was found.
    NoThreatsFound,
    /// A threat was found.
    ThreatsFound,
    /// The file was skipped: it has a password, is packed too often, or exceeds a quota.
    Unsupported,
    /// The plan's role may not read the object.
    AccessDenied,
    /// The scan failed.
    Failed,
}

texts!(ScanResult {
    NoThreatsFound => "NO_THREATS_FOUND",
    ThreatsFound => "THREATS_FOUND",
    Unsupported => "UNSUPPORTED",
    AccessDenied => "ACCESS_DENIED",
    Failed => "FAILED",
});

/// The work that is left for a record. Each step ends with a conditional write that goes on to the next, so that a step that
/// was interrupted is repeated and a step that is done is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    /// Observe until the result is known.
    Judge,
    /// Copy the version to the bucket of the result. The result no longer changes.
    Copy,
    /// Delete the version from the upload bucket.
    Delete,
    /// Notify the owner.
    Notify,
}

texts!(Work {
    Judge => "judge",
    Copy => "copy",
    Delete => "delete",
    Notify => "notify",
});
