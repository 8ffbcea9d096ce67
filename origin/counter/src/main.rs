//! The Lambda: what is built once, in INIT, and the loop of `lambda_runtime`.

use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use vitae_counter::handler::{Handler, Invocation};
use vitae_counter::settings::Settings;
use vitae_counter::{log, store::Store};
use vitae_lambda::Patience;

/// Three tries and the pauses between them end before the function's ten seconds.
const PATIENCE: Patience = Patience { attempts: 3, connect: Duration::from_secs(1), attempt: Duration::from_secs(2) };
/// How long INIT, which Lambda ends after ten seconds, waits for DynamoDB.
const PREPARE: Duration = Duration::from_secs(3);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let variable = |name: &str| std::env::var(name).ok();
    let settings = Settings::read(variable)?;
    let configuration = vitae_lambda::configuration(PATIENCE, variable)?;
    let store = Store::new(aws_sdk_dynamodb::Client::new(&configuration), settings);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    match tokio::time::timeout(PREPARE, store.prepare(i64::try_from(now).unwrap_or(i64::MAX))).await {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => write_line(&log::unprepared(&failure.to_string())),
        Err(_) => write_line(&log::unprepared("DynamoDB did not answer in time")),
    }
    let handler = &Handler::new(store);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let (event, context) = event.into_parts();
        let deadline = context.deadline();
        let invocation = Invocation { request_id: context.request_id, now: SystemTime::now(), deadline };
        let served = handler.handle(event, &invocation).await;
        served.lines.iter().for_each(|line| write_line(line));
        Ok::<_, Error>(served.response)
    }))
    .await
}

/// A log that cannot be written must not cost the visitor the answer.
fn write_line(line: &str) {
    _ = writeln!(std::io::stdout(), "{line}");
}
