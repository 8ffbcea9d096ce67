//! What becomes of a token.

use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use serde_json::{Value, json};
use vitae_testing::REGION;

use crate::faults::conflict;
use crate::requests::{NOW_S, body, count, get, post};
use crate::world::World;

/// Two minutes later, on the next day.
const AFTER_MIDNIGHT_S: u64 = NOW_S + 120;

/// What the counter builds on when a conflict has cancelled its transaction: the token is as good as new, even for another
/// transaction. AWS says as much of the service: calls after a successful one change nothing.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-apis-txwriteitems>
pub(crate) async fn a_cancelled_transaction_leaves_its_token_unused(world: &World) {
    let table = world.table("cancelled", 1).await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let add_one = |sort_key: &str, condition: &str| {
        let update = Update::builder()
            .table_name(table.name)
            .key("pk", text("p"))
            .key("sk", text(sort_key))
            .update_expression("ADD n :one")
            .condition_expression(condition)
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
        let update = TransactWriteItem::builder().update(update.build().unwrap()).build();
        table.client.transact_write_items().client_request_token("token-cancelled").transact_items(update).send()
    };
    let cancelled = add_one("a", "attribute_exists(n)").await.unwrap_err();
    assert_eq!(cancelled.code(), Some("TransactionCanceledException"));
    add_one("b", "attribute_not_exists(n)").await.unwrap();
    // Now it is used.
    let mismatch = add_one("a", "attribute_not_exists(n)").await.unwrap_err();
    assert_eq!(mismatch.code(), Some("IdempotentParameterMismatchException"));
}

pub(crate) async fn a_conflict_that_outlives_the_request_is_503_and_counted_by_the_next_try(world: &World) {
    let table = world.table("conflict", 8).await;
    let counter = table.counter_through(world.faulty_client().await, REGION, table.shards);
    world.microburst().await.set_rules(&[]).await.unwrap();
    assert_eq!(count(&post(&counter, "first-conflict", NOW_S).await), 1);
    let mut request = crate::requests::at(NOW_S);
    // 600 ms, of which half a second is kept for the answer.
    request.deadline = request.now + std::time::Duration::from_millis(600);
    world.microburst().await.set_rules(&[rule(u32::MAX, &[("error", conflict())])]).await.unwrap();
    let met = counter.handle(crate::requests::visit("visit-conflict"), &request).await;
    assert_eq!((met.response.status_code, &body(&met)["code"]), (503, &json!("counter_unavailable")));
    world.microburst().await.set_rules(&[]).await.unwrap();
    assert_eq!(count(&get(&table.counter(), "").await), 1, "a cancelled transaction writes nothing");
    // On the next day, so with another transaction than the cancelled one.
    assert_eq!(count(&post(&counter, "visit-conflict", AFTER_MIDNIGHT_S).await), 2);
    assert_eq!(count(&post(&counter, "visit-conflict", NOW_S).await), 2);
}

pub(crate) async fn a_retry_across_midnight_counts_on_the_first_day(world: &World) {
    let table = world.table("midnight", 8).await;
    let counter = table.counter_through(world.faulty_client().await, REGION, table.shards);
    lose_all_answers(world).await;
    assert_eq!(post(&counter, "visit-midnight", NOW_S).await.response.status_code, 503);
    world.microburst().await.set_rules(&[]).await.unwrap();
    assert_eq!(count(&post(&counter, "visit-midnight", AFTER_MIDNIGHT_S).await), 1);
    let asked = crate::requests::event("GET", "days=2", &json!({}));
    let read = body(&counter.handle(asked, &crate::requests::at(AFTER_MIDNIGHT_S)).await);
    let days = json!([{ "day": "2026-11-20", "count": 1 }, { "day": "2026-11-21", "count": 0 }]);
    assert_eq!((&read["count"], &read["days"]), (&json!(1), &days));
}

pub(crate) async fn a_retry_across_a_change_of_shards_counts_in_the_first_shard(world: &World) {
    let table = world.table("reshard", 1).await;
    let few = table.counter_through(world.faulty_client().await, REGION, 1);
    let (more, fewer) = (table.counter_through(world.faulty_client().await, REGION, 64), table.counter());
    for visit in 1..=5 {
        let token = format!("reshard-{visit}");
        lose_all_answers(world).await;
        assert_eq!(post(&few, &token, NOW_S).await.response.status_code, 503);
        world.microburst().await.set_rules(&[]).await.unwrap();
        assert_eq!(count(&post(&more, &token, NOW_S).await), visit);
        assert_eq!(count(&post(&fewer, &token, NOW_S).await), visit);
    }
}

/// All that the SDK tries is written, or known to be, and none of it answered.
async fn lose_all_answers(world: &World) {
    world.microburst().await.set_rules(&[rule(3, &[("response", json!({ "abort_bytes": 0 }))])]).await.unwrap();
}

fn rule(times: u32, effects: &[(&str, Value)]) -> Value {
    let mut rule = json!({ "service": "dynamodb", "operation": "TransactWriteItems", "times": times });
    for (name, effect) in effects {
        rule[*name] = effect.clone();
    }
    rule
}
