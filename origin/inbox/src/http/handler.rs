//! Handles one request, from event to response.

use std::time::{Instant, SystemTime};

use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_lambda_events::lambda_function_urls::{LambdaFunctionUrlRequest, LambdaFunctionUrlResponse};
use serde_json::Value;
use vitae_lambda::{AllowOrigin, epoch_ms};

use super::command::Command;
use super::outcome::Outcome;
use crate::error::Error;
use crate::limits::UPLOAD_S;
use crate::post_policy::PostPolicy;
use crate::record::{Record, object_key};
use crate::settings::RequestSettings;
use crate::store::Store;
use crate::upload_id::UploadId;
use crate::upload_request::UploadRequest;

/// Handles requests, also concurrent ones.
#[derive(Debug)]
pub struct Handler {
    store: Store,
    settings: RequestSettings,
    credentials: SharedCredentialsProvider,
}

/// The result of one invocation.
#[derive(Clone, Debug)]
pub struct HandlerOutput {
    /// The response.
    pub response: LambdaFunctionUrlResponse,
    /// The line to log.
    pub log_line: Value,
}

impl Handler {
    /// A handler that signs with these credentials, which may put objects into the upload bucket and nothing else there.
    #[must_use]
    pub const fn new(store: Store, settings: RequestSettings, credentials: SharedCredentialsProvider) -> Self {
        Self { store, settings, credentials }
    }

    /// Handles one event. Every event gets a response.
    pub async fn handle(&self, event: Value, request_id: &str, now: SystemTime) -> HandlerOutput {
        let start = Instant::now();
        let now_ms = epoch_ms(now);
        // The parser's error may quote a header of the visitor, so it is not logged.
        let request: Option<LambdaFunctionUrlRequest> = serde_json::from_value(event).ok();
        let allow_origin = request.as_ref().map(AllowOrigin::from_request).unwrap_or_default();
        let outcome = match request.as_ref().map(Command::from_request) {
            None => Outcome::InvalidEvent,
            Some(Err(rejection)) => Outcome::Rejected(rejection),
            Some(Ok(command)) => self.execute(command, now_ms / 1000).await.unwrap_or_else(Outcome::Failed),
        };
        let log_line = outcome.log_line(now_ms, request_id, start.elapsed());
        HandlerOutput { response: outcome.response(&allow_origin), log_line }
    }

    async fn execute(&self, command: Command, now: u64) -> Result<Outcome, Error> {
        match command {
            Command::Create(request) => self.create(request, now).await,
            Command::Status(id) => {
                let record = self.store.get(&id).await?;
                Ok(record.map_or(Outcome::Unknown, |record| Outcome::Status(record.status)))
            }
        }
    }

    async fn create(&self, request: UploadRequest, now: u64) -> Result<Outcome, Error> {
        let credentials = self.credentials.provide_credentials().await.map_err(|error| Error::Rejected {
            call: "reading the credentials of the function's role",
            reason: error.to_string(),
        })?;
        let UploadRequest { name, file_type, size } = request;
        let id = UploadId::random().map_err(|_| Error::Random)?;
        let record = Record::new(id.clone(), name.as_str().to_owned(), file_type, size, now);
        if let Err(limit) = self.store.create(&record).await? {
            return Ok(Outcome::TooMany(limit));
        }
        let RequestSettings { region, upload_bucket, upload_url, .. } = &self.settings;
        let (key, expires_s) = (object_key(&id), now + UPLOAD_S);
        let policy =
            PostPolicy { bucket: upload_bucket, key: &key, content_type: file_type.media_type(), size, expires_s };
        let fields = policy.sign(&credentials, region, now);
        Ok(Outcome::Created { id, url: upload_url.clone(), fields, expires_s })
    }
}
