//! The counter's items in DynamoDB. This is the only module that calls it.

mod reads;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use tokio::sync::OnceCell;
use vitae_lambda::{TransactionResult, backoff_limit, canonical_request, jitter};

use crate::day::Day;
use crate::error::Error;
use crate::settings::Settings;
use crate::shards::{self, RegionShards, Shards};
use crate::token::Token;
use crate::transaction;

pub use self::reads::ReadConsistency;

/// How long an environment uses the list of regions without reading it again, in seconds. Every read of the total
/// re-reads this region's own item, so that no count is lower than an earlier one; another region's new items arrive late
/// anyway.
const REGIONS_FRESH_S: u64 = 60;

/// The attribute that holds a region's number of shards.
const SHARDS: &str = "shards";

/// The counter's table.
#[derive(Debug)]
pub struct Store {
    client: Client,
    settings: Settings,
    /// Set once this region's number of shards is recorded, which must precede its first visit.
    shards_recorded: OnceCell<()>,
    cache: Mutex<RegionCache>,
}

#[derive(Debug, Default)]
struct RegionCache {
    regions: RegionShards,
    /// When all regions were last read, in seconds since 1970.
    read_at_s: Option<u64>,
}

/// The total and the visits per day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visits {
    /// All visits.
    pub total: u64,
    /// The visits of each day that has any, by the day's text.
    pub per_day: BTreeMap<String, u64>,
}

impl Store {
    /// The table of these settings.
    #[must_use]
    pub fn new(client: Client, settings: Settings) -> Self {
        Self { client, settings, shards_recorded: OnceCell::new(), cache: Mutex::default() }
    }

    /// Does what the first request would otherwise wait for: opens the connection, records this region's number of shards,
    /// reads the other regions. What fails here is tried again when it is needed.
    ///
    /// # Errors
    /// As any call.
    pub async fn warm_up(&self, now_s: u64) -> Result<(), Error> {
        // Concurrent: the second need not read what the first writes, which is in the cache anyway.
        tokio::try_join!(self.record_shards(), self.regions(now_s)).map(drop)
    }

    /// Counts one visit, once per token. Returns whether this call counted it; otherwise an earlier one did.
    ///
    /// A conflicting transaction is retried without limit: the caller has a deadline.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if DynamoDB sent no usable response. The visit may be counted; a retry with the same token
    /// is safe.
    pub async fn count(&self, token: &Token, day: Day) -> Result<bool, Error> {
        self.record_shards().await?;
        let transaction = transaction::build(&self.settings, token, day);
        let mut attempt = 0;
        loop {
            match TransactionResult::from_sdk(canonical_request::send(&transaction, &self.client).await) {
                TransactionResult::Written => return Ok(true),
                // The first attempt fixed the day and the number of shards; another would count the visit a second time.
                TransactionResult::AlreadyWritten => return Ok(false),
                TransactionResult::Failed(error) => return Err(error.into()),
                // The transaction has no conditions.
                TransactionResult::ConditionFailed(_) => return Err(Error::Internal("a condition failed".to_owned())),
                TransactionResult::Retry(_) => {
                    attempt += 1;
                    tokio::time::sleep(backoff(token, attempt)).await;
                }
            }
        }
    }

    /// Records this region's number of shards, unless it ever had more.
    async fn record_shards(&self) -> Result<(), Error> {
        self.shards_recorded.get_or_try_init(|| self.raise_shards()).await.copied()
    }

    async fn raise_shards(&self) -> Result<(), Error> {
        let Settings { table, region, shards } = &self.settings;
        let result = self
            .client
            .update_item()
            .table_name(table)
            .key("pk", AttributeValue::S(shards::regions_partition()))
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
                Err(Error::from_sdk(&error))
            }
            _ => {
                self.cache_shards(region, *shards);
                Ok(())
            }
        }
    }

    fn cache_shards(&self, region: &str, shards: Shards) {
        self.with_cache(|cache| cache.regions.raise(region, shards));
    }

    fn with_cache<T>(&self, act: impl FnOnce(&mut RegionCache) -> T) -> T {
        // A panic while the lock is held leaves the regions as they were.
        act(&mut self.cache.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The backoff before retry number `attempt` (from 1). Conflicting visits have different tokens, so a hash of the token
/// serves as jitter.
fn backoff(token: &Token, attempt: u32) -> Duration {
    jitter(token.hash(&attempt.to_be_bytes()), backoff_limit(attempt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicting_visits_back_off_differently() {
        let backoffs = |text: &str| {
            let token = Token::parse(Some(text)).unwrap();
            (1..=6).map(|attempt| backoff(&token, attempt)).collect::<Vec<_>>()
        };
        assert_eq!(backoffs("one"), backoffs("one"));
        assert_ne!(backoffs("one"), backoffs("other"));
    }
}
