//! Two regions of a global table: two tables, and a replicator that behaves as badly as one may.
//!
//! A global table replicates items, not increments: whole items arrive later, maybe twice, in any order, and of two versions
//! of an item the one that was written last wins.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html>

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use fastrand::Rng;
use vitae_counter::handler::Handler;

use crate::page::token;
use crate::requests::{NOW_S, body, count, get, post};
use crate::world::{Table, World, random, scale, seed};

type Item = HashMap<String, AttributeValue>;
type Key = (String, String);

/// A version of an item, and when it was written.
#[derive(Clone, Debug, PartialEq)]
struct Version {
    item: Item,
    written: u64,
}

/// The latest version of every item in each of two tables, and what is under way to a table.
#[derive(Debug, Default)]
struct Replicator {
    now: u64,
    latest: [HashMap<Key, Version>; 2],
    under_way: Vec<(usize, Key, Version)>,
}

impl Replicator {
    /// Takes up what a visit has written to table `here`: now, or the item would have been another before. Each version is sent
    /// once or twice.
    async fn take_up(&mut self, tables: &[Table; 2], here: usize, random: &mut Rng) {
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
                self.under_way.push((1 - here, key.clone(), version.clone()));
            }
        }
    }

    /// Delivers any one of what is under way, unless something newer is there.
    async fn deliver_one(&mut self, tables: &[Table; 2], random: &mut Rng) {
        if self.under_way.is_empty() {
            return;
        }
        let (there, key, version) = self.under_way.swap_remove(random.usize(..self.under_way.len()));
        if self.latest[there].get(&key).is_some_and(|known| known.written >= version.written) {
            return;
        }
        let table = &tables[there];
        let put = table.client.put_item().table_name(table.name).set_item(Some(version.item.clone()));
        put.send().await.unwrap();
        self.latest[there].insert(key, version);
    }
}

/// Visits in both regions, and between them deliveries, all in an order that is drawn.
struct Run {
    tables: [Table; 2],
    counters: [Handler; 2],
    replicator: Replicator,
    random: Rng,
    /// Whether each region writes items of its own.
    apart: bool,
}

impl Run {
    async fn new(world: &World, names: [&'static str; 2], regions: [&str; 2], shards: u32) -> Self {
        let tables = [world.table(names[0], shards).await, world.table(names[1], shards).await];
        let counter = |at: usize| tables[at].counter_through(tables[at].client.clone(), regions[at], shards);
        let counters = [counter(0), counter(1)];
        let (replicator, random) = (Replicator::default(), random(names[0]));
        Self { tables, counters, replicator, random, apart: regions[0] != regions[1] }
    }

    /// Makes so many visits and tells how many there were in each region.
    async fn visits(&mut self, visits: u64) -> [u64; 2] {
        let (mut made, mut highest) = ([0; 2], [0; 2]);
        for _ in 0..visits {
            let here = self.random.usize(..2);
            let token = token(&mut self.random);
            let counted = count(&post(&self.counters[here], &token, NOW_S).await);
            assert!(counted > highest[here] || !self.apart, "{counted} after {}", highest[here]);
            (made[here], highest[here]) = (made[here] + 1, counted);
            self.replicator.take_up(&self.tables, here, &mut self.random).await;
            // As many as are sent, on average: what is under way grows and shrinks.
            for _ in 0..self.random.usize(0..=6) {
                self.replicator.deliver_one(&self.tables, &mut self.random).await;
            }
        }
        while !self.replicator.under_way.is_empty() {
            self.replicator.deliver_one(&self.tables, &mut self.random).await;
        }
        made
    }

    async fn totals(&self) -> [u64; 2] {
        // Other environments, which remember nothing.
        let total = async |at: usize| body(&get(&self.tables[at].counter(), "days=1").await)["count"].as_u64().unwrap();
        [total(0).await, total(1).await]
    }
}

pub(crate) async fn two_regions_converge_to_the_exact_total(world: &World) {
    let visits = scale(60, 1_000);
    let mut run = Run::new(world, ["virginia", "ireland"], ["us-east-1", "eu-west-1"], 4).await;
    let made = run.visits(visits).await;
    eprintln!("seed {}: {made:?} visits in two regions, counted {:?}", seed(), run.totals().await);
    assert!(made[0] > 0 && made[1] > 0);
    assert_eq!(run.totals().await, [visits; 2]);
}

/// The test of the test above: two regions that write one item do lose visits here, as they would in a global table.
pub(crate) async fn one_shared_item_loses_visits(world: &World) {
    let visits = scale(60, 1_000);
    let mut run = Run::new(world, ["shared-virginia", "shared-ireland"], ["us-east-1", "us-east-1"], 1).await;
    let made = run.visits(visits).await;
    let totals = run.totals().await;
    eprintln!("seed {}: {made:?} visits in two regions that share one item, counted {totals:?}", seed());
    assert_eq!(totals[0], totals[1], "the tables agree, on too few");
    assert!(totals[0] < visits, "{totals:?}");
}
