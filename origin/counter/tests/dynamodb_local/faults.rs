//! Injected faults of calls to DynamoDB.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use vitae_testing::faults::ATTEMPT;
use vitae_testing::{REGION, random, scale, seed};

use crate::fixture::Fixture;
use crate::page::{token, visit_until_counted};
use crate::requests::{NOW_S, body, count, get, page_views, post};

/// A fault of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// It is applied, and the connection is closed before the first byte of its response.
    ResponseDropped,
    /// It is applied, and its response is truncated.
    ResponseTruncated,
    /// It is applied after the caller has timed out and retried.
    LateWrite,
    /// It is rejected by throttling.
    Throttled,
    /// It is rejected with a server error.
    ServerError,
    /// It never arrives: the connection is reset.
    Reset,
    /// It never arrives, without any error.
    Timeout,
    /// It is cancelled by a conflicting transaction.
    Conflict,
    /// It is rejected: a transaction with the same token is in progress.
    InProgress,
}

const ALL: [Fault; 9] = [
    Fault::ResponseDropped,
    Fault::ResponseTruncated,
    Fault::LateWrite,
    Fault::Throttled,
    Fault::ServerError,
    Fault::Reset,
    Fault::Timeout,
    Fault::Conflict,
    Fault::InProgress,
];

impl Fault {
    /// microburst's rule that injects it into the next write with this token.
    pub(crate) fn rule(self, token: &str) -> Value {
        let mut rule = json!({
            "service": "dynamodb", "operation": "TransactWriteItems", "times": 1,
            "body": format!("ClientRequestToken == '{token}'"),
        });
        let too_long = u64::try_from(ATTEMPT.as_millis()).unwrap() * 2;
        let (name, effect) = match self {
            Self::ResponseDropped => ("response", json!({ "abort_bytes": 0 })),
            Self::ResponseTruncated => ("response", json!({ "abort_bytes": 20 })),
            Self::LateWrite => ("latency", json!(too_long)),
            Self::Throttled => ("error", json!({ "code": "ThrottlingException", "status": 400 })),
            Self::ServerError => ("error", json!({ "code": "InternalServerError", "status": 500 })),
            Self::Reset => ("reset", json!(true)),
            Self::Timeout => ("timeout_ms", json!(too_long)),
            Self::Conflict => ("error", conflict()),
            Self::InProgress => ("error", json!({ "code": "TransactionInProgressException", "status": 400 })),
        };
        rule[name] = effect;
        rule
    }
}

/// DynamoDB's error of a cancelled transaction.
pub(crate) fn conflict() -> Value {
    let reasons = json!([{ "Code": "TransactionConflict", "Message": "" }, { "Code": "None" }]);
    json!({ "code": "TransactionCanceledException", "status": 400, "fields": { "CancellationReasons": reasons } })
}

/// A visit and the faults of its writes, in this order.
struct Plan {
    token: String,
    faults: Vec<Fault>,
}

/// Waves of concurrent visits, each with up to four faults. Every planned fault happens: a write succeeds only after all
/// of them.
pub(crate) async fn every_visit_is_counted_once_whatever_happens_to_its_write(fixture: &Fixture) {
    const CONCURRENT: usize = 32;
    let waves = scale(2, 10);
    let start = Instant::now();
    let table = fixture.table("faults", 8).await;
    let counter = Arc::new(table.counter_with(fixture.short_timeout_client().await, REGION, table.shards));
    fixture.microburst().await.set_rules(&[]).await.unwrap();
    // The first visit records the number of shards.
    assert_eq!(count(&visit_until_counted(&counter, "first-fault", NOW_S).await.0), 1);
    let mut random = random(table.name);
    let (mut tokens, mut injected, mut retries) = (vec!["first-fault".to_owned()], BTreeMap::<Fault, usize>::new(), 0);
    for _ in 0..waves {
        let plans: Vec<Plan> = (0..CONCURRENT)
            .map(|_| {
                let faults = (0..random.usize(1..=4)).map(|_| ALL[random.usize(..ALL.len())]).collect();
                Plan { token: token(&mut random), faults }
            })
            .collect();
        let rules: Vec<_> =
            plans.iter().flat_map(|plan| plan.faults.iter().map(|fault| fault.rule(&plan.token))).collect();
        fixture.microburst().await.set_rules(&rules).await.unwrap();
        let mut visits = JoinSet::new();
        for plan in &plans {
            let (counter, token) = (Arc::clone(&counter), plan.token.clone());
            visits.spawn(async move { visit_until_counted(&counter, &token, NOW_S).await });
        }
        while let Some(visit) = visits.join_next().await {
            retries += visit.expect("a visit").1;
        }
        let fired = fixture.microburst().await.fired().await.unwrap();
        assert_eq!(fired.len(), rules.len(), "every planned fault is injected: {fired:?}");
        for plan in plans {
            plan.faults.iter().for_each(|fault| *injected.entry(*fault).or_default() += 1);
            tokens.push(plan.token);
        }
    }
    // Wait for the last late write.
    tokio::time::sleep(ATTEMPT * 2).await;
    let faults: usize = injected.values().sum();
    eprintln!(
        "seed {}: {} visits, {faults} faults {injected:?}, {retries} retries after a 503: {:.1?}",
        seed(),
        tokens.len(),
        start.elapsed()
    );
    assert!(faults >= scale(100, 500), "{faults} faults");
    let read = body(&get(&table.counter(), "days=1").await);
    assert_eq!((&read["count"], &read["days"][0]["count"]), (&json!(tokens.len()), &json!(tokens.len())));
    // The sum is right and each single visit is counted, so no visit is counted in place of another.
    let direct = table.counter();
    for token in &tokens {
        let again = post(&direct, token, NOW_S).await;
        assert_eq!((count(&again), page_views(&again)), (tokens.len() as u64, 0), "{token}");
    }
}

pub(crate) async fn a_failing_read_is_retried_and_then_503(fixture: &Fixture) {
    let table = fixture.table("reads", 8).await;
    let counter = table.counter_with(fixture.proxy_client().await, REGION, table.shards);
    let failing = |times: u32, effect: (&str, Value)| {
        let mut rule = json!({ "service": "dynamodb", "operation": "BatchGetItem", "times": times });
        rule[effect.0] = effect.1;
        rule
    };
    let effects = [
        ("error", json!({ "code": "ProvisionedThroughputExceededException", "status": 400 })),
        ("error", json!({ "code": "InternalServerError", "status": 500 })),
        ("reset", json!(true)),
        ("response", json!({ "abort_bytes": 0 })),
    ];
    for (visit, effect) in (1_u64..).zip(effects) {
        let token = format!("read-{visit}");
        fixture.microburst().await.set_rules(&[failing(2, effect.clone())]).await.unwrap();
        assert_eq!(count(&post(&counter, &token, NOW_S).await), visit, "{effect:?}");
        // The visit is counted but the total cannot be read: the page retries with the same key.
        fixture.microburst().await.set_rules(&[failing(3, effect)]).await.unwrap();
        let failed = post(&counter, &token, NOW_S).await;
        assert_eq!((failed.response.status_code, &body(&failed)["code"]), (503, &json!("counter_unavailable")));
        assert_eq!(count(&post(&counter, &token, NOW_S).await), visit);
    }
    fixture.microburst().await.set_rules(&[]).await.unwrap();
}
