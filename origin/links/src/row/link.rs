use super::attribute::{
    ADDRESS, CONFIRMED, CREATED, DOCUMENT, EXPIRES, FIRST_OPEN, LABEL, LAST_OPEN, NOTICE, OPENS, PK, REVOKED, TTL,
};
use super::item::{Item, Reader, UnreadableRow, number, text};
use super::{LINK_PREFIX, link_key};
use crate::address::AddressHash;
use crate::code::LinkId;
use crate::document::Document;
use crate::label::Label;
use crate::limits::RETENTION_S;

/// A named link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// Its id.
    pub id: LinkId,
    /// The owner's label.
    pub label: Label,
    /// The document that it opens.
    pub document: Document,
    /// When it was created.
    pub created_s: u64,
    /// From when it cannot be opened.
    pub expires_s: u64,
    /// When the owner revoked it.
    pub revoked_s: Option<u64>,
    /// How often it was opened.
    pub opens: u64,
    /// Its first open.
    pub first_open_s: Option<u64>,
    /// Its last open.
    pub last_open_s: Option<u64>,
    /// The hash of the address that it was sent to, if it was requested.
    pub address: Option<AddressHash>,
    /// When the address was confirmed: by the first open of a link that was sent to it.
    pub confirmed_s: Option<u64>,
    /// The state of the notice of its first open. The transaction of that open sets it.
    pub notice: Option<NoticeState>,
}

/// Whether a link can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It can.
    Active,
    /// Its lifetime is over.
    Expired,
    /// The owner revoked it.
    Revoked,
}

/// The state of a notice to the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeState {
    /// To be sent, or being sent.
    Pending,
    /// Sent at least once.
    Sent,
}

impl LinkState {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl NoticeState {
    /// Its name in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Sent].into_iter().find(|state| state.as_str() == text)
    }
}

impl LinkRow {
    /// A new link.
    #[must_use]
    pub const fn new(id: LinkId, label: Label, document: Document, created_s: u64, expires_s: u64) -> Self {
        Self {
            id,
            label,
            document,
            created_s,
            expires_s,
            revoked_s: None,
            opens: 0,
            first_open_s: None,
            last_open_s: None,
            address: None,
            confirmed_s: None,
            notice: None,
        }
    }

    /// Whether it can be opened at this time. A revoked link stays revoked after its expiry.
    #[must_use]
    pub const fn state(&self, now_s: u64) -> LinkState {
        if self.revoked_s.is_some() {
            LinkState::Revoked
        } else if self.expires_s <= now_s {
            LinkState::Expired
        } else {
            LinkState::Active
        }
    }

    /// When the row of a link with this expiry may be deleted.
    #[must_use]
    pub const fn ttl_s(expires_s: u64) -> u64 {
        expires_s.saturating_add(RETENTION_S)
    }

    /// The item.
    #[must_use]
    pub fn to_item(&self) -> Item {
        let mut item = Item::from([
            (PK.to_owned(), text(link_key(&self.id))),
            (LABEL.to_owned(), text(self.label.as_str())),
            (DOCUMENT.to_owned(), text(self.document.as_str())),
            (CREATED.to_owned(), number(self.created_s)),
            (EXPIRES.to_owned(), number(self.expires_s)),
            (OPENS.to_owned(), number(self.opens)),
            (TTL.to_owned(), number(Self::ttl_s(self.expires_s))),
        ]);
        let times = [
            (REVOKED, self.revoked_s),
            (FIRST_OPEN, self.first_open_s),
            (LAST_OPEN, self.last_open_s),
            (CONFIRMED, self.confirmed_s),
        ];
        let texts =
            [(ADDRESS, self.address.as_ref().map(AddressHash::as_str)), (NOTICE, self.notice.map(NoticeState::as_str))];
        item.extend(times.into_iter().filter_map(|(name, time)| Some((name.to_owned(), number(time?)))));
        item.extend(texts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), text(value?)))));
        item
    }

    /// Reads an item.
    ///
    /// # Errors
    /// [`UnreadableRow`] names the row and the attribute.
    pub fn from_item(item: &Item) -> Result<Self, UnreadableRow> {
        let row = Reader(item);
        Ok(Self {
            id: LinkId::parse(row.key(LINK_PREFIX)?).ok_or_else(|| row.unreadable(PK))?,
            label: Label::parse(row.text(LABEL)?).map_err(|_| row.unreadable(LABEL))?,
            document: Document::parse(row.text(DOCUMENT)?).map_err(|_| row.unreadable(DOCUMENT))?,
            created_s: row.number(CREATED)?,
            expires_s: row.number(EXPIRES)?,
            revoked_s: row.optional_number(REVOKED)?,
            opens: row.number(OPENS)?,
            first_open_s: row.optional_number(FIRST_OPEN)?,
            last_open_s: row.optional_number(LAST_OPEN)?,
            address: row.parsed(ADDRESS, AddressHash::parse)?,
            confirmed_s: row.optional_number(CONFIRMED)?,
            notice: row.parsed(NOTICE, NoticeState::parse)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;
    use crate::code::Code;

    fn link() -> LinkRow {
        let id = Code::from_bytes(&[7; 16]).id();
        LinkRow::new(id, Label::parse("Acme").unwrap(), Document::parse("resume.pdf").unwrap(), 1_000, 2_000)
    }

    #[test]
    fn a_link_is_active_until_it_expires_or_is_revoked() {
        let (link, revoked) = (link(), LinkRow { revoked_s: Some(1_500), ..link() });
        assert_eq!(
            [link.state(0), link.state(1_999), link.state(2_000)],
            [LinkState::Active, LinkState::Active, LinkState::Expired]
        );
        assert_eq!([revoked.state(0), revoked.state(5_000)], [LinkState::Revoked; 2]);
    }

    #[test]
    fn a_row_round_trips() {
        let opened = LinkRow {
            revoked_s: Some(1_500),
            opens: 3,
            first_open_s: Some(1_100),
            last_open_s: Some(1_200),
            address: AddressHash::parse(&"a1".repeat(32)),
            confirmed_s: Some(1_100),
            notice: Some(NoticeState::Sent),
            ..link()
        };
        for row in [link(), opened] {
            assert_eq!(LinkRow::from_item(&row.to_item()), Ok(row));
        }
    }

    #[test]
    fn a_row_is_kept_for_90_days_after_its_expiry() {
        assert_eq!(link().to_item()[TTL], number(2_000 + 90 * 86_400));
        assert_eq!(LinkRow::ttl_s(u64::MAX), u64::MAX);
    }

    #[test]
    fn an_item_of_another_shape_is_named_with_its_attribute() {
        let key = link_key(&link().id);
        for (attribute, value) in [
            (LABEL, AttributeValue::N("1".into())),
            (DOCUMENT, text("../index.html")),
            (EXPIRES, text("soon")),
            (OPENS, AttributeValue::N("-1".into())),
            (NOTICE, text("maybe")),
            (ADDRESS, text("jane@example.com")),
        ] {
            let mut item = link().to_item();
            item.insert(attribute.to_owned(), value);
            assert_eq!(LinkRow::from_item(&item), Err(UnreadableRow { key: key.clone(), attribute }));
        }
        for attribute in [LABEL, DOCUMENT, CREATED, EXPIRES, OPENS] {
            let mut item = link().to_item();
            item.remove(attribute);
            assert_eq!(LinkRow::from_item(&item), Err(UnreadableRow { key: key.clone(), attribute }));
        }
        let other = Item::from([(PK.to_owned(), text("day#2026-11-27"))]);
        assert_eq!(LinkRow::from_item(&other).unwrap_err().attribute, PK);
    }
}
