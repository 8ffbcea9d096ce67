//! Reads of the regions, the total and the days. No total is cached between requests: a browser reuses a read for five
//! seconds, so each environment serves few.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use tokio::task::JoinSet;
use vitae_lambda::backoff_limit;

use super::{REGIONS_FRESH_S, SHARDS, Store, Visits};
use crate::day::Day;
use crate::error::Error;
use crate::shards::{self, RegionShards, Shards};
use crate::transaction::{TOTAL, VISITS};

/// The most items of one `BatchGetItem`.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>
const BATCH: usize = 100;

/// The number of concurrent queries.
const QUERIES: usize = 16;

type Item = HashMap<String, AttributeValue>;

/// DynamoDB's read consistency.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadConsistency {
    /// Half the price. A visit may appear later.
    Eventual,
    /// Includes every visit that this region counted before.
    Strong,
}

impl Store {
    /// The sum over all regions and shards.
    ///
    /// # Errors
    /// As any call; [`Error::TooLarge`] if the sum overflows.
    pub async fn total(&self, consistency: ReadConsistency, now_s: u64) -> Result<u64, Error> {
        let region = &self.settings.region;
        let mut covered = BTreeSet::new();
        let mut total = 0;
        let mut regions = self.regions(now_s).await?;
        // This region's number of shards is read along with its items: a newer version of this function may have raised
        // it, and its visits must not be missed until all regions are read again.
        let mut keys = vec![key(shards::regions_partition(), region)];
        loop {
            let new = regions.partitions().into_iter().filter(|partition| covered.insert(partition.clone()));
            keys.extend(new.map(|partition| key(partition, TOTAL)));
            if keys.is_empty() {
                return Ok(total);
            }
            for item in self.get(std::mem::take(&mut keys), consistency).await? {
                if text(&item, "sk")? == TOTAL {
                    total = add(total, number(&item, VISITS)?)?;
                } else {
                    regions.raise(region, shard_count(&item)?);
                }
            }
            if let Some(shards) = regions.get(region) {
                self.cache_shards(region, shards);
            }
        }
    }

    /// The total, and the visits of every day from `first` on. Days that have expired and are not yet deleted precede
    /// all that can be requested.
    ///
    /// # Errors
    /// As [`Store::total`].
    pub async fn days(&self, first: Day, now_s: u64) -> Result<Visits, Error> {
        let partitions = self.read_regions(now_s).await?.partitions();
        let mut visits = Visits::default();
        for chunk in partitions.chunks(QUERIES) {
            let mut queries = JoinSet::new();
            for partition in chunk {
                let from = AttributeValue::S(first.to_string());
                queries.spawn(
                    self.query(partition.clone())
                        .key_condition_expression("pk = :pk AND sk >= :first")
                        .expression_attribute_values(":first", from)
                        .into_paginator()
                        .items()
                        .send()
                        .collect::<Result<Vec<_>, _>>(),
                );
            }
            while let Some(items) = queries.join_next().await {
                let items = items.map_err(|error| Error::Internal(error.to_string()))?;
                for item in items.map_err(|error| Error::from_sdk(&error))? {
                    let sum = match text(&item, "sk")? {
                        TOTAL => &mut visits.total,
                        day => visits.per_day.entry(day.to_owned()).or_default(),
                    };
                    *sum = add(*sum, number(&item, VISITS)?)?;
                }
            }
        }
        Ok(visits)
    }

    /// All regions, from the cache if it is fresh.
    pub(super) async fn regions(&self, now_s: u64) -> Result<RegionShards, Error> {
        let cached = self.with_cache(|cache| {
            let age_s = cache.read_at_s.and_then(|read_at_s| now_s.checked_sub(read_at_s));
            age_s.is_some_and(|age_s| age_s < REGIONS_FRESH_S).then(|| cache.regions.clone())
        });
        match cached {
            Some(regions) => Ok(regions),
            None => self.read_regions(now_s).await,
        }
    }

    async fn read_regions(&self, now_s: u64) -> Result<RegionShards, Error> {
        let query = self.query(shards::regions_partition()).key_condition_expression("pk = :pk").consistent_read(true);
        let items = query.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
        let mut read = Vec::new();
        for item in items.map_err(|error| Error::from_sdk(&error))? {
            read.push((text(&item, "sk")?.to_owned(), shard_count(&item)?));
        }
        Ok(self.with_cache(|cache| {
            for (region, shards) in read {
                cache.regions.raise(&region, shards);
            }
            cache.read_at_s = Some(now_s);
            cache.regions.clone()
        }))
    }

    fn query(&self, partition: String) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.settings.table)
            .expression_attribute_values(":pk", AttributeValue::S(partition))
    }

    /// The items that exist of these keys. Keys that DynamoDB leaves unprocessed are requested again, with backoff and
    /// without limit: the caller has a deadline.
    async fn get(&self, keys: Vec<Item>, consistency: ReadConsistency) -> Result<Vec<Item>, Error> {
        let (table, is_strong) = (&self.settings.table, consistency == ReadConsistency::Strong);
        let mut items = Vec::new();
        let mut left: Vec<Vec<Item>> = keys.chunks(BATCH).map(<[Item]>::to_vec).collect();
        let mut retries = 0;
        while let Some(batch) = left.pop() {
            let request = KeysAndAttributes::builder().set_keys(Some(batch)).consistent_read(is_strong).build();
            let request = request.map_err(|error| Error::Internal(error.to_string()))?;
            let output = self.client.batch_get_item().request_items(table, request).send().await;
            let output = output.map_err(|error| Error::from_sdk(&error))?;
            items.extend(output.responses.unwrap_or_default().into_values().flatten());
            let unprocessed: Vec<_> =
                output.unprocessed_keys.unwrap_or_default().into_values().flat_map(|left| left.keys).collect();
            if !unprocessed.is_empty() {
                left.push(unprocessed);
                retries += 1;
                tokio::time::sleep(backoff_limit(retries)).await;
            }
        }
        Ok(items)
    }
}

fn key(partition: String, sort_key: &str) -> Item {
    let text = AttributeValue::S;
    HashMap::from([("pk".to_owned(), text(partition)), ("sk".to_owned(), text(sort_key.to_owned()))])
}

fn add(sum: u64, count: u64) -> Result<u64, Error> {
    sum.checked_add(count).ok_or(Error::TooLarge)
}

fn text<'a>(item: &'a Item, name: &str) -> Result<&'a str, Error> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str).ok_or_else(|| unreadable(item, name))
}

fn number(item: &Item, name: &str) -> Result<u64, Error> {
    let number = item.get(name).and_then(|value| value.as_n().ok()).and_then(|text| text.parse().ok());
    number.ok_or_else(|| unreadable(item, name))
}

fn shard_count(item: &Item) -> Result<Shards, Error> {
    let count = number(item, SHARDS)?;
    u32::try_from(count).ok().and_then(Shards::new).ok_or_else(|| unreadable(item, SHARDS))
}

fn unreadable(item: &Item, name: &str) -> Error {
    let key = |name| item.get(name).and_then(|value| value.as_s().ok()).map_or("?", String::as_str);
    Error::Internal(format!("item {}, {} has an invalid {name}: {:?}", key("pk"), key("sk"), item.get(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overflowing_sum_is_an_error() {
        assert_eq!(add(u64::MAX - 1, 1), Ok(u64::MAX));
        assert_eq!(add(u64::MAX, 1), Err(Error::TooLarge));
    }

    #[test]
    fn numbers_are_exact_above_2_to_the_53() {
        let mut item = key("visits#us-east-1#0".into(), TOTAL);
        item.insert(VISITS.into(), AttributeValue::N("9007199254740993".into()));
        assert_eq!(number(&item, VISITS), Ok(9_007_199_254_740_993));
    }

    #[test]
    fn an_item_that_the_counter_did_not_write_is_quoted() {
        let mut item = key("visits#us-east-1#0".into(), TOTAL);
        for value in [AttributeValue::N("-1".into()), AttributeValue::N("1.5".into()), AttributeValue::S("1".into())] {
            item.insert(VISITS.into(), value);
            let error = number(&item, VISITS).unwrap_err().to_string();
            assert!(error.contains("visits#us-east-1#0") && error.contains('1'), "{error}");
        }
        item.insert(SHARDS.into(), AttributeValue::N("0".into()));
        assert!(shard_count(&item).is_err());
    }
}
