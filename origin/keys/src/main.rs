//! The Lambda: what is built once, in INIT, and the loop of `lambda_runtime`.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use vitae_keys::cloud::Cloud;
use vitae_keys::handler::Handler;
use vitae_keys::reconcile::Pace;
use vitae_keys::sender::Sender;
use vitae_keys::settings::Settings;
use vitae_lambda::Patience;

/// Nobody waits but CloudFormation, and the account's other users may throttle.
const PATIENCE: Patience = Patience { attempts: 5, connect: Duration::from_secs(2), attempt: Duration::from_secs(10) };

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let variable = |name: &str| std::env::var(name).ok();
    let configuration = vitae_lambda::configuration(PATIENCE, variable)?;
    let settings = Settings::read(variable);
    let bucket = settings.as_ref().ok().and_then(|settings| settings.bucket.clone());
    // A local cloud has no name per bucket.
    let s3 = aws_sdk_s3::config::Builder::from(&configuration)
        .force_path_style(configuration.endpoint_url().is_some())
        .build();
    let cloud = Cloud::new(
        aws_sdk_cloudfront::Client::new(&configuration),
        aws_sdk_ssm::Client::new(&configuration),
        aws_sdk_s3::Client::from_conf(s3),
        bucket,
    );
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    // A log that cannot be written must not stop the work.
    let log = |line: &str| _ = writeln!(std::io::stdout(), "{line}");
    let sender = Sender::new(Duration::from_secs(1));
    let handler = &Handler::new(cloud, sender, settings, Pace::DEFAULT, Arc::new(clock), Arc::new(log));
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let left = event.context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
        // Boxed: the compiler cannot lay out the SDKs' futures all in one.
        Ok::<_, Error>(Box::pin(handler.handle(&event.context.request_id, event.payload, left)).await?)
    }))
    .await
}
