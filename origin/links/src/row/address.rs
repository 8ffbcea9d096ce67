use super::ADDRESS_PREFIX;
use super::attribute::{DAY, DAY_COUNT, EMAIL, LAST_SENT, LINKS, OUTSTANDING, OUTSTANDING_UNTIL, PK, SUPPRESSED};
use super::item::{Item, Reader, UnreadableRow};
use crate::address::{Address, AddressHash};
use crate::code::LinkId;

/// An address that requested links. A transaction writes it: see the module of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressRow {
    /// The keyed hash of the address.
    pub hash: AddressHash,
    /// The links that were sent to it.
    pub links: Vec<LinkId>,
    /// Until when its last request is outstanding.
    pub outstanding_until_s: Option<u64>,
    /// The link of that request.
    pub outstanding: Option<LinkId>,
    /// When its last request was accepted.
    pub last_sent_s: u64,
    /// The day of that request, such as `2026-11-27`.
    pub day: String,
    /// The number of its requests on that day.
    pub day_count: u64,
    /// The address itself, while the request is outstanding.
    pub email: Option<Address>,
    /// When a message bounced or was reported as spam. No other is sent.
    pub suppressed_s: Option<u64>,
}

impl AddressRow {
    /// Reads an item.
    ///
    /// # Errors
    /// [`UnreadableRow`] names the row and the attribute.
    pub fn from_item(item: &Item) -> Result<Self, UnreadableRow> {
        let row = Reader(item);
        let links = row.texts(LINKS)?.iter().map(|id| LinkId::parse(id).ok_or_else(|| row.unreadable(LINKS)));
        Ok(Self {
            hash: AddressHash::parse(row.key(ADDRESS_PREFIX)?).ok_or_else(|| row.unreadable(PK))?,
            links: links.collect::<Result<_, _>>()?,
            outstanding_until_s: row.optional_number(OUTSTANDING_UNTIL)?,
            outstanding: row.optional_text(OUTSTANDING)?.and_then(LinkId::parse),
            last_sent_s: row.optional_number(LAST_SENT)?.unwrap_or(0),
            day: row.optional_text(DAY)?.unwrap_or_default().to_owned(),
            day_count: row.optional_number(DAY_COUNT)?.unwrap_or(0),
            email: row.parsed(EMAIL, |email| Address::parse(email).ok())?,
            suppressed_s: row.optional_number(SUPPRESSED)?,
        })
    }
}
