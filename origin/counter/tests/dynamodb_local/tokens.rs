//! The use of a token by cancelled, repeated and different transactions.

use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use serde_json::{Value, json};
use vitae_testing::REGION;

use crate::faults::conflict;
use crate::fixture::Fixture;
use crate::requests::{NOW_S, body, count, get, post};

/// Two minutes later, on the next day.
const AFTER_MIDNIGHT_S: u64 = NOW_S + 120;

/// The counter relies on this after a conflict has cancelled its transaction: the token is still unused, even for another
/// transaction. AWS documents it for the service: calls after a *successful* one change nothing.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-apis-txwriteitems>
pub(crate) async fn a_cancelled_transaction_leaves_its_token_unused(fixture: &Fixture) {
    let table = fixture.table("cancelled", 1).await;
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
    // Now the token is used.
    let mismatch = add_one("a", "attribute_not_exists(n)").await.unwrap_err();
    assert_eq!(mismatch.code(), Some("IdempotentParameterMismatchException"));
}

pub(crate) async fn a_conflict_until_the_deadline_is_503_and_counted_by_the_next_attempt(fixture: &Fixture) {
    let table = fixture.table("conflict", 8).await;
    let counter = table.counter_with(fixture.proxy_client().await, REGION, table.shards);
    fixture.microburst().await.set_rules(&[]).await.unwrap();
    assert_eq!(count(&post(&counter, "first-conflict", NOW_S).await), 1);
    let mut request = crate::requests::at(NOW_S);
    // 600 ms, of which half a second is reserved for the response.
    request.deadline = request.now + std::time::Duration::from_millis(600);
    fixture.microburst().await.set_rules(&[rule(u32::MAX, &[("error", conflict())])]).await.unwrap();
    let conflicting = counter.handle(crate::requests::visit("visit-conflict"), &request).await;
    assert_eq!((conflicting.response.status_code, &body(&conflicting)["code"]), (503, &json!("counter_unavailable")));
    fixture.microburst().await.set_rules(&[]).await.unwrap();
    assert_eq!(count(&get(&table.counter(), "").await), 1, "a cancelled transaction writes nothing");
    // On the next day, so the transaction differs from the cancelled one.
    assert_eq!(count(&post(&counter, "visit-conflict", AFTER_MIDNIGHT_S).await), 2);
    assert_eq!(count(&post(&counter, "visit-conflict", NOW_S).await), 2);
}

pub(crate) async fn a_retry_across_midnight_counts_on_the_first_day(fixture: &Fixture) {
    let table = fixture.table("midnight", 8).await;
    let counter = table.counter_with(fixture.proxy_client().await, REGION, table.shards);
    drop_all_responses(fixture).await;
    assert_eq!(post(&counter, "visit-midnight", NOW_S).await.response.status_code, 503);
    fixture.microburst().await.set_rules(&[]).await.unwrap();
    assert_eq!(count(&post(&counter, "visit-midnight", AFTER_MIDNIGHT_S).await), 1);
    let request = crate::requests::event("GET", "days=2", &json!({}));
    let read = body(&counter.handle(request, &crate::requests::at(AFTER_MIDNIGHT_S)).await);
    let days = json!([{ "day": "2026-11-20", "count": 1 }, { "day": "2026-11-21", "count": 0 }]);
    assert_eq!((&read["count"], &read["days"]), (&json!(1), &days));
}

pub(crate) async fn a_retry_across_a_change_of_shards_counts_in_the_first_shard(fixture: &Fixture) {
    let table = fixture.table("reshard", 1).await;
    let few = table.counter_with(fixture.proxy_client().await, REGION, 1);
    let (more, fewer) = (table.counter_with(fixture.proxy_client().await, REGION, 64), table.counter());
    for visit in 1..=5 {
        let token = format!("reshard-{visit}");
        drop_all_responses(fixture).await;
        assert_eq!(post(&few, &token, NOW_S).await.response.status_code, 503);
        fixture.microburst().await.set_rules(&[]).await.unwrap();
        assert_eq!(count(&post(&more, &token, NOW_S).await), visit);
        assert_eq!(count(&post(&fewer, &token, NOW_S).await), visit);
    }
}

/// Every attempt of the SDK is applied, or a replay, and its response is dropped.
async fn drop_all_responses(fixture: &Fixture) {
    fixture.microburst().await.set_rules(&[rule(3, &[("response", json!({ "abort_bytes": 0 }))])]).await.unwrap();
}

fn rule(times: u32, effects: &[(&str, Value)]) -> Value {
    let mut rule = json!({ "service": "dynamodb", "operation": "TransactWriteItems", "times": times });
    for (name, effect) in effects {
        rule[*name] = effect.clone();
    }
    rule
}
