//! The counter compared with the usual one: Python with boto3, one `UpdateItem` that is not idempotent.
//!
//! Both run as in Lambda, as a process on a Runtime API, and write to one DynamoDB Local. Runs are interleaved. Ours does
//! more per visit: an idempotent transaction, and a read of all shards.

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
use vitae_parameters::DEFAULT_SHARDS;
use vitae_testing::{DynamoDbLocal, Program, Storage, namespace};

use crate::figure::Figure;
use crate::report::Report;

/// The largest size of the zip, in bytes.
const PACKAGE_GOAL: f64 = 5_000_000.0;

/// Why the counter could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the counter could not be built: {0}")]
    Build(#[from] BundleError),
    #[error(transparent)]
    Testing(#[from] vitae_testing::Error),
    #[error("{what}: {source}")]
    Io { what: &'static str, source: std::io::Error },
    #[error("{who} responded {response}")]
    Response { who: &'static str, response: Value },
    #[error("DynamoDB Local rejected {call}: {reason}")]
    DynamoDb { call: &'static str, reason: String },
}

/// The two programs that are measured.
struct Pair {
    ours: Program,
    peer: Program,
}

/// Measures everything. It enters a network namespace, which restarts the process; the build is reused.
pub(crate) fn measure() -> Result<Report, Error> {
    let python = std::env::var_os("VITAE_COUNTER_PEER")
        .ok_or(vitae_testing::Error::NotSet { variable: "VITAE_COUNTER_PEER" })?;
    let repository = repository();
    let zip = target(&repository).join("vitae/bench/counter.zip");
    if !zip.exists() {
        eprintln!("Building the counter as it is deployed; the first build takes minutes");
    }
    let artifact = lambda(&repository, Lambda::Counter, Architecture::default(), &zip)?;
    namespace::enter()?;
    let unpacked = artifact.unpack()?;
    // A copy, because Python writes its compiled files next to the source.
    let handler = zip.with_file_name("peer");
    let copied = fs::create_dir_all(&handler)
        .and_then(|()| fs::copy(repository.join("tests/peers/counter/handler.py"), handler.join("handler.py")));
    copied.map_err(|source| Error::Io { what: "the peer's handler", source })?;
    let database = DynamoDbLocal::start(Storage::Memory)?;
    let table = |name: &str| vec![("TABLE_NAME", name.to_owned())];
    let mut ours = Program {
        command: vec![unpacked.join("bootstrap").into()],
        variables: table("ours"),
        endpoint: database.endpoint(),
    };
    ours.variables.push(("SHARDS", DEFAULT_SHARDS.to_string()));
    let mut peer = Program {
        command: vec![python.clone(), "-m".into(), "awslambdaric".into(), "handler.handler".into()],
        variables: table("peer"),
        endpoint: database.endpoint(),
    };
    peer.variables.push(("PYTHONPATH", handler.display().to_string()));
    let pair = Pair { ours, peer };

    let runtime = Runtime::new().map_err(|source| Error::Io { what: "a runtime", source })?;
    runtime.block_on(async {
        for name in ["ours", "peer", "shards-1", "shards-2", "shards-8"] {
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
            "database: DynamoDB Local, in memory, on the same processor, over HTTP without TLS".to_owned(),
        ];
        Ok(Report { measured_on, figures })
    })
}

/// The versions of Python and boto3.
fn version(python: &std::ffi::OsStr) -> String {
    let script = "import boto3, platform; print(f'Python {platform.python_version()}, boto3 {boto3.__version__}')";
    let output = Command::new(python).args(["-c", script]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

/// A visit as the Function URL sends it, with a unique key.
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

/// Checks that a visit was counted.
fn expect_counted(who: &'static str, response: Value) -> Result<(), Error> {
    if response["statusCode"] == 200 { Ok(()) } else { Err(Error::Response { who, response }) }
}
