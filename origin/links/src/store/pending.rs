//! Finds what is left to do.
//!
//! A scan reads the whole table. It has a row for each link, address and message of the last months, a few hundred, so this
//! costs less than an index that every open would write.

use super::Store;
use super::expression::{names, number, text, values};
use crate::address::AddressHash;
use crate::error::Error;
use crate::row::attribute::PK;
use crate::row::{ADDRESS_PREFIX, AddressRow, Item, LINK_PREFIX, LinkRow, OUTBOX_PREFIX, OutboxRow, UnreadableRow};

/// Something left to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    /// A notice of a link's first open.
    Notice(LinkRow),
    /// A message of a request.
    Message(OutboxRow),
    /// An address that is to be deleted.
    Email(AddressHash),
}

/// Matches the rows of [`Pending`]. A notice is left to the run that writes it for [`super::CLAIM_S`].
const FILTER: &str = "#notice = :pending OR (begins_with(#pk, :mail) AND #state = :pending) \
                      OR (attribute_exists(#email) AND #outstanding_until <= :now)";

impl Store {
    /// Everything that is left to do at this time. A row of another shape is returned as the error that it is.
    ///
    /// # Errors
    /// As any call.
    pub async fn pending(&self, now_s: u64) -> Result<Vec<Result<Pending, UnreadableRow>>, Error> {
        let scan = self
            .client
            .scan()
            .table_name(&self.table)
            .filter_expression(FILTER)
            .set_expression_attribute_names(Some(names(&[FILTER])))
            .set_expression_attribute_values(Some(values([
                (":pending", text("pending")),
                (":mail", text(OUTBOX_PREFIX)),
                (":now", number(now_s)),
            ])));
        let items = scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
        let items = items.map_err(|error| Error::from_sdk("Scan", &error))?;
        Ok(items.iter().filter_map(parse).collect())
    }
}

fn parse(item: &Item) -> Option<Result<Pending, UnreadableRow>> {
    let key = item.get(PK)?.as_s().ok()?;
    if key.starts_with(LINK_PREFIX) {
        Some(LinkRow::from_item(item).map(Pending::Notice))
    } else if key.starts_with(OUTBOX_PREFIX) {
        Some(OutboxRow::from_item(item).map(Pending::Message))
    } else if key.starts_with(ADDRESS_PREFIX) {
        Some(AddressRow::from_item(item).map(|row| Pending::Email(row.hash)))
    } else {
        None
    }
}
