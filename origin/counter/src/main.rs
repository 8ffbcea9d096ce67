//! The Lambda: initialization, then the loop of `lambda_runtime`.

use std::time::{Duration, SystemTime};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use vitae_counter::handler::Handler;
use vitae_counter::settings::Settings;
use vitae_counter::store::Store;
use vitae_lambda::{Invocation, Timeouts, epoch_ms, print};
use vitae_parameters::log::{self, Level};

/// Three attempts and the backoff between them end before the function's timeout of ten seconds.
const TIMEOUTS: Timeouts = Timeouts { attempts: 3, connect: Duration::from_secs(1), attempt: Duration::from_secs(2) };

/// How long initialization, which Lambda ends after ten seconds, waits for DynamoDB.
const WARM_UP: Duration = Duration::from_secs(3);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let variable = |name: &str| std::env::var(name).ok();
    let settings = Settings::from_env(variable)?;
    let configuration = vitae_lambda::sdk_config(TIMEOUTS, variable)?;
    let store = Store::new(aws_sdk_dynamodb::Client::new(&configuration), settings);
    let now_ms = epoch_ms(SystemTime::now());
    let warmed_up = tokio::time::timeout(WARM_UP, store.warm_up(now_ms / 1000)).await;
    let failure = warmed_up.map_or(Some("DynamoDB timed out".to_owned()), |result| result.err().map(|e| e.to_string()));
    if let Some(reason) = failure {
        // The first request tries again.
        print(&log::line(now_ms, Level::Warn, None, "warmup_failed", json!({"reason": reason})));
    }
    let handler = &Handler::new(store);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let (event, context) = event.into_parts();
        let deadline = context.deadline();
        let invocation = Invocation { request_id: context.request_id, now: SystemTime::now(), deadline };
        let output = handler.handle(event, &invocation).await;
        print(&output.log_line);
        Ok::<_, Error>(output.response)
    }))
    .await
}
