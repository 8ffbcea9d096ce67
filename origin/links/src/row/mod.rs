//! The rows of the table and their encoding. The partition key `pk` names the kind of a row:
//!
//! | `pk` | row | deleted |
//! |---|---|---|
//! | `link#<id>` | [`LinkRow`] | 90 days after its expiry |
//! | `address#<hash>` | [`AddressRow`] | with its last link |
//! | `day#<date>` | the number of requests of that day | two days later |
//! | `mail#<token>` | [`OutboxRow`], a message to send | a week later |
//!
//! Times are in seconds since 1970. DynamoDB deletes a row some time after the time in `ttl`, so readers do not rely on it.
//! Several names of attributes are reserved words of DynamoDB: expressions must use placeholders for names.

mod address;
pub mod attribute;
mod item;
mod link;
mod outbox;

pub use address::AddressRow;
pub use item::{Item, UnreadableRow};
pub use link::{LinkRow, LinkState, NoticeState};
pub use outbox::{Message, OutboxRow, OutboxState};

use crate::address::AddressHash;
use crate::code::LinkId;

/// The start of the partition key of links.
pub const LINK_PREFIX: &str = "link#";

/// The start of the partition key of addresses.
pub const ADDRESS_PREFIX: &str = "address#";

/// The start of the partition key of messages.
pub const OUTBOX_PREFIX: &str = "mail#";

/// The partition key of a link.
#[must_use]
pub fn link_key(id: &LinkId) -> String {
    format!("{LINK_PREFIX}{id}")
}

/// The partition key of an address.
#[must_use]
pub fn address_key(hash: &AddressHash) -> String {
    format!("{ADDRESS_PREFIX}{}", hash.as_str())
}

/// The partition key of a day such as `2026-11-27`.
#[must_use]
pub fn day_key(day: &str) -> String {
    format!("day#{day}")
}

/// The partition key of a message.
#[must_use]
pub fn outbox_key(token: &str) -> String {
    format!("{OUTBOX_PREFIX}{token}")
}
