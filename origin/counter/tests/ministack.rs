//! The counter with ministack's DynamoDB.

mod requests;

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType};
use requests::{NOW_S, at, body, count, event, get, page_views, post};
use serde_json::json;
use tokio::task::JoinSet;
use vitae_counter::handler::Handler;
use vitae_counter::settings::Settings;
use vitae_counter::shards::Shards;
use vitae_counter::store::Store;
use vitae_testing::ministack::{Ministack, REGION};

const TABLE: &str = "visits";

struct Fixture {
    ministack: Ministack,
    client: Client,
}

impl Fixture {
    async fn start() -> Self {
        let ministack = Ministack::start();
        let client = Client::new(&ministack.config().await);
        let attribute = |name: &str| AttributeDefinition::builder().attribute_name(name).attribute_type("S".into());
        let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind);
        client
            .create_table()
            .table_name(TABLE)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute("pk").build().unwrap())
            .attribute_definitions(attribute("sk").build().unwrap())
            .key_schema(key("pk", KeyType::Hash).build().unwrap())
            .key_schema(key("sk", KeyType::Range).build().unwrap())
            .send()
            .await
            .unwrap();
        Self { ministack, client }
    }

    fn counter(&self, shards: u32) -> Handler {
        self.counter_in(REGION, shards)
    }

    fn counter_in(&self, region: &str, shards: u32) -> Handler {
        let shards = Shards::new(shards).unwrap();
        let settings = Settings { table: TABLE.into(), region: region.into(), shards };
        Handler::new(Store::new(self.client.clone(), settings))
    }

    async fn number(&self, partition: &str, sort_key: &str, attribute: &str) -> Option<u64> {
        let key = |text: &str| AttributeValue::S(text.into());
        let get = self.client.get_item().table_name(TABLE).key("pk", key(partition)).key("sk", key(sort_key));
        let item = get.consistent_read(true).send().await.unwrap().item?;
        Some(item[attribute].as_n().unwrap().parse().unwrap())
    }
}

#[tokio::test]
async fn every_visit_is_counted_and_a_read_counts_none() {
    let fixture = Fixture::start().await;
    let counter = fixture.counter(8);
    assert_eq!(count(&get(&counter, "").await), 0);
    for visit in 1..=20 {
        let output = post(&counter, &format!("visit-{visit}"), NOW_S).await;
        assert_eq!((count(&output), page_views(&output)), (visit, 1));
        let read = get(&counter, "").await;
        assert_eq!((count(&read), page_views(&read)), (visit, 0));
    }
}

#[tokio::test]
async fn a_replayed_token_is_counted_once_and_gets_the_same_response() {
    let fixture = Fixture::start().await;
    let counter = fixture.counter(8);
    let first = post(&counter, "visit", NOW_S).await;
    // Another environment, since a retry of the page may reach a different one.
    let again = post(&fixture.counter(8), "visit", NOW_S + 30).await;
    assert_eq!((count(&first), count(&again)), (1, 1));
    assert_eq!((page_views(&first), page_views(&again)), (1, 0));
}

#[tokio::test]
async fn a_retry_across_midnight_or_across_a_change_of_shards_counts_once() {
    let fixture = Fixture::start().await;
    for visit in 1..=10 {
        let token = format!("visit-{visit}");
        post(&fixture.counter(1), &token, NOW_S).await;
        let after_midnight = post(&fixture.counter(1), &token, NOW_S + 120).await;
        let with_more_shards = post(&fixture.counter(64), &token, NOW_S).await;
        assert_eq!((count(&after_midnight), count(&with_more_shards)), (visit, visit));
    }
}

#[tokio::test]
async fn the_total_is_the_sum_over_shards() {
    let fixture = Fixture::start().await;
    let counter = fixture.counter(2);
    for visit in 0..20 {
        post(&counter, &format!("visit-{visit}"), NOW_S).await;
    }
    let first = fixture.number("visits#us-east-1#0", "total", "n").await.unwrap();
    let second = fixture.number("visits#us-east-1#1", "total", "n").await.unwrap();
    assert!(first > 0 && second > 0);
    assert_eq!((first + second, count(&get(&counter, "").await)), (20, 20));
}

#[tokio::test]
async fn concurrent_visits_are_all_counted() {
    let fixture = Fixture::start().await;
    let counter = Arc::new(fixture.counter(1));
    let mut visits = JoinSet::new();
    for visit in 0..40 {
        let counter = Arc::clone(&counter);
        visits.spawn(async move { count(&post(&counter, &format!("visit-{visit}"), NOW_S).await) });
    }
    let counts = visits.join_all().await;
    assert_eq!((count(&get(&counter, "").await), counts.into_iter().max()), (40, Some(40)));
}

#[tokio::test]
async fn lowering_and_raising_the_shards_loses_nothing() {
    let fixture = Fixture::start().await;
    let mut visits = 0;
    for shards in [8, 2, 64] {
        let counter = fixture.counter(shards);
        for _ in 0..10 {
            visits += 1;
            assert_eq!(count(&post(&counter, &format!("visit-{visits}"), NOW_S).await), visits);
        }
    }
    assert_eq!(fixture.number("visits#regions", "us-east-1", "shards").await, Some(64));
    // An environment that still runs with few shards sees the others' visits immediately.
    let old = fixture.counter(2);
    assert_eq!(count(&post(&old, "old-1", NOW_S).await), 31);
    let new = fixture.counter(256);
    for visit in 0..10 {
        post(&new, &format!("new-{visit}"), NOW_S).await;
    }
    assert_eq!(count(&post(&old, "old-2", NOW_S).await), 42);
}

#[tokio::test]
async fn a_region_writes_its_own_items_and_reads_all() {
    let fixture = Fixture::start().await;
    let (virginia, ireland) = (fixture.counter(2), fixture.counter_in("eu-west-1", 1));
    for visit in 0..6 {
        post(&virginia, &format!("us-{visit}"), NOW_S).await;
        post(&ireland, &format!("eu-{visit}"), NOW_S).await;
    }
    assert_eq!(fixture.number("visits#eu-west-1#0", "total", "n").await, Some(6));
    assert_eq!((count(&get(&fixture.counter(2), "").await), count(&get(&ireland, "").await)), (12, 12));
}

#[tokio::test]
async fn days_add_up_and_expire() {
    let fixture = Fixture::start().await;
    let counter = fixture.counter(4);
    for visit in 0..9 {
        let days_ago = visit % 3;
        post(&counter, &format!("visit-{visit}"), NOW_S - days_ago * 86_400).await;
    }
    let read = body(&get(&counter, "days=2").await);
    let days = json!([{ "day": "2026-11-19", "count": 3 }, { "day": "2026-11-20", "count": 3 }]);
    assert_eq!((&read["count"], &read["days"]), (&json!(9), &days));
    let all = body(&get(&counter, "days=400").await);
    let days = all["days"].as_array().unwrap();
    assert_eq!((days.len(), days.iter().map(|day| day["count"].as_u64().unwrap()).sum::<u64>()), (400, 9));
    // 2027-12-26, the first day on which no request can include 2026-11-20.
    let mut shards = Vec::new();
    for shard in 0..4 {
        shards.extend(fixture.number(&format!("visits#us-east-1#{shard}"), "2026-11-20", "expires").await);
    }
    assert!(!shards.is_empty() && shards.iter().all(|expires| *expires == 1_829_779_200), "{shards:?}");
}

#[tokio::test]
async fn a_total_is_exact_up_to_2_to_the_53_and_then_an_error_but_never_rounded() {
    let fixture = Fixture::start().await;
    let counter = fixture.counter(1);
    assert_eq!(count(&post(&counter, "visit-1", NOW_S).await), 1);
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let set = async |visits: &str| {
        let item = fixture
            .client
            .put_item()
            .table_name(TABLE)
            .item("pk", text("visits#us-east-1#0"))
            .item("sk", text("total"));
        item.item("n", AttributeValue::N(visits.to_owned())).send().await.unwrap();
    };
    set("9007199254740991").await;
    assert_eq!(count(&post(&counter, "visit-2", NOW_S).await), 1 << 53);
    for too_large in ["9007199254740993", "18446744073709551615", "18446744073709551616"] {
        set(too_large).await;
        let rejected = get(&fixture.counter(1), "").await;
        assert_eq!((rejected.response.status_code, &body(&rejected)["code"]), (500, &json!("internal")), "{too_large}");
    }
}

#[tokio::test]
async fn a_malformed_token_is_rejected_and_nothing_is_counted() {
    let fixture = Fixture::start().await;
    let counter = fixture.counter(8);
    for token in ["", "a,b", "0123456789012345678901234567890123456"] {
        let rejected = post(&counter, token, NOW_S).await;
        assert_eq!((rejected.response.status_code, &body(&rejected)["code"]), (400, &json!("bad_idempotency_key")));
    }
    let rejected = counter.handle(event("POST", "", &json!({})), &at(NOW_S)).await;
    assert_eq!(body(&rejected)["code"], "bad_idempotency_key");
    assert_eq!(count(&get(&counter, "").await), 0);
}

#[tokio::test]
async fn an_outage_is_503_and_a_missing_table_500_and_both_are_logged_without_the_visitor() {
    let mut fixture = Fixture::start().await;
    let counter = fixture.counter(8);
    fixture.client.delete_table().table_name(TABLE).send().await.unwrap();
    let failed = post(&counter, "visit", NOW_S).await;
    assert_eq!((failed.response.status_code, &body(&failed)["code"]), (500, &json!("internal")));
    fixture.ministack.stop();
    let down = post(&counter, "visit", NOW_S).await;
    assert_eq!((down.response.status_code, &body(&down)["code"]), (503, &json!("counter_unavailable")));
    assert!(down.response.headers.contains_key("retry-after"));
    for output in [failed, down] {
        assert_eq!((&output.log_line["event"], page_views(&output)), (&json!("request_failed"), 0));
        let line = output.log_line.to_string();
        for hidden in ["203.0.113.7", "visitor/1.0", "visit\""] {
            assert!(!line.contains(hidden), "{line}");
        }
    }
}

#[tokio::test]
async fn the_origin_that_the_edge_allowed_is_echoed() {
    let fixture = Fixture::start().await;
    let headers =
        json!({ "idempotency-key": "visit", "x-vitae-allow-origin": "https://example.com", "x-other": "é\u{80}" });
    let counted = fixture.counter(8).handle(event("POST", "", &headers), &at(NOW_S)).await;
    assert_eq!(count(&counted), 1);
    assert_eq!(counted.response.headers["access-control-allow-origin"], "https://example.com");
    assert_eq!(counted.response.headers["vary"], "Origin");
    assert_eq!(counted.response.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn an_invalid_event_gets_a_response() {
    let fixture = Fixture::start().await;
    for event in [json!(null), json!({}), json!("x"), json!({ "headers": { "a": "\n" } })] {
        let output = fixture.counter(8).handle(event, &at(NOW_S)).await;
        assert_eq!((output.response.status_code, &body(&output)["code"]), (500, &json!("internal")));
    }
}

#[tokio::test]
async fn a_request_without_time_left_is_503() {
    let fixture = Fixture::start().await;
    let mut invocation = at(NOW_S);
    invocation.deadline = invocation.now;
    let output = fixture.counter(8).handle(event("GET", "", &json!({})), &invocation).await;
    assert_eq!((output.response.status_code, &body(&output)["code"]), (503, &json!("counter_unavailable")));
}
