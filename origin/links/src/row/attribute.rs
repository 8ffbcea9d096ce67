//! The names of attributes.

/// The partition key of every row.
pub const PK: &str = "pk";
/// Every row: when DynamoDB may delete it.
pub const TTL: &str = "ttl";

/// A link: the owner's label.
pub const LABEL: &str = "label";
/// A link: the path of its document below `/cv/`.
pub const DOCUMENT: &str = "document";
/// A link or message: when it was made.
pub const CREATED: &str = "created";
/// A link: when it expires.
pub const EXPIRES: &str = "expires";
/// A link: when it was revoked.
pub const REVOKED: &str = "revoked";
/// A link: the number of opens.
pub const OPENS: &str = "opens";
/// A link: its first open.
pub const FIRST_OPEN: &str = "first_open";
/// A link: its last open.
pub const LAST_OPEN: &str = "last_open";
/// A link or message: the hash of the address that requested it.
pub const ADDRESS: &str = "address";
/// A requested link: when its first open proved the address.
pub const CONFIRMED: &str = "confirmed";
/// A link: the state of the notice of its first open.
pub const NOTICE: &str = "notice";

/// An address: its links.
pub const LINKS: &str = "links";
/// An address: the request that is outstanding, which is the id of its link, or empty if the owner was notified instead.
pub const OUTSTANDING: &str = "outstanding";
/// An address: until when that request is outstanding.
pub const OUTSTANDING_UNTIL: &str = "outstanding_until";
/// An address: the last request that was accepted.
pub const LAST_SENT: &str = "last_sent";
/// An address: the day of the last request.
pub const DAY: &str = "day";
/// An address: the number of requests on that day.
pub const DAY_COUNT: &str = "day_count";
/// An address: the address itself, until its request is no longer outstanding.
pub const EMAIL: &str = "email";
/// An address: when a message bounced or was reported as spam.
pub const SUPPRESSED: &str = "suppressed";

/// A day: the number of requests.
pub const REQUESTS: &str = "requests";

/// A message: to whom it is.
pub const KIND: &str = "kind";
/// A message: whether it was sent.
pub const STATE: &str = "state";
/// A message: the link that it contains.
pub const LINK: &str = "link";
/// A message: scheme and host of the link in it.
pub const SITE: &str = "site";
/// A notice or message: the run that sends it.
pub const CLAIM: &str = "claim";
/// A notice or message: when that run claimed it.
pub const CLAIMED: &str = "claimed";
