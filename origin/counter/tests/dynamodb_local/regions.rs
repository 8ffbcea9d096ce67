//! Two regions of a global table, modelled by two tables and a replicator with the worst permitted behaviour.
//!
//! A global table replicates items, not increments: whole items arrive late, possibly twice, in any order. Of two versions
//! of an item the last written one wins.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html>

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use fastrand::Rng;
use vitae_counter::handler::Handler;
use vitae_testing::{random, scale, seed};

use crate::fixture::{Fixture, Table};
use crate::page::token;
use crate::requests::{NOW_S, body, count, get, post};

type Item = HashMap<String, AttributeValue>;
type Key = (String, String);

/// A version of an item and its logical time of writing.
#[derive(Clone, Debug, PartialEq)]
struct Version {
    item: Item,
    written: u64,
}

/// The latest version of every item in each of two tables, and the versions in flight to a table.
#[derive(Debug, Default)]
struct Replicator {
    now: u64,
    latest: [HashMap<Key, Version>; 2],
    in_flight: Vec<(usize, Key, Version)>,
}

impl Replicator {
    /// Records what a visit has written to table `here`. It runs after every visit, so that no version is missed. Each
    /// version is sent once or twice.
    async fn replicate(&mut self, tables: &[Table; 2], here: usize, random: &mut Rng) {
        let table = &tables[here];
        let items = table.client.scan().table_name(table.name).consistent_read(true).send().await.unwrap();
        for item in items.items() {
            let key = (item["pk"].as_s().unwrap().clone(), item["sk"].as_s().unwrap().clone());
            if self.latest[here].get(&key).is_some_and(|known| known.item == *item) {
                continue;
            }
            self.now += 1;
            let version = Version { item: item.clone(), written: self.now };
            self.latest[here].insert(key.clone(), version.clone());
            for _ in 0..random.usize(1..=2) {
                self.in_flight.push((1 - here, key.clone(), version.clone()));
            }
        }
    }

    /// Delivers a random version in flight, unless the table has a newer one.
    async fn deliver_one(&mut self, tables: &[Table; 2], random: &mut Rng) {
        if self.in_flight.is_empty() {
            return;
        }
        let (there, key, version) = self.in_flight.swap_remove(random.usize(..self.in_flight.len()));
        if self.latest[there].get(&key).is_some_and(|known| known.written >= version.written) {
            return;
        }
        let table = &tables[there];
        let put = table.client.put_item().table_name(table.name).set_item(Some(version.item.clone()));
        put.send().await.unwrap();
        self.latest[there].insert(key, version);
    }
}

/// Visits in both regions with deliveries between them, in random order.
struct Run {
    tables: [Table; 2],
    counters: [Handler; 2],
    replicator: Replicator,
    random: Rng,
    /// Whether the regions write different items.
    is_separate: bool,
}

impl Run {
    async fn new(fixture: &Fixture, names: [&'static str; 2], regions: [&str; 2], shards: u32) -> Self {
        let tables = [fixture.table(names[0], shards).await, fixture.table(names[1], shards).await];
        let counter = |at: usize| tables[at].counter_with(tables[at].client.clone(), regions[at], shards);
        let counters = [counter(0), counter(1)];
        let (replicator, random) = (Replicator::default(), random(names[0]));
        Self { tables, counters, replicator, random, is_separate: regions[0] != regions[1] }
    }

    /// Posts this many visits and returns how many were posted in each region.
    async fn visits(&mut self, visits: u64) -> [u64; 2] {
        let (mut made, mut highest) = ([0; 2], [0; 2]);
        for _ in 0..visits {
            let here = self.random.usize(..2);
            let token = token(&mut self.random);
            let counted = count(&post(&self.counters[here], &token, NOW_S).await);
            assert!(counted > highest[here] || !self.is_separate, "{counted} after {}", highest[here]);
            (made[here], highest[here]) = (made[here] + 1, counted);
            self.replicator.replicate(&self.tables, here, &mut self.random).await;
            // On average as many as are sent, so that the number in flight grows and shrinks.
            for _ in 0..self.random.usize(0..=6) {
                self.replicator.deliver_one(&self.tables, &mut self.random).await;
            }
        }
        while !self.replicator.in_flight.is_empty() {
            self.replicator.deliver_one(&self.tables, &mut self.random).await;
        }
        made
    }

    async fn totals(&self) -> [u64; 2] {
        // New environments, with an empty cache.
        let total = async |at: usize| body(&get(&self.tables[at].counter(), "days=1").await)["count"].as_u64().unwrap();
        [total(0).await, total(1).await]
    }
}

pub(crate) async fn two_regions_converge_to_the_exact_total(fixture: &Fixture) {
    let visits = scale(60, 1_000);
    let mut run = Run::new(fixture, ["virginia", "ireland"], ["us-east-1", "eu-west-1"], 4).await;
    let made = run.visits(visits).await;
    eprintln!("seed {}: {made:?} visits in two regions, counted {:?}", seed(), run.totals().await);
    assert!(made[0] > 0 && made[1] > 0);
    assert_eq!(run.totals().await, [visits; 2]);
}

/// Checks the test above: two regions that write one item lose visits here, as they would in a global table.
pub(crate) async fn one_shared_item_loses_visits(fixture: &Fixture) {
    let visits = scale(60, 1_000);
    let mut run = Run::new(fixture, ["shared-virginia", "shared-ireland"], ["us-east-1", "us-east-1"], 1).await;
    let made = run.visits(visits).await;
    let totals = run.totals().await;
    eprintln!("seed {}: {made:?} visits in two regions that share one item, counted {totals:?}", seed());
    assert_eq!(totals[0], totals[1], "the tables agree, on too few");
    assert!(totals[0] < visits, "{totals:?}");
}
