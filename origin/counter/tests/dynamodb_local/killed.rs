//! Processes that are killed with SIGKILL.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use vitae_counter::handler::Handler;
use vitae_testing::faults::{ATTEMPT, client};
use vitae_testing::{DynamoDbLocal, Function, Program, Storage, random, scale, seed};

use crate::fixture::{Fixture, Table};
use crate::page::token;
use crate::requests::{NOW_S, body, count, get, post, visit};

/// The interval and the timeout of polling for an event.
const POLL: Duration = Duration::from_millis(5);
const TIMEOUT: Duration = Duration::from_mins(1);

/// The deployed program, on a local Runtime API.
async fn start(fixture: &Fixture, table: &Table) -> Function {
    let program = Program {
        command: vec![env!("CARGO_BIN_EXE_counter").into()],
        variables: vec![("TABLE_NAME", table.name.to_owned()), ("SHARDS", table.shards.to_string())],
        endpoint: fixture.microburst().await.endpoint(),
    };
    let function = Function::start(&program).await.expect("the counter starts");
    function.initialized().await.expect("the counter initializes");
    function
}

fn counted(response: &Value) -> u64 {
    assert_eq!(response["statusCode"], 200, "{response}");
    let body: Value = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
    body["count"].as_u64().unwrap()
}

fn rule(token: &str, effect: (&str, Value)) -> Value {
    // It applies to every attempt of the SDK, until the function is killed.
    let mut rule = json!({ "service": "dynamodb", "operation": "TransactWriteItems", "times": 3 });
    rule["body"] = format!("ClientRequestToken == '{token}'").into();
    rule[effect.0] = effect.1;
    rule
}

pub(crate) async fn a_lambda_killed_after_its_write_counts_once(fixture: &Fixture) {
    let table = fixture.table("killed-after", 8).await;
    let direct = table.counter();
    let mut random = random(table.name);
    let kills: u64 = scale(5, 40);
    for kill in 1..=kills {
        let token = token(&mut random);
        // The write is applied immediately; its response takes minutes.
        let slow = rule(&token, ("response", json!({ "bandwidth_kbps": 0.001 })));
        fixture.microburst().await.set_rules(&[slow]).await.unwrap();
        let mut function = start(fixture, &table).await;
        let mut response = function.send(&visit(&token));
        let written = async || count(&get(&direct, "").await) == kill;
        until("the visit is written", written).await;
        function.kill();
        assert!(response.try_recv().is_err(), "it responded before it was killed");
        fixture.microburst().await.set_rules(&[]).await.unwrap();
        let next = start(fixture, &table).await;
        assert_eq!(counted(&next.invoke(&visit(&token)).await.expect("a response")), kill);
    }
    eprintln!("seed {}: {kills} Lambdas killed between write and response", seed());
}

pub(crate) async fn a_lambda_killed_while_its_write_is_in_flight_counts_once(fixture: &Fixture) {
    const IN_FLIGHT_MS: u64 = 300;
    let table = fixture.table("killed-before", 8).await;
    let mut random = random(table.name);
    let kills: u64 = scale(5, 40);
    for kill in 1..=kills {
        let token = token(&mut random);
        let late = rule(&token, ("latency", json!(IN_FLIGHT_MS)));
        fixture.microburst().await.set_rules(&[late]).await.unwrap();
        let mut function = start(fixture, &table).await;
        let _response = function.send(&visit(&token));
        let sent = async || !fixture.microburst().await.fired().await.unwrap().is_empty();
        until("the write is in flight", sent).await;
        function.kill();
        fixture.microburst().await.set_rules(&[]).await.unwrap();
        // The page's retry and the late write arrive in either order.
        let next = start(fixture, &table).await;
        assert_eq!(counted(&next.invoke(&visit(&token)).await.expect("a response")), kill);
    }
    tokio::time::sleep(Duration::from_millis(IN_FLIGHT_MS)).await;
    let read = body(&get(&table.counter(), "days=1").await);
    assert_eq!(read["count"], kills);
    eprintln!("seed {}: {kills} Lambdas killed while their write was in flight", seed());
}

/// DynamoDB Local keeps its tables across a crash but, unlike the service, not the tokens it has seen. So a visit whose
/// response was lost in the crash may be counted twice, and no other visit.
pub(crate) async fn a_database_killed_under_load_loses_no_acknowledged_visit(_: &Fixture) {
    const CLIENTS: u64 = 8;
    let (crashes, between): (u64, u64) = scale((1, 40), (3, 150));
    let mut database = DynamoDbLocal::start(Storage::Disk).expect("DynamoDB Local starts");
    database.create_table("crash").await.expect("a table");
    let table = Table { name: "crash", client: database.client(), shards: 8 };
    let acknowledged = Arc::new(AtomicU64::new(0));
    let wanted = (crashes + 1) * between;
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let counter = table.counter_with(client(&database.endpoint(), ATTEMPT), vitae_testing::REGION, table.shards);
        clients.spawn(visit_until(counter, number, Arc::clone(&acknowledged), wanted));
    }
    for crash in 1..=crashes {
        until("there is load", async || acknowledged.load(Ordering::SeqCst) >= crash * between).await;
        tokio::task::block_in_place(|| database.restart()).expect("DynamoDB Local starts again");
    }
    let mut in_doubt = 0;
    while let Some(client) = clients.join_next().await {
        in_doubt += client.expect("a client");
    }
    let acknowledged = acknowledged.load(Ordering::SeqCst);
    let read = body(&get(&table.counter(), "days=1").await);
    let (total, of_day) = (read["count"].as_u64().unwrap(), read["days"][0]["count"].as_u64().unwrap());
    eprintln!("{crashes} crashes: {acknowledged} visits acknowledged, {in_doubt} in doubt at a crash, {total} counted");
    assert_eq!(total, of_day);
    assert!((acknowledged..=acknowledged + in_doubt).contains(&total));
}

/// Posts visits until all clients together have posted `wanted`. Returns how many were not acknowledged at first.
async fn visit_until(counter: Handler, client: u64, acknowledged: Arc<AtomicU64>, wanted: u64) -> u64 {
    let mut in_doubt = 0;
    for visit in 0.. {
        if acknowledged.load(Ordering::SeqCst) >= wanted {
            break;
        }
        let token = format!("{client}-{visit}");
        let first = post(&counter, &token, NOW_S).await.response.status_code;
        if first != 200 {
            in_doubt += 1;
            let start = Instant::now();
            while post(&counter, &token, NOW_S).await.response.status_code != 200 {
                assert!(start.elapsed() < TIMEOUT, "the database is not back within {TIMEOUT:?}");
                tokio::time::sleep(POLL).await;
            }
        }
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    in_doubt
}

async fn until(what: &str, mut happened: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !happened().await {
        assert!(start.elapsed() < TIMEOUT, "not within {TIMEOUT:?}: {what}");
        tokio::time::sleep(POLL).await;
    }
}
