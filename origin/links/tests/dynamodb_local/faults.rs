//! Faults of DynamoDB, SES and SNS, and functions that are killed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use vitae_links::code::Code;
use vitae_links::handler::Handler;
use vitae_links::token::Token;
use vitae_testing::faults::ATTEMPT;
use vitae_testing::{random, scale, seed};

use crate::fixture::{Fixture, Options, number, text};
use crate::proxy::MessageFault;
use crate::requests::{NOW_S, at, log, open_event, request_event, run_outbox, status};

/// A fault of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// It is applied, and the connection is closed before the first byte of its response.
    ResponseDropped,
    /// It is applied after the caller has timed out and retried.
    LateWrite,
    /// It is rejected by throttling.
    Throttled,
    /// It is rejected with a server error.
    ServerError,
    /// It never arrives: the connection is reset.
    Reset,
    /// It is cancelled by a conflicting transaction.
    Conflict,
    /// It is rejected: a transaction with the same token is in progress.
    InProgress,
}

const FAULTS: [Fault; 7] = [
    Fault::ResponseDropped,
    Fault::LateWrite,
    Fault::Throttled,
    Fault::ServerError,
    Fault::Reset,
    Fault::Conflict,
    Fault::InProgress,
];

const MESSAGE_FAULTS: [MessageFault; 5] = [
    MessageFault::ResponseDropped,
    MessageFault::Reset,
    MessageFault::Throttled,
    MessageFault::Rejected,
    MessageFault::AcceptedWithServerError,
];

impl Fault {
    /// microburst's rule that injects it into the next transaction of this request.
    fn rule(self, cloudfront: &str) -> Value {
        let token = Token::from_request_ids(Some(cloudfront), "");
        let mut rule = json!({
            "service": "dynamodb", "operation": "TransactWriteItems", "times": 1,
            "body": format!("ClientRequestToken == '{}'", token.as_str()),
        });
        let too_long = u64::try_from(ATTEMPT.as_millis()).unwrap() * 2;
        let (name, effect) = match self {
            Self::ResponseDropped => ("response", json!({"abort_bytes": 0})),
            Self::LateWrite => ("latency", json!(too_long)),
            Self::Throttled => ("error", json!({"code": "ThrottlingException", "status": 400})),
            Self::ServerError => ("error", json!({"code": "InternalServerError", "status": 500})),
            Self::Reset => ("reset", json!(true)),
            Self::Conflict => {
                let reasons = json!([{"Code": "TransactionConflict", "Message": ""}]);
                let fields = json!({"CancellationReasons": reasons});
                ("error", json!({"code": "TransactionCanceledException", "status": 400, "fields": fields}))
            }
            Self::InProgress => ("error", json!({"code": "TransactionInProgressException", "status": 400})),
        };
        rule[name] = effect;
        rule
    }
}

/// A fault of any of the next updates, which claim messages and record their results.
fn update_rule(random: &mut fastrand::Rng) -> Value {
    let mut rule = json!({"service": "dynamodb", "operation": "UpdateItem", "times": 1});
    let effects = [
        ("response", json!({"abort_bytes": 0})),
        ("error", json!({"code": "ThrottlingException", "status": 400})),
        ("error", json!({"code": "InternalServerError", "status": 500})),
        ("reset", json!(true)),
    ];
    let (name, effect) = effects[random.usize(..effects.len())].clone();
    rule[name] = effect;
    rule
}

/// One request, which is repeated with the same id of CloudFront until it succeeds.
#[derive(Clone)]
struct Plan {
    event: Value,
    /// After how long the function is killed, at the first attempts.
    kills: Vec<Duration>,
}

pub(crate) async fn opens_limits_and_messages_are_exact_whatever_happens(fixture: &Fixture) {
    const OPENS: usize = 24;
    const REQUESTS: usize = 12;
    let waves: usize = scale(2, 8);
    let start = Instant::now();
    let table = fixture.table("faults").await;
    let (microburst, proxy) = (fixture.microburst().await, &fixture.cloud().await.proxy);
    microburst.set_rules(&[]).await.unwrap();
    let options = Options { requests_per_day: (waves * REQUESTS) as u64, faults: true, ..Options::default() };
    let links = Arc::new(table.links(options).await);
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(table.link().await);
    }
    let mut random = random("links-faults");
    let (mut opens, mut addresses) = (vec![0_u64; codes.len()], Vec::new());
    let (mut injected, mut planned_messages, mut kills) = (0, 0, 0);
    let mut logs = String::new();
    for wave in 0..waves {
        let (mut plans, mut rules) = (Vec::new(), Vec::new());
        let mut plan = |random: &mut fastrand::Rng, event: Value, cloudfront: &str| {
            let faults = (0..random.usize(1..=3)).map(|_| FAULTS[random.usize(..FAULTS.len())]);
            rules.extend(faults.map(|fault| fault.rule(cloudfront)));
            let kills = (0..random.usize(0..=1)).map(|_| Duration::from_millis(random.u64(1..400))).collect();
            plans.push(Plan { event, kills });
        };
        for number in 0..OPENS {
            let index = random.usize(..codes.len());
            opens[index] += 1;
            let cloudfront = format!("open-{wave}-{number}==");
            plan(&mut random, open_event(&codes[index], &cloudfront), &cloudfront);
        }
        for number in 0..REQUESTS {
            let (email, cloudfront) =
                (format!("visitor-{wave}-{number}@example.com"), format!("request-{wave}-{number}=="));
            plan(&mut random, request_event(&email, &cloudfront), &cloudfront);
            addresses.push(email);
        }
        rules.extend((0..REQUESTS).map(|_| update_rule(&mut random)));
        let message_fault = |random: &mut fastrand::Rng| {
            (random.u8(..3) == 0).then(|| MESSAGE_FAULTS[random.usize(..MESSAGE_FAULTS.len())])
        };
        let mails: Vec<_> = (0..REQUESTS).map(|_| message_fault(&mut random)).collect();
        let notices: Vec<_> = (0..4).map(|_| message_fault(&mut random)).collect();
        planned_messages += mails.iter().chain(&notices).flatten().count();
        proxy.plan(mails, notices);
        microburst.set_rules(&rules).await.unwrap();
        let mut requests = JoinSet::new();
        for plan in plans {
            kills += plan.kills.len();
            requests.spawn(until_done(Arc::clone(&links), plan));
        }
        while let Some(log) = requests.join_next().await {
            logs += &log.expect("a request");
        }
        injected += microburst.fired().await.unwrap().len();
        microburst.set_rules(&[]).await.unwrap();
        proxy.plan(vec![], vec![]);
        // Wait for the last late write.
        tokio::time::sleep(ATTEMPT * 2).await;
    }
    // The schedule finishes what is pending. A claim of a killed run is over after a minute.
    for minutes in 2..=6 {
        logs += &log(&run_outbox(&links, NOW_S + minutes * 60).await);
    }
    let faults = injected + planned_messages + kills;
    eprintln!(
        "seed {}: {} opens, {} requests, {faults} faults ({injected} of DynamoDB, {planned_messages} of SES and SNS, \
         {kills} kills): {:.1?}",
        seed(),
        waves * OPENS,
        addresses.len(),
        start.elapsed()
    );
    assert!(faults >= scale(100, 500), "{faults} faults");

    // Every open counts once, and the notice of each link was sent.
    for (code, expected) in codes.iter().zip(&opens) {
        let row = table.row(&code.id()).await;
        assert_eq!(row.opens, *expected, "{row:?}");
        let notices = proxy.notices().iter().filter(|notice| notice.contains(code.id().short())).count();
        assert!(*expected == 0 || notices >= 1, "{notices} notices of {row:?}");
    }
    // Every request counts once, and none of its messages was sent twice.
    let days = table.items_of("day#").await;
    assert_eq!(number(&days[0], "requests"), addresses.len() as u64);
    let mut sent = BTreeMap::<String, usize>::new();
    for mail in proxy.mails() {
        *sent.entry(mail.to).or_default() += 1;
    }
    assert!(sent.values().all(|&count| count == 1), "{sent:?}");
    // A message that was not sent was begun, and its response was lost; or the owner was notified instead.
    let rows = table.items_of("mail#").await;
    assert_eq!(rows.len(), addresses.len());
    let count = |kind: &str, state: &str| {
        rows.iter().filter(|row| text(row, "kind") == kind && text(row, "state") == state).count()
    };
    let (mailed, begun, notified) = (count("mail", "sent"), count("mail", "sending"), count("notice", "sent"));
    eprintln!("{mailed} mails sent, {begun} with a lost response, {notified} notices instead");
    assert_eq!(mailed + begun + notified, addresses.len(), "{rows:?}");
    assert!(sent.len() >= mailed && sent.len() <= mailed + begun);
    // No log has an address, a code or a signature.
    for secret in addresses.iter().map(String::as_str).chain(codes.iter().map(Code::as_str)) {
        assert!(!logs.contains(secret), "a log contains {secret}");
    }
    assert!(!logs.contains("example.com") && !logs.contains("Signature"), "{logs}");
}

/// Sends an event until it succeeds, and returns the log.
async fn until_done(links: Arc<Handler>, plan: Plan) -> String {
    let mut logged = String::new();
    for kill in plan.kills {
        let (links, event) = (Arc::clone(&links), plan.event.clone());
        let run = tokio::spawn(async move { links.handle(event, &at(NOW_S)).await });
        tokio::time::sleep(kill).await;
        // What was sent is on its way; nothing of the run is executed after this.
        run.abort();
        if let Ok(output) = run.await {
            logged += &log(&output);
            if status(&output) < 400 {
                return logged;
            }
        }
    }
    let start = Instant::now();
    loop {
        let output = links.handle(plan.event.clone(), &at(NOW_S)).await;
        logged += &log(&output);
        match status(&output) {
            202 | 303 => return logged,
            503 => assert!(start.elapsed() < Duration::from_mins(2), "{output:?}"),
            _ => panic!("{output:?}"),
        }
    }
}
