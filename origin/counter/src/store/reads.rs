//! Reading: the regions there are, the total, the days. No total is remembered from one request to the next: CloudFront keeps
//! a read for five seconds, and so asks each environment rarely.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use tokio::task::JoinSet;

use super::{REGIONS_ARE_FRESH_S, SHARDS, Store, Visits, wait};
use crate::day::Day;
use crate::layout::{self, Layout, Shards};
use crate::outcome::Failure;
use crate::pause;
use crate::transaction::{TOTAL, VISITS};
use crate::verdict;

/// The most items of one `BatchGetItem`.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>
const BATCH: usize = 100;

/// How many queries are under way at once.
const QUERIES: usize = 16;

type Item = HashMap<String, AttributeValue>;

impl Store {
    /// The sum over all regions and shards. `consistent` reads hold every visit of this region that was counted before.
    ///
    /// # Errors
    /// As any call; [`Failure::TooLarge`] if the sum is no u64.
    pub async fn total(&self, consistent: bool, now: i64) -> Result<u64, Failure> {
        let region = &self.settings.region;
        let mut covered = BTreeSet::new();
        let mut total = 0;
        let mut layout = self.layout(now).await?;
        // This region's number of shards is read along with its items: a newer version of this function may have raised
        // it, and its visits must not be missed until the next look at all regions.
        let mut keys = vec![key(layout::regions_partition(), region)];
        loop {
            let new = layout.partitions().into_iter().filter(|partition| covered.insert(partition.clone()));
            keys.extend(new.map(|partition| key(partition, TOTAL)));
            if keys.is_empty() {
                return Ok(total);
            }
            for item in self.get(std::mem::take(&mut keys), consistent).await? {
                if text(&item, "sk")? == TOTAL {
                    total = add(total, number(&item, VISITS)?)?;
                } else {
                    layout.cover(region, shards(&item)?);
                }
            }
            if let Some(shards) = layout.shards(region) {
                self.cover(region, shards);
            }
        }
    }

    /// The total, and the visits of every day from `first` on. Days that have expired and are not yet deleted are before
    /// any that can be asked for.
    ///
    /// # Errors
    /// As [`Store::total`].
    pub async fn days(&self, first: Day, now: i64) -> Result<Visits, Failure> {
        let partitions = self.read_regions(now).await?.partitions();
        let mut visits = Visits::default();
        for some in partitions.chunks(QUERIES) {
            let mut queries = JoinSet::new();
            for partition in some {
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
                let items = items.map_err(|error| Failure::Internal(error.to_string()))?;
                for item in items.map_err(|error| verdict::failure(&error))? {
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

    /// The regions there are, as lately read.
    pub(super) async fn layout(&self, now: i64) -> Result<Layout, Failure> {
        let known = self.with_known(|known| {
            let fresh = known.read_at.is_some_and(|read_at| (0..REGIONS_ARE_FRESH_S).contains(&(now - read_at)));
            fresh.then(|| known.layout.clone())
        });
        match known {
            Some(layout) => Ok(layout),
            None => self.read_regions(now).await,
        }
    }

    async fn read_regions(&self, now: i64) -> Result<Layout, Failure> {
        let query = self.query(layout::regions_partition()).key_condition_expression("pk = :pk").consistent_read(true);
        let items = query.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
        let mut read = Vec::new();
        for item in items.map_err(|error| verdict::failure(&error))? {
            read.push((text(&item, "sk")?.to_owned(), shards(&item)?));
        }
        Ok(self.with_known(|known| {
            for (region, shards) in read {
                known.layout.cover(&region, shards);
            }
            known.read_at = Some(now);
            known.layout.clone()
        }))
    }

    fn query(&self, partition: String) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.settings.table)
            .expression_attribute_values(":pk", AttributeValue::S(partition))
    }

    /// The items that there are of these keys. What DynamoDB leaves unprocessed is asked for again, after a pause and
    /// without end: the caller has a deadline.
    async fn get(&self, keys: Vec<Item>, consistent: bool) -> Result<Vec<Item>, Failure> {
        let table = &self.settings.table;
        let mut items = Vec::new();
        let mut left: Vec<Vec<Item>> = keys.chunks(BATCH).map(<[Item]>::to_vec).collect();
        let mut unprocessed = 0;
        while let Some(batch) = left.pop() {
            let wanted = KeysAndAttributes::builder().set_keys(Some(batch)).consistent_read(consistent).build();
            let wanted = wanted.map_err(|error| Failure::Internal(error.to_string()))?;
            let output = self.client.batch_get_item().request_items(table, wanted).send().await;
            let output = output.map_err(|error| verdict::failure(&error))?;
            items.extend(output.responses.unwrap_or_default().into_values().flatten());
            let again: Vec<_> =
                output.unprocessed_keys.unwrap_or_default().into_values().flat_map(|left| left.keys).collect();
            if !again.is_empty() {
                left.push(again);
                unprocessed += 1;
                wait(pause::bound(unprocessed)).await;
            }
        }
        Ok(items)
    }
}

fn key(partition: String, sort_key: &str) -> Item {
    let text = AttributeValue::S;
    HashMap::from([("pk".to_owned(), text(partition)), ("sk".to_owned(), text(sort_key.to_owned()))])
}

fn add(sum: u64, count: u64) -> Result<u64, Failure> {
    sum.checked_add(count).ok_or(Failure::TooLarge)
}

fn text<'a>(item: &'a Item, name: &str) -> Result<&'a str, Failure> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str).ok_or_else(|| unreadable(item, name))
}

fn number(item: &Item, name: &str) -> Result<u64, Failure> {
    let number = item.get(name).and_then(|value| value.as_n().ok()).and_then(|text| text.parse().ok());
    number.ok_or_else(|| unreadable(item, name))
}

fn shards(item: &Item) -> Result<Shards, Failure> {
    let count = number(item, SHARDS)?;
    u32::try_from(count).ok().and_then(Shards::new).ok_or_else(|| unreadable(item, SHARDS))
}

fn unreadable(item: &Item, name: &str) -> Failure {
    let key = |name| item.get(name).and_then(|value| value.as_s().ok()).map_or("?", String::as_str);
    Failure::Internal(format!("the item {}, {} has no usable {name}: {:?}", key("pk"), key("sk"), item.get(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_over_u64_is_refused() {
        assert_eq!(add(u64::MAX - 1, 1), Ok(u64::MAX));
        assert_eq!(add(u64::MAX, 1), Err(Failure::TooLarge));
    }

    #[test]
    fn numbers_are_exact_above_2_to_the_53() {
        let mut item = key("visits#us-east-1#0".into(), TOTAL);
        item.insert(VISITS.into(), AttributeValue::N("9007199254740993".into()));
        assert_eq!(number(&item, VISITS), Ok(9_007_199_254_740_993));
    }

    #[test]
    fn an_item_that_the_counter_never_wrote_is_quoted() {
        let mut item = key("visits#us-east-1#0".into(), TOTAL);
        for value in [AttributeValue::N("-1".into()), AttributeValue::N("1.5".into()), AttributeValue::S("1".into())] {
            item.insert(VISITS.into(), value);
            let error = number(&item, VISITS).unwrap_err().to_string();
            assert!(error.contains("visits#us-east-1#0") && error.contains('1'), "{error}");
        }
        item.insert(SHARDS.into(), AttributeValue::N("0".into()));
        assert!(shards(&item).is_err());
    }
}
