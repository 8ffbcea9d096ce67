//! The Lambda: initialization, then the loop of `lambda_runtime`.

use std::time::{Duration, SystemTime};

use aws_sdk_sesv2::config::retry::RetryConfig;
use getrandom::SysRng;
use getrandom::rand_core::TryRng as _;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use vitae_lambda::{Invocation, Timeouts, print};

use crate::handler::Handler;
use crate::parameters::Parameters;
use crate::sender::Sender;
use crate::settings::Settings;
use crate::store::Store;

/// Three attempts and the backoff between them end before the function's timeout of ten seconds.
const TIMEOUTS: Timeouts = Timeouts { attempts: 3, connect: Duration::from_secs(1), attempt: Duration::from_secs(2) };

/// How long initialization, which Lambda ends after ten seconds, waits for Parameter Store.
const WARM_UP: Duration = Duration::from_secs(3);

/// A task failed. Its line is logged; Lambda repeats the event.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the task failed; see the function's log")]
struct TaskFailed;

/// Runs the function. `variable` looks up an environment variable.
///
/// # Errors
/// A variable is missing or invalid, or the Runtime API failed.
pub async fn run(variable: impl Fn(&str) -> Option<String>) -> Result<(), Error> {
    let settings = Settings::from_env(&variable)?;
    let configuration = vitae_lambda::sdk_config(TIMEOUTS, &variable)?;
    let once = aws_sdk_sesv2::config::Builder::from(&configuration).retry_config(RetryConfig::disabled());
    let store = Store::new(aws_sdk_dynamodb::Client::new(&configuration), settings.table.clone());
    let ssm = aws_sdk_ssm::Client::new(&configuration);
    let parameters = Parameters::new(ssm, settings.prefix.clone(), jitter());
    let sender = Sender::new(
        aws_sdk_sesv2::Client::from_conf(once.build()),
        aws_sdk_sns::Client::new(&configuration),
        settings.topic.clone(),
        settings.configuration_set.clone(),
    );
    let handler = &Handler::new(store, parameters, sender, settings);
    // What fails here is tried again by the first request.
    if let Ok(Some(line)) = tokio::time::timeout(WARM_UP, handler.warm_up(SystemTime::now())).await {
        print(&line);
    }
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let (event, context) = event.into_parts();
        let deadline = context.deadline();
        let invocation = Invocation { request_id: context.request_id, now: SystemTime::now(), deadline };
        // Boxed: the future of all calls is large.
        let output = Box::pin(handler.handle(event, &invocation)).await;
        output.log_lines.iter().for_each(print);
        if output.is_failed { Err(Error::from(TaskFailed)) } else { Ok(output.response) }
    }))
    .await
}

/// A number from 0 to 1.
fn jitter() -> f64 {
    let random = SysRng.try_next_u32().unwrap_or_default();
    f64::from(random) / f64::from(u32::MAX)
}
