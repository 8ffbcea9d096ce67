//! The stack's role for the counter beside what the counter does.

use std::collections::BTreeSet;

use serde_json::json;
use vitae_counter::layout::Shards;
use vitae_counter::settings::Settings;
use vitae_counter::store::Store;
use vitae_testing::REGION;

use crate::requests::{NOW_S, count, get, post};
use crate::world::World;

const TEMPLATE: &str = include_str!("../../../../cloudformation/stack.yaml");

/// The permission that a call needs. A transaction has none of its own: it needs those of its parts, which are updates.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html>
fn permission(operation: &str) -> String {
    let action = if operation == "TransactWriteItems" { "UpdateItem" } else { operation };
    format!("dynamodb:{action}")
}

pub(crate) async fn the_role_may_do_what_the_counter_does_and_no_more(world: &World) {
    let table = world.table("permissions", 8).await;
    let microburst = world.microburst().await;
    // A rule that changes nothing, and so tells of every call.
    microburst.set_rules(&[json!({ "service": "dynamodb", "latency": 1 })]).await.unwrap();
    let (client, shards) = (world.faulty_client().await, Shards::DEFAULT);
    let settings = Settings { table: table.name.into(), region: REGION.into(), shards };
    Store::new(client.clone(), settings).prepare(i64::try_from(NOW_S).unwrap()).await.unwrap();
    let counter = table.counter_through(client, REGION, table.shards);
    assert_eq!(count(&post(&counter, "permission", NOW_S).await), 1);
    assert_eq!(count(&get(&counter, "").await), 1);
    assert_eq!(count(&get(&counter, "days=400").await), 1);
    let fired = microburst.fired().await.unwrap();
    microburst.set_rules(&[]).await.unwrap();
    let needed: BTreeSet<String> = fired.iter().map(|call| permission(&call.operation)).collect();

    let role = TEMPLATE.split_once("\n  CounterRole:\n").unwrap().1.split_once("\n\n").unwrap().0;
    let actions = role.lines().filter_map(|line| line.trim().strip_prefix("- dynamodb:"));
    let granted: BTreeSet<String> = actions.map(|action| format!("dynamodb:{action}")).collect();
    assert_eq!(granted, needed);
    let resources: Vec<_> = role.lines().filter_map(|line| line.trim().strip_prefix("Resource: ")).collect();
    assert_eq!(resources, ["!GetAtt CounterTable.Arn", "!GetAtt CounterLogs.Arn"]);
}
