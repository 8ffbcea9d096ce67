//! The counter's items in DynamoDB: the one module that talks to it.

mod reads;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use tokio::sync::OnceCell;

use crate::day::Day;
use crate::layout::{self, Layout};
use crate::outcome::Failure;
use crate::settings::Settings;
use crate::token::Token;
use crate::transaction::{self, Place};
use crate::verdict::{self, Verdict};
use crate::wire;

/// For how many seconds an environment relies on the regions that it knows. Within its own region every read of the
/// total looks again, so that no count is lower than one before it; another region's new items arrive late anyway.
const REGIONS_ARE_FRESH_S: i64 = 60;

/// The attribute that holds a region's number of shards.
const SHARDS: &str = "shards";

/// The counter's table.
#[derive(Debug)]
pub struct Store {
    client: Client,
    settings: Settings,
    /// Whether this region's number of shards is on record, which must precede its first visit.
    on_record: OnceCell<()>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    layout: Layout,
    /// When all regions were last read, in seconds since 1970.
    read_at: Option<i64>,
}

/// A total and its days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visits {
    /// All visits.
    pub total: u64,
    /// The visits of each day that has any, by the day's text.
    pub per_day: BTreeMap<String, u64>,
}

impl Store {
    /// The table that the settings name.
    #[must_use]
    pub fn new(client: Client, settings: Settings) -> Self {
        Self { client, settings, on_record: OnceCell::new(), known: Mutex::default() }
    }

    /// Does what the first request would otherwise wait for: opens the connection, puts this region's number of shards
    /// on record, reads the other regions. What fails here is tried again when it is needed.
    ///
    /// # Errors
    /// As any call.
    pub async fn prepare(&self, now: i64) -> Result<(), Failure> {
        // Side by side: what the second reads need not hold what the first writes, which is known anyway.
        tokio::try_join!(self.put_on_record(), self.layout(now)).map(drop)
    }

    /// Counts one visit, once per token. `true` if this call counted it, `false` if an earlier one did.
    ///
    /// A transaction that meets another one is tried again without end: the caller has a deadline.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] if DynamoDB gave no usable answer: the visit may be counted or not, and the same token
    /// finds out.
    pub async fn count(&self, token: &Token, day: Day) -> Result<bool, Failure> {
        self.put_on_record().await?;
        let Settings { table, region, shards } = &self.settings;
        let transaction = transaction::transaction(Place { table, region, shards: *shards }, token, day);
        let mut attempt = 0;
        loop {
            match verdict::verdict(wire::send(&transaction, &self.client).await) {
                Verdict::Counted => return Ok(true),
                Verdict::CountedBefore => return Ok(false),
                Verdict::Failed(failure) => return Err(failure),
                Verdict::Again(_) => {
                    attempt += 1;
                    wait(token.pause(attempt)).await;
                }
            }
        }
    }

    /// Writes down how many shards this region has, unless it ever had more.
    async fn put_on_record(&self) -> Result<(), Failure> {
        self.on_record.get_or_try_init(|| self.raise_shards()).await.copied()
    }

    async fn raise_shards(&self) -> Result<(), Failure> {
        let Settings { table, region, shards } = &self.settings;
        let result = self
            .client
            .update_item()
            .table_name(table)
            .key("pk", AttributeValue::S(layout::regions_partition()))
            .key("sk", AttributeValue::S(region.clone()))
            .update_expression(format!("SET {SHARDS} = :shards"))
            .condition_expression(format!("attribute_not_exists({SHARDS}) OR {SHARDS} < :shards"))
            .expression_attribute_values(":shards", AttributeValue::N(shards.count().to_string()))
            .send()
            .await;
        match result {
            Err(error)
                if !matches!(error.as_service_error(), Some(UpdateItemError::ConditionalCheckFailedException(_))) =>
            {
                Err(verdict::failure(&error))
            }
            _ => {
                self.cover(region, *shards);
                Ok(())
            }
        }
    }

    fn cover(&self, region: &str, shards: layout::Shards) {
        self.with_known(|known| known.layout.cover(region, shards));
    }

    fn with_known<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        // A panic while the lock is held leaves a layout that covers what it covered.
        act(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn wait(pause: Duration) {
    tokio::time::sleep(pause).await;
}
