//! The Lambda: initialization, then the loop of `lambda_runtime`.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use vitae_lambda::Timeouts;

use crate::aws::AwsClients;
use crate::handler::Handler;
use crate::reconcile::RetryLimits;
use crate::sender::Sender;
use crate::settings::Settings;

/// Only CloudFormation waits for the function, and other users of the account may cause throttling.
const TIMEOUTS: Timeouts = Timeouts { attempts: 5, connect: Duration::from_secs(2), attempt: Duration::from_secs(10) };

/// Runs the function. `variable` looks up an environment variable.
///
/// # Errors
/// A variable that Lambda sets is missing, or the Runtime API failed.
pub async fn run(variable: impl Fn(&str) -> Option<String>) -> Result<(), Error> {
    let configuration = vitae_lambda::sdk_config(TIMEOUTS, &variable)?;
    let settings = Settings::from_env(&variable);
    let bucket = settings.as_ref().ok().and_then(|settings| settings.bucket.clone());
    // A local cloud has no host name per bucket.
    let s3 = aws_sdk_s3::config::Builder::from(&configuration)
        .force_path_style(configuration.endpoint_url().is_some())
        .build();
    let cloud = AwsClients::new(
        aws_sdk_cloudfront::Client::new(&configuration),
        aws_sdk_ssm::Client::new(&configuration),
        aws_sdk_s3::Client::from_conf(s3),
        bucket,
    );
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let sender = Sender::new(Duration::from_secs(1));
    let handler =
        &Handler::new(cloud, sender, settings, RetryLimits::DEFAULT, Arc::new(clock), Arc::new(vitae_lambda::print));
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let left = event.context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
        // Boxed: the compiler cannot compute the layout of the SDKs' combined futures.
        Ok::<_, Error>(Box::pin(handler.handle(&event.context.request_id, event.payload, left)).await?)
    }))
    .await
}
