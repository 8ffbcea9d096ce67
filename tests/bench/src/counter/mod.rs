//! The counter beside the seeds' way: Python with boto3, one `UpdateItem` that is not idempotent.
//!
//! Both run as Lambda runs them, a process on a Runtime API, and both write to one DynamoDB Local. What is measured is measured
//! in turns. Ours does more for a visit: a transaction that a retry cannot repeat, and a read of all shards.

mod cost;
mod process;
mod scaling;
mod start;
mod warm;

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use vitae_bundle::{Architecture, BundleError, Lambda, lambda, repository, target};
use vitae_testing::{DynamoDbLocal, Program, Storage, namespace};

use crate::figure::Figure;
use crate::report::Report;

/// The most that a zip may be, in bytes.
const PACKAGE_GOAL: f64 = 5_000_000.0;

/// Our shards: the stack's default.
const SHARDS: &str = "8";

/// Why there are no figures of the counter.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the counter does not build: {0}")]
    Build(#[from] BundleError),
    #[error(transparent)]
    Testing(#[from] vitae_testing::Failure),
    #[error("{what}: {source}")]
    Io { what: &'static str, source: std::io::Error },
    #[error("{who} answered {answer}")]
    Answer { who: &'static str, answer: Value },
    #[error("DynamoDB Local refused {call}: {reason}")]
    DynamoDb { call: &'static str, reason: String },
}

/// The two that are measured.
struct Pair {
    ours: Program,
    peer: Program,
}

/// Measures everything. It goes into a network namespace, so it begins anew with what is built already.
pub(crate) fn measure() -> Result<Report, Failure> {
    let python = std::env::var_os("VITAE_COUNTER_PEER")
        .ok_or(vitae_testing::Failure::NotSet { variable: "VITAE_COUNTER_PEER" })?;
    let repository = repository();
    let zip = target(&repository).join("vitae/bench/counter.zip");
    if !zip.exists() {
        eprintln!("Build the counter as it is deployed, which takes minutes the first time");
    }
    let artifact = lambda(&repository, Lambda::Counter, Architecture::default(), &zip)?;
    namespace::enter()?;
    let unpacked = artifact.unpack()?;
    // A copy: Python puts what it compiles beside its source.
    let handler = zip.with_file_name("peer");
    let copied = fs::create_dir_all(&handler)
        .and_then(|()| fs::copy(repository.join("tests/peers/counter/handler.py"), handler.join("handler.py")));
    copied.map_err(|source| Failure::Io { what: "the peer's handler", source })?;
    let database = DynamoDbLocal::start(Storage::Memory)?;
    let table = |name: &str| vec![("TABLE_NAME", name.to_owned())];
    let mut ours = Program {
        command: vec![unpacked.join("bootstrap").into()],
        variables: table("ours"),
        endpoint: database.endpoint(),
    };
    ours.variables.push(("SHARDS", SHARDS.to_owned()));
    let mut peer = Program {
        command: vec![python.clone(), "-m".into(), "awslambdaric".into(), "handler.handler".into()],
        variables: table("peer"),
        endpoint: database.endpoint(),
    };
    peer.variables.push(("PYTHONPATH", handler.display().to_string()));
    let pair = Pair { ours, peer };

    let runtime = Runtime::new().map_err(|source| Failure::Io { what: "a runtime", source })?;
    runtime.block_on(async {
        for name in ["ours", "peer"] {
            database.create_table(name).await?;
        }
        let mut figures = start::figures(&pair).await?;
        figures.extend(warm::figures(&pair).await?);
        #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
        let bytes = artifact.bytes() as f64;
        figures.push(Figure::new("package", bytes, "bytes", 1).at_most(PACKAGE_GOAL));
        figures.extend(scaling::figures(&pair).await?);
        figures.extend(cost::figures(&database).await?);
        let measured_on = vec![
            Report::processor(),
            format!("peer: {}, awslambdaric", version(&python)),
            "database: DynamoDB Local, in memory, on the same processor, by HTTP: neither sets up TLS".to_owned(),
        ];
        Ok(Report { measured_on, figures })
    })
}

/// What Python says it is, and its boto3.
fn version(python: &std::ffi::OsStr) -> String {
    let asked = "import boto3, platform; print(f'Python {platform.python_version()}, boto3 {boto3.__version__}')";
    let output = Command::new(python).args(["-c", asked]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

/// A visit as the function URL sends it. Every visit has a key of its own.
fn visit() -> Value {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let key = format!("visit-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/api/count", "rawQueryString": "",
        "headers": { "idempotency-key": key, "content-type": "text/plain" },
        "requestContext": {
            "requestId": "r", "timeEpoch": 0,
            "http": { "method": "POST", "path": "/api/count", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1" },
        },
        "isBase64Encoded": false,
    })
}

/// Makes sure that a visit was counted.
fn counted(who: &'static str, answer: Value) -> Result<(), Failure> {
    if answer["statusCode"] == 200 { Ok(()) } else { Err(Failure::Answer { who, answer }) }
}
