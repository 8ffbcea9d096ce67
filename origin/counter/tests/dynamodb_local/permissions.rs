//! The counter's role in the stack, compared with the counter's calls.

use std::collections::BTreeSet;

use serde_json::json;
use vitae_counter::settings::Settings;
use vitae_counter::shards::Shards;
use vitae_counter::store::Store;
use vitae_testing::REGION;

use crate::fixture::Fixture;
use crate::requests::{NOW_S, count, get, post};

const TEMPLATE: &str = include_str!("../../../../cloudformation/stack.yaml");

/// The permission that a call needs. A transaction needs those of its parts, which are updates.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html>
fn permission(operation: &str) -> String {
    let action = if operation == "TransactWriteItems" { "UpdateItem" } else { operation };
    format!("dynamodb:{action}")
}

pub(crate) async fn the_role_permits_the_counters_calls_and_no_others(fixture: &Fixture) {
    let table = fixture.table("permissions", 8).await;
    let microburst = fixture.microburst().await;
    // A rule that changes nothing and so reports every call.
    microburst.set_rules(&[json!({ "service": "dynamodb", "latency": 1 })]).await.unwrap();
    let (client, shards) = (fixture.proxy_client().await, Shards::DEFAULT);
    let settings = Settings { table: table.name.into(), region: REGION.into(), shards };
    Store::new(client.clone(), settings).warm_up(NOW_S).await.unwrap();
    let counter = table.counter_with(client, REGION, table.shards);
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
