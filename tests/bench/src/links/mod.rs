//! The links function: the time to open a link, its start compared with the counter's, and the price of an open.
//!
//! Both functions run as in Lambda, as processes on a Runtime API, against one ministack. The consumed units come from
//! DynamoDB Local, which counts them as DynamoDB does.

mod cost;
mod opens;

use std::path::PathBuf;

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use vitae_bundle::{Architecture, BundleError, Lambda, lambda, repository, target};
use vitae_testing::{DynamoDbLocal, Program, Storage, namespace};

use crate::figure::Figure;
use crate::report::Report;

use opens::Cloud;

/// Why the links function could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the functions could not be built: {0}")]
    Build(#[from] BundleError),
    #[error(transparent)]
    Testing(#[from] vitae_testing::Error),
    #[error("{what}: {source}")]
    Io { what: &'static str, source: std::io::Error },
    #[error("{who} responded {response}")]
    Response { who: &'static str, response: Value },
    #[error("the set-up of the local cloud failed: {0}")]
    SetUp(String),
}

/// Measures everything. It enters a network namespace, which restarts the process; the builds are reused.
pub(crate) fn measure() -> Result<Report, Error> {
    let repository = repository();
    let build = |which: Lambda| -> Result<PathBuf, Error> {
        let zip = target(&repository).join("vitae/bench").join(which.name()).with_extension("zip");
        if !zip.exists() {
            eprintln!("Building {} as it is deployed; the first build takes minutes", which.name());
        }
        let artifact = lambda(&repository, which, Architecture::default(), &zip)?;
        Ok(artifact.unpack()?.join("bootstrap"))
    };
    let (links, counter) = (build(Lambda::Regional)?, build(Lambda::Counter)?);
    namespace::enter()?;
    let runtime = Runtime::new().map_err(|source| Error::Io { what: "a runtime", source })?;
    runtime.block_on(async {
        let cloud = Cloud::start().await?;
        let links = Program {
            command: vec![links.into()],
            variables: vec![
                ("_HANDLER", "links".to_owned()),
                ("TABLE_NAME", "links".to_owned()),
                ("PARAMETER_PREFIX", "/vitae/bench/".to_owned()),
                ("TOPIC_ARN", cloud.topic.clone()),
            ],
            endpoint: cloud.endpoint.clone(),
        };
        let counter = Program {
            command: vec![counter.into()],
            variables: vec![("TABLE_NAME", "visits".to_owned()), ("SHARDS", "2".to_owned())],
            endpoint: cloud.endpoint.clone(),
        };
        let mut figures = opens::start(&cloud, &links, &counter).await?;
        let (warm, median_ms) = opens::warm(&cloud, &links).await?;
        figures.extend(warm);
        let database = DynamoDbLocal::start(Storage::Memory)?;
        database.create_keyed_table("links").await?;
        figures.extend(cost::figures(&database, median_ms).await?);
        let measured_on = vec![
            Report::processor(),
            "peer: the counter, which writes a visit".to_owned(),
            "cloud: ministack on the same processor, over HTTP without TLS".to_owned(),
        ];
        Ok(Report { measured_on, figures })
    })
}

/// A request as the Function URL sends it.
fn event(method: &str, path: &str, headers: &Value) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": headers,
        "requestContext": {
            "requestId": "r", "timeEpoch": 0,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
        },
        "isBase64Encoded": false,
    })
}

/// A unique text.
fn unique() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("request-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Checks the status of a response.
fn expect(who: &'static str, status: u64, response: Value) -> Result<(), Error> {
    if response["statusCode"] == status { Ok(()) } else { Err(Error::Response { who, response }) }
}

/// A figure in milliseconds.
fn milliseconds(name: &str, value: f64, runs: usize) -> Figure {
    Figure::new(name, value, "ms", runs)
}
