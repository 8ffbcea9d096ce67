//! The inbox's limits.

/// The largest file, in bytes. GuardDuty scans far larger ones; this is what a brief may need.
/// <https://docs.aws.amazon.com/guardduty/latest/ug/malware-protection-s3-quotas-guardduty.html>
pub const FILE_BYTES: u64 = 10 * 1024 * 1024;

/// The longest request body, in bytes.
pub const BODY_BYTES: usize = vitae_parameters::INBOX_BODY_BYTES;

/// The longest file name, in bytes, as most file systems accept it.
/// <https://man7.org/linux/man-pages/man3/limits.h.0p.html>
pub const NAME_BYTES: usize = 255;

/// How long a visitor may start an upload, in seconds. The credentials of the function's role, which sign it, outlive that.
pub const UPLOAD_S: u64 = 15 * 60;

/// When a record without a result is overdue, in seconds: after the request if no file arrived, after the file's arrival if
/// no scan result did.
pub const OVERDUE_S: u64 = 30 * 60;

/// How many uploads may be requested and not yet arrived, for the whole site.
pub const PENDING_UPLOADS: usize = 3;

/// How many files may arrive in one day (UTC), for the whole site.
pub const DAILY_FILES: u64 = 20;

/// How long the record of an upload that never arrived is kept, in seconds.
pub const ABANDONED_S: u64 = 7 * 24 * 60 * 60;

/// How long a day's count is kept, in seconds.
pub const DAY_COUNT_S: u64 = 3 * 24 * 60 * 60;
