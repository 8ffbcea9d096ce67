//! The function that takes requests: a visitor asks for an upload, and for its status.

pub mod command;
pub mod handler;
pub mod outcome;

use std::time::{Duration, SystemTime};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use vitae_lambda::{Timeouts, print, sdk_config};

use crate::settings::RequestSettings;
use crate::store::Store;

/// Three attempts and the backoff between them end before the function's timeout of ten seconds.
const TIMEOUTS: Timeouts = Timeouts { attempts: 3, connect: Duration::from_secs(1), attempt: Duration::from_secs(2) };

/// Runs the function. `variable` looks up an environment variable.
///
/// # Errors
/// A variable is missing, or the Runtime API failed.
pub async fn run(variable: impl Fn(&str) -> Option<String>) -> Result<(), Error> {
    let settings = RequestSettings::from_env(&variable)?;
    let configuration = sdk_config(TIMEOUTS, &variable)?;
    let credentials = configuration.credentials_provider().ok_or("no credentials")?;
    let store = Store::new(aws_sdk_dynamodb::Client::new(&configuration), settings.table.clone());
    let handler = &handler::Handler::new(store, settings, credentials);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let (event, context) = event.into_parts();
        let output = Box::pin(handler.handle(event, &context.request_id, SystemTime::now())).await;
        print(&output.log_line);
        Ok::<_, Error>(output.response)
    }))
    .await
}
