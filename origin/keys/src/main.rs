//! The Lambda: what is built once, in INIT, and the loop of `lambda_runtime`.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use keys::cloud::Cloud;
use keys::handler::Handler;
use keys::reconcile::Pace;
use keys::sender::Sender;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use sdk::Patience;
use serde_json::Value;

/// Nobody waits but CloudFormation, and the account's other users may throttle.
const PATIENCE: Patience = Patience { attempts: 5, connect: Duration::from_secs(2), attempt: Duration::from_secs(10) };

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let configuration = sdk::configuration(PATIENCE, |name| std::env::var(name).ok())?;
    let cloud = Cloud::new(aws_sdk_cloudfront::Client::new(&configuration), aws_sdk_ssm::Client::new(&configuration));
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
