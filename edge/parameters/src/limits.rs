//! Limits that several parts share.

use core::ops::RangeInclusive;

/// Up to this age a value of Parameter Store is used without a refresh, in milliseconds.
pub const FRESH_MS: u64 = 60_000;

/// Past this age no link is signed with a value, in milliseconds. A key may be retired only this long, and the longest
/// lifetime of a link, after its successor became active.
pub const MAX_STALE_MS: u64 = 5 * 60_000;

/// Up to this age a value may still decide an origin check, in milliseconds: names and origins change rarely, and visits
/// are counted while Parameter Store is unavailable.
pub const ORIGINS_MAX_STALE_MS: u64 = 24 * 60 * 60_000;

/// How many days `GET /api/count?days=` may request: as many as the counter keeps.
pub const DAYS: RangeInclusive<u16> = 1..=400;

/// Over how many items a region spreads its writes by default. Transactions on one item exclude each other and take some ten
/// milliseconds, so an item takes some tens of visits per second. Each read of the total reads every item.
pub const DEFAULT_SHARDS: u32 = 2;

/// The longest body of a request below `/l/`, in bytes: a form or JSON with one address, which has at most 320 characters.
pub const LINK_BODY_BYTES: usize = 4096;

/// The length of `links/key`, in bytes. It is stored in base64.
pub const LINKS_KEY_BYTES: usize = 32;

/// The longest body of `POST /inbox`, in bytes: a file's name, type and size as JSON.
pub const INBOX_BODY_BYTES: usize = 4096;

/// How many characters the code of a named link has: 16 random bytes in unpadded base64url.
pub const LINK_CODE_CHARS: usize = 22;

/// The longest name of the site's owner, in characters. It is part of a mail's `From`, a line of at most 78 characters.
/// <https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1>
pub const OWNER_CHARS: usize = 64;

/// The largest value of the standard tier, in bytes.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html>
pub const STANDARD_TIER_BYTES: usize = 4096;
