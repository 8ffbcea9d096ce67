//! Processes that end with SIGKILL.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use vitae_counter::handler::Handler;
use vitae_testing::{DynamoDbLocal, Function, Program, Storage};

use crate::page::token;
use crate::requests::{NOW_S, body, count, get, post, visit};
use crate::world::{ATTEMPT, Table, World, client, random, scale, seed};

/// How often to look whether something has happened, and how long to wait for it.
const LOOK: Duration = Duration::from_millis(5);
const WAIT: Duration = Duration::from_mins(1);

/// The program that is deployed, on our Runtime API.
async fn start(world: &World, table: &Table) -> Function {
    let program = Program {
        command: vec![env!("CARGO_BIN_EXE_counter").into()],
        variables: vec![("TABLE_NAME", table.name.to_owned()), ("SHARDS", table.shards.to_string())],
        endpoint: world.microburst().await.endpoint(),
    };
    let function = Function::start(&program).await.expect("the counter starts");
    function.initialized().await.expect("the counter initializes");
    function
}

fn counted(answer: &Value) -> u64 {
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    body["count"].as_u64().unwrap()
}

fn rule(token: &str, effect: (&str, Value)) -> Value {
    // All that the SDK tries meets it, until the function is killed.
    let mut rule = json!({ "service": "dynamodb", "operation": "TransactWriteItems", "times": 3 });
    rule["body"] = format!("ClientRequestToken == '{token}'").into();
    rule[effect.0] = effect.1;
    rule
}

pub(crate) async fn a_lambda_killed_after_its_write_counts_once(world: &World) {
    let table = world.table("killed-after", 8).await;
    let direct = table.counter();
    let mut random = random(table.name);
    let kills: u64 = scale(5, 40);
    for kill in 1..=kills {
        let token = token(&mut random);
        // The write is applied at once; its answer takes minutes.
        let held = rule(&token, ("response", json!({ "bandwidth_kbps": 0.001 })));
        world.microburst().await.set_rules(&[held]).await.unwrap();
        let mut function = start(world, &table).await;
        let mut answer = function.send(&visit(&token));
        let written = async || count(&get(&direct, "").await) == kill;
        until("the visit is written", written).await;
        function.kill();
        assert!(answer.try_recv().is_err(), "it was answered before it was killed");
        world.microburst().await.set_rules(&[]).await.unwrap();
        let next = start(world, &table).await;
        assert_eq!(counted(&next.invoke(&visit(&token)).await.expect("an answer")), kill);
    }
    eprintln!("seed {}: {kills} Lambdas killed between write and answer", seed());
}

pub(crate) async fn a_lambda_killed_while_its_write_is_on_the_way_counts_once(world: &World) {
    const ON_THE_WAY_MS: u64 = 300;
    let table = world.table("killed-before", 8).await;
    let mut random = random(table.name);
    let kills: u64 = scale(5, 40);
    for kill in 1..=kills {
        let token = token(&mut random);
        let late = rule(&token, ("latency", json!(ON_THE_WAY_MS)));
        world.microburst().await.set_rules(&[late]).await.unwrap();
        let mut function = start(world, &table).await;
        let _answer = function.send(&visit(&token));
        let sent = async || !world.microburst().await.fired().await.unwrap().is_empty();
        until("the write is on its way", sent).await;
        function.kill();
        world.microburst().await.set_rules(&[]).await.unwrap();
        // The page's next try and the late write meet, in either order.
        let next = start(world, &table).await;
        assert_eq!(counted(&next.invoke(&visit(&token)).await.expect("an answer")), kill);
    }
    tokio::time::sleep(Duration::from_millis(ON_THE_WAY_MS)).await;
    let read = body(&get(&table.counter(), "days=1").await);
    assert_eq!(read["count"], kills);
    eprintln!("seed {}: {kills} Lambdas killed while their write was on its way", seed());
}

/// DynamoDB Local keeps its tables over a crash, but not the tokens it has seen, as the service does. So a visit whose answer
/// was lost in the crash may be there twice, and no other.
pub(crate) async fn a_database_killed_under_load_loses_no_acknowledged_visit(_: &World) {
    const CLIENTS: u64 = 8;
    let (crashes, between): (u64, u64) = scale((1, 40), (3, 150));
    let mut database = DynamoDbLocal::start(Storage::Disk).expect("DynamoDB Local starts");
    database.create_table("crash").await.expect("a table");
    let table = Table { name: "crash", client: database.client(), shards: 8 };
    let acknowledged = Arc::new(AtomicU64::new(0));
    let wanted = (crashes + 1) * between;
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let counter = table.counter_through(client(&database.endpoint(), ATTEMPT), vitae_testing::REGION, table.shards);
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

/// Makes visits until all clients together have made `wanted`. Tells how many were not acknowledged at the first try.
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
                assert!(start.elapsed() < WAIT, "the database is not back within {WAIT:?}");
                tokio::time::sleep(LOOK).await;
            }
        }
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    in_doubt
}

async fn until(what: &str, mut happened: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !happened().await {
        assert!(start.elapsed() < WAIT, "not within {WAIT:?}: {what}");
        tokio::time::sleep(LOOK).await;
    }
}
