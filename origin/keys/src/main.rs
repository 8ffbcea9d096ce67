//! The Lambda: what is built once, in INIT, and the loop of `lambda_runtime`.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, retry::RetryConfig, timeout::TimeoutConfig};
use keys::cloud::Cloud;
use keys::handler::Handler;
use keys::reconcile::Pace;
use keys::sender::Sender;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

/// How often the SDK tries a call. Nobody waits but CloudFormation, and the account's other users may throttle.
const ATTEMPTS: u32 = 5;
/// How long it waits for a connection, and for one try.
const CONNECT: Duration = Duration::from_secs(2);
const ATTEMPT: Duration = Duration::from_secs(10);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build();
    let config = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts)
        .load()
        .await;
    let cloud = Cloud::new(aws_sdk_cloudfront::Client::new(&config), aws_sdk_ssm::Client::new(&config));
    // A log that cannot be written must not stop the work.
    let log = |line: &str| _ = writeln!(std::io::stdout(), "{line}");
    let handler = &Handler::new(cloud, Sender::new(Duration::from_secs(1)), Pace::DEFAULT, Arc::new(log));
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let left = event.context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
        handler.handle(event.payload, left).await?;
        Ok::<_, Error>(Value::Null)
    }))
    .await
}
