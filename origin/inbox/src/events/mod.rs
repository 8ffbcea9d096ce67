//! The function that handles events: an object was created, an object was scanned, it is time to look at what is left.

pub mod event;
pub mod handler;
mod log;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use vitae_lambda::{Timeouts, print, sdk_config};

use crate::objects::{Buckets, Objects};
use crate::settings::EventSettings;
use crate::store::Store;
use crate::summary::process::{Summarizer, WAIT};

/// An attempt reads or copies up to 10 MB.
const TIMEOUTS: Timeouts = Timeouts { attempts: 3, connect: Duration::from_secs(1), attempt: Duration::from_secs(15) };

/// Runs the function. `variable` looks up an environment variable.
///
/// # Errors
/// A variable is missing, or the Runtime API failed.
pub async fn run(variable: impl Fn(&str) -> Option<String>) -> Result<(), Error> {
    let settings = EventSettings::from_env(&variable)?;
    let configuration = sdk_config(TIMEOUTS, &variable)?;
    // A local cloud has no host name per bucket.
    let s3 = aws_sdk_s3::config::Builder::from(&configuration)
        .force_path_style(configuration.endpoint_url().is_some())
        .build();
    let buckets = Buckets {
        upload: settings.upload_bucket,
        inbox: settings.inbox_bucket,
        quarantine: settings.quarantine_bucket,
    };
    let handler = &handler::Handler {
        store: Store::new(aws_sdk_dynamodb::Client::new(&configuration), settings.table),
        objects: Objects::new(aws_sdk_s3::Client::from_conf(s3), buckets),
        sns: aws_sdk_sns::Client::new(&configuration),
        topic: settings.topic,
        summarizer: Summarizer { program: std::env::current_exe()?.into_os_string(), wait: WAIT },
        clock: Arc::new(SystemTime::now),
        log: Arc::new(print),
    };
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let (event, context) = event.into_parts();
        Box::pin(handler.handle(&event, &context.request_id)).await.map_err(Error::from)
    }))
    .await
}
