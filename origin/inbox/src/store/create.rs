//! A new upload, within the limits.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};

use super::{COUNT, REVISION, Store, UPLOADS, number, parse_number, text};
use crate::admission::{PendingUploads, TooMany};
use crate::error::{Error, has_code};
use crate::record::{self, BadItem, Key, Record, attribute, day_key};

/// How often a request that meets another one reads the limits again.
const ATTEMPTS: u32 = 5;

/// The pending uploads as they are stored.
#[derive(Debug, Default)]
struct Stored {
    uploads: PendingUploads,
    /// `None` if the item does not exist.
    revision: Option<u64>,
}

impl Store {
    /// Stores a new record, unless a limit is reached. Record and limit are written in one transaction.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be read or written. The inner error names the limit.
    pub async fn create(&self, record: &Record) -> Result<Result<(), TooMany>, Error> {
        for _ in 0..ATTEMPTS {
            let stored = self.pending().await?;
            let arrived = self.arrived_on(record.created).await?;
            let uploads = match stored.uploads.admit(&record.id, arrived, record.created) {
                Ok(uploads) => uploads,
                Err(limit) => return Ok(Err(limit)),
            };
            if self.put(record, &uploads, stored.revision).await? {
                return Ok(Ok(()));
            }
        }
        Err(Error::Contended(ATTEMPTS))
    }

    /// Returns whether nothing changed in between.
    async fn put(&self, record: &Record, uploads: &PendingUploads, revision: Option<u64>) -> Result<bool, Error> {
        let put = Put::builder().table_name(&self.table).set_item(Some(record::to_item(record)));
        let put = put.condition_expression(format!("attribute_not_exists({})", attribute::PK));
        let uploads = uploads.0.iter().map(|(id, expires)| (id.clone(), number(*expires))).collect();
        let update = Update::builder()
            .table_name(&self.table)
            .key(attribute::PK, text(&Key::Pending.to_string()))
            .update_expression(format!("SET {UPLOADS} = :uploads, {REVISION} = :next"))
            .expression_attribute_values(":uploads", AttributeValue::M(uploads))
            .expression_attribute_values(":next", number(revision.unwrap_or(0) + 1));
        let update = match revision {
            None => update.condition_expression(format!("attribute_not_exists({})", attribute::PK)),
            Some(revision) => update
                .condition_expression(format!("{REVISION} = :revision"))
                .expression_attribute_values(":revision", number(revision)),
        };
        let (Ok(put), Ok(update)) = (put.build(), update.build()) else {
            return Err(Error::Rejected { call: "dynamodb:TransactWriteItems", reason: "it is incomplete".to_owned() });
        };
        self.transact(vec![
            TransactWriteItem::builder().put(put).build(),
            TransactWriteItem::builder().update(update).build(),
        ])
        .await
    }

    /// Writes all or nothing. Returns whether the conditions held and no other transaction wrote the items meanwhile.
    pub(super) async fn transact(&self, items: Vec<TransactWriteItem>) -> Result<bool, Error> {
        // The SDK makes the transaction's token, and sends the same one when it retries.
        match self.client.transact_write_items().set_transact_items(Some(items)).send().await {
            Ok(_) => Ok(true),
            Err(error) if has_code(&error, &["TransactionCanceledException"]) => Ok(false),
            Err(error) => Err(Error::from_sdk("dynamodb:TransactWriteItems", &error)),
        }
    }

    async fn pending(&self) -> Result<Stored, Error> {
        let Some(item) = self.item(&Key::Pending).await? else { return Ok(Stored::default()) };
        let bad = |attribute| BadItem { attribute };
        let revision = parse_number(item.get(REVISION).ok_or(bad(REVISION))?, REVISION)?;
        let uploads = item.get(UPLOADS).and_then(|value| value.as_m().ok()).ok_or(bad(UPLOADS))?;
        let expiry = |(id, expires): (&String, &AttributeValue)| Ok((id.clone(), parse_number(expires, UPLOADS)?));
        let uploads = uploads.iter().map(expiry).collect::<Result<BTreeMap<_, _>, BadItem>>()?;
        Ok(Stored { uploads: PendingUploads(uploads), revision: Some(revision) })
    }

    async fn arrived_on(&self, now: u64) -> Result<u64, Error> {
        let item = self.item(&day_key(now)).await?;
        let count = item.as_ref().and_then(|item| item.get(COUNT));
        Ok(count.map(|count| parse_number(count, COUNT)).transpose()?.unwrap_or(0))
    }
}
