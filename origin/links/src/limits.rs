//! The limits of links and of requests for one.
//!
//! The totals are so small that a check for bots would add nothing: a program that passes every limit sends at most
//! [`SITE_REQUESTS_PER_DAY`] messages a day, each with the text of this site and one link, and at most
//! [`REQUESTS_PER_DAY`] of them to one address.

/// The lifetime of a link that the owner creates, in seconds, unless the owner chooses another: 30 days.
pub const LIFETIME_S: u64 = 30 * DAY_S;

/// The lifetime of a link that is sent by e-mail, in seconds: a day. Until then, or until it is opened, its address gets no
/// other message, so this is also how long a visitor whose message was lost has to wait.
pub const REQUESTED_LIFETIME_S: u64 = DAY_S;

/// How long a link's row is kept after it expired, in seconds: 90 days.
pub const RETENTION_S: u64 = 90 * DAY_S;

/// The pause between two messages to one address, in seconds.
pub const PAUSE_S: u64 = 60;

/// The requests of one address a day.
pub const REQUESTS_PER_DAY: u64 = 5;

/// The requests of the whole site a day, by default.
pub const SITE_REQUESTS_PER_DAY: u64 = 50;

/// The longest label in characters.
pub const LABEL_CHARS: usize = 100;

/// A day in seconds.
pub const DAY_S: u64 = 24 * 60 * 60;
