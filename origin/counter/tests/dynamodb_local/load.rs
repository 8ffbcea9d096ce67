//! Many concurrent clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tokio::task::JoinSet;
use vitae_testing::scale;

use crate::fixture::{Fixture, Table};
use crate::requests::{NOW_S, body, count, get, post};

const CLIENTS: u64 = 32;

pub(crate) async fn concurrent_clients_lose_nothing_in_1_shard(fixture: &Fixture) {
    lose_nothing(fixture.table("load-1", 1).await).await;
}

pub(crate) async fn concurrent_clients_lose_nothing_in_8_shards(fixture: &Fixture) {
    lose_nothing(fixture.table("load-8", 8).await).await;
}

pub(crate) async fn concurrent_clients_lose_nothing_in_64_shards(fixture: &Fixture) {
    lose_nothing(fixture.table("load-64", 64).await).await;
}

/// Each client is a separate execution environment and posts its visits over three days.
async fn lose_nothing(table: Table) {
    let visits: u64 = scale(20, 1_000);
    let start = Instant::now();
    let highest = Arc::new(AtomicU64::new(0));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (counter, highest, test) = (table.counter(), Arc::clone(&highest), table.name);
        clients.spawn(async move {
            for visit in 0..visits {
                let seen = highest.load(Ordering::SeqCst);
                let output = post(&counter, &format!("{test}-{client}-{visit}"), NOW_S - visit % 3 * 86_400).await;
                let count = count(&output);
                // The count includes this visit, so it exceeds every count received before it was sent.
                assert!(count > seen, "{count} after {seen} had been received");
                highest.fetch_max(count, Ordering::SeqCst);
            }
        });
    }
    while let Some(client) = clients.join_next().await {
        client.expect("a client");
    }
    let read = body(&get(&table.counter(), "days=3").await);
    let sum_of_days: u64 = read["days"].as_array().unwrap().iter().map(|day| day["count"].as_u64().unwrap()).sum();
    let total = CLIENTS * visits;
    eprintln!("{} clients x {visits} visits in {} shards: {:.1?}", CLIENTS, table.shards, start.elapsed());
    assert_eq!((read["count"].as_u64().unwrap(), sum_of_days, highest.load(Ordering::SeqCst)), (total, total, total));
}
