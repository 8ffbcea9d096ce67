//! What can happen to a call, made to happen.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use vitae_testing::REGION;

use crate::page::{token, visit_until_counted};
use crate::requests::{NOW_S, body, count, get, page_views, post};
use crate::world::{ATTEMPT, World, random, scale, seed};

/// What can happen to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// It is applied, and the connection is cut before the first byte of its answer.
    AnswerDropped,
    /// It is applied, and its answer is cut in the middle.
    AnswerCut,
    /// It is applied after the caller has given up and tried again.
    LateWrite,
    /// It is refused: too much to do.
    Throttled,
    /// It is refused: DynamoDB's own fault.
    ServerError,
    /// It never arrives: the connection is reset.
    Reset,
    /// It never arrives, and nobody says so.
    Timeout,
    /// It is cancelled: it met another transaction.
    Conflict,
    /// It is refused: a transaction with the same token is under way.
    InProgress,
}

const ALL: [Fault; 9] = [
    Fault::AnswerDropped,
    Fault::AnswerCut,
    Fault::LateWrite,
    Fault::Throttled,
    Fault::ServerError,
    Fault::Reset,
    Fault::Timeout,
    Fault::Conflict,
    Fault::InProgress,
];

impl Fault {
    /// microburst's rule that makes it happen to the next write with this token.
    pub(crate) fn rule(self, token: &str) -> Value {
        let mut rule = json!({
            "service": "dynamodb", "operation": "TransactWriteItems", "times": 1,
            "body": format!("ClientRequestToken == '{token}'"),
        });
        let too_long = u64::try_from(ATTEMPT.as_millis()).unwrap() * 2;
        let (name, effect) = match self {
            Self::AnswerDropped => ("response", json!({ "abort_bytes": 0 })),
            Self::AnswerCut => ("response", json!({ "abort_bytes": 20 })),
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

/// The error of a cancelled transaction, as DynamoDB words it.
pub(crate) fn conflict() -> Value {
    let reasons = json!([{ "Code": "TransactionConflict", "Message": "" }, { "Code": "None" }]);
    json!({ "code": "TransactionCanceledException", "status": 400, "fields": { "CancellationReasons": reasons } })
}

/// A visit and what will happen to its writes, in this order.
struct Plan {
    token: String,
    faults: Vec<Fault>,
}

/// Waves of visits that are made at once, each with up to four faults of its own. Every fault that is planned happens: a write
/// is answered only after all of them.
pub(crate) async fn every_visit_is_counted_once_whatever_happens_to_its_write(world: &World) {
    const AT_ONCE: usize = 32;
    let waves = scale(2, 10);
    let start = Instant::now();
    let table = world.table("faults", 8).await;
    let counter = Arc::new(table.counter_through(world.impatient_client().await, REGION, table.shards));
    world.microburst().await.set_rules(&[]).await.unwrap();
    // The first visit puts the shards on record.
    assert_eq!(count(&visit_until_counted(&counter, "first-fault", NOW_S).await.0), 1);
    let mut random = random(table.name);
    let (mut tokens, mut happened, mut come_back) =
        (vec!["first-fault".to_owned()], BTreeMap::<Fault, usize>::new(), 0);
    for _ in 0..waves {
        let plans: Vec<Plan> = (0..AT_ONCE)
            .map(|_| {
                let faults = (0..random.usize(1..=4)).map(|_| ALL[random.usize(..ALL.len())]).collect();
                Plan { token: token(&mut random), faults }
            })
            .collect();
        let rules: Vec<_> =
            plans.iter().flat_map(|plan| plan.faults.iter().map(|fault| fault.rule(&plan.token))).collect();
        world.microburst().await.set_rules(&rules).await.unwrap();
        let mut visits = JoinSet::new();
        for plan in &plans {
            let (counter, token) = (Arc::clone(&counter), plan.token.clone());
            visits.spawn(async move { visit_until_counted(&counter, &token, NOW_S).await });
        }
        while let Some(visit) = visits.join_next().await {
            come_back += visit.expect("a visit").1;
        }
        let fired = world.microburst().await.fired().await.unwrap();
        assert_eq!(fired.len(), rules.len(), "what was planned has happened: {fired:?}");
        for plan in plans {
            plan.faults.iter().for_each(|fault| *happened.entry(*fault).or_default() += 1);
            tokens.push(plan.token);
        }
    }
    // The last late write is then no longer late.
    tokio::time::sleep(ATTEMPT * 2).await;
    let faults: usize = happened.values().sum();
    eprintln!(
        "seed {}: {} visits, {faults} faults {happened:?}, {come_back} times 503: {:.1?}",
        seed(),
        tokens.len(),
        start.elapsed()
    );
    assert!(faults >= scale(100, 500), "{faults} faults");
    let read = body(&get(&table.counter(), "days=1").await);
    assert_eq!((&read["count"], &read["days"][0]["count"]), (&json!(tokens.len()), &json!(tokens.len())));
    // The sum is right, and no visit stands in it for another: each is known to be counted.
    let direct = table.counter();
    for token in &tokens {
        let again = post(&direct, token, NOW_S).await;
        assert_eq!((count(&again), page_views(&again)), (tokens.len() as u64, 0), "{token}");
    }
}

pub(crate) async fn a_read_that_fails_is_tried_again_and_then_503(world: &World) {
    let table = world.table("reads", 8).await;
    let counter = table.counter_through(world.faulty_client().await, REGION, table.shards);
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
        world.microburst().await.set_rules(&[failing(2, effect.clone())]).await.unwrap();
        assert_eq!(count(&post(&counter, &token, NOW_S).await), visit, "{effect:?}");
        // Counted, but nobody can say how many there are: the page comes back with the same key.
        world.microburst().await.set_rules(&[failing(3, effect)]).await.unwrap();
        let failed = post(&counter, &token, NOW_S).await;
        assert_eq!((failed.response.status_code, &body(&failed)["code"]), (503, &json!("counter_unavailable")));
        assert_eq!(count(&post(&counter, &token, NOW_S).await), visit);
    }
    world.microburst().await.set_rules(&[]).await.unwrap();
}
