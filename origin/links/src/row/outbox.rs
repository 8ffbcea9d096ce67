use super::attribute::{ADDRESS, CLAIMED, CREATED, KIND, LINK, PK, SITE, STATE, TTL};
use super::item::{Item, Reader, UnreadableRow, number, text};
use super::{OUTBOX_PREFIX, outbox_key};
use crate::address::AddressHash;
use crate::code::LinkId;
use crate::limits::DAY_S;

/// How long the row of a message is kept, in seconds.
const KEPT_S: u64 = 7 * DAY_S;

/// A message to send for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// The token of the request, from which the link's code is derived.
    pub token: String,
    /// The message.
    pub message: Message,
    /// Whether it was sent.
    pub state: OutboxState,
    /// The address that requested it.
    pub address: AddressHash,
    /// When it was requested.
    pub created_s: u64,
    /// When its sending last began.
    pub claimed_s: Option<u64>,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// An e-mail with a link, to the visitor. It is sent at most once.
    Mail {
        /// The link.
        link: LinkId,
        /// Scheme and host of its URL.
        site: String,
    },
    /// A notice to the owner that the visitor asked for the CV. It is sent at least once.
    Notice,
}

/// Whether a message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxState {
    /// To be sent.
    Pending,
    /// Being sent. A mail stays in this state if the response of SES was lost: it may be on its way.
    Sending,
    /// Accepted by SES or SNS.
    Sent,
    /// Never sent: SES rejected it, or the request is no longer outstanding.
    Failed,
}

impl OutboxState {
    /// Its name in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Sending, Self::Sent, Self::Failed].into_iter().find(|state| state.as_str() == text)
    }
}

impl Message {
    /// Its name in the table.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Mail { .. } => "mail",
            Self::Notice => "notice",
        }
    }
}

impl OutboxRow {
    /// A message that is to be sent.
    #[must_use]
    pub const fn new(token: String, message: Message, address: AddressHash, created_s: u64) -> Self {
        Self { token, message, state: OutboxState::Pending, address, created_s, claimed_s: None }
    }

    /// The item of a new row.
    #[must_use]
    pub fn to_item(&self) -> Item {
        let mut item = Item::from([
            (PK.to_owned(), text(outbox_key(&self.token))),
            (KIND.to_owned(), text(self.message.kind())),
            (STATE.to_owned(), text(self.state.as_str())),
            (ADDRESS.to_owned(), text(self.address.as_str())),
            (CREATED.to_owned(), number(self.created_s)),
            (TTL.to_owned(), number(self.created_s.saturating_add(KEPT_S))),
        ]);
        if let Message::Mail { link, site } = &self.message {
            item.insert(LINK.to_owned(), text(link.as_str()));
            item.insert(SITE.to_owned(), text(site));
        }
        item.extend(self.claimed_s.map(|claimed_s| (CLAIMED.to_owned(), number(claimed_s))));
        item
    }

    /// Reads an item.
    ///
    /// # Errors
    /// [`UnreadableRow`] names the row and the attribute.
    pub fn from_item(item: &Item) -> Result<Self, UnreadableRow> {
        let row = Reader(item);
        let message = match row.text(KIND)? {
            "mail" => Message::Mail {
                link: row.parsed(LINK, LinkId::parse)?.ok_or_else(|| row.unreadable(LINK))?,
                site: row.text(SITE)?.to_owned(),
            },
            "notice" => Message::Notice,
            _ => return Err(row.unreadable(KIND)),
        };
        Ok(Self {
            token: row.key(OUTBOX_PREFIX)?.to_owned(),
            message,
            state: OutboxState::parse(row.text(STATE)?).ok_or_else(|| row.unreadable(STATE))?,
            address: row.parsed(ADDRESS, AddressHash::parse)?.ok_or_else(|| row.unreadable(ADDRESS))?,
            created_s: row.number(CREATED)?,
            claimed_s: row.optional_number(CLAIMED)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;

    #[test]
    fn a_row_round_trips() {
        let address = AddressHash::parse(&"a1".repeat(32)).unwrap();
        let mail = Message::Mail { link: Code::from_bytes(&[7; 16]).id(), site: "https://example.com".into() };
        for message in [mail, Message::Notice] {
            let row = OutboxRow::new("token".into(), message, address.clone(), 1_000);
            for state in [OutboxState::Pending, OutboxState::Sending, OutboxState::Sent, OutboxState::Failed] {
                let row = OutboxRow { state, claimed_s: Some(1_001), ..row.clone() };
                assert_eq!(OutboxRow::from_item(&row.to_item()), Ok(row));
            }
        }
    }
}
