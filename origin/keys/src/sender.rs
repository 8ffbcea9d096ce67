//! Sends responses to CloudFormation: one PUT to a presigned URL, with the SDK's HTTP client.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

/// The number of attempts. Without a response, CloudFormation waits for the resource's timeout.
const ATTEMPTS: u32 = 4;

const CONNECT: Duration = Duration::from_secs(2);
const READ: Duration = Duration::from_secs(5);

/// Sends responses.
#[derive(Clone, Debug)]
pub struct Sender {
    client: SharedHttpConnector,
    backoff: Duration,
}

/// A response that was not delivered. The URL is not quoted: anyone who has it can respond.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// `ResponseURL` is invalid.
    #[error("ResponseURL is not a valid URL")]
    Url,
    /// The connection failed.
    #[error("the response to CloudFormation could not be sent in {ATTEMPTS} attempts")]
    Connection,
    /// The response was rejected.
    #[error("the response to CloudFormation was rejected with status {status} in {ATTEMPTS} attempts")]
    Rejected {
        /// The HTTP status of the last attempt.
        status: u16,
    },
}

impl Sender {
    /// A sender that waits `backoff` between attempts.
    #[must_use]
    pub fn new(backoff: Duration) -> Self {
        Self { client: vitae_lambda::http_connector(CONNECT, READ), backoff }
    }

    /// Sends `body` until it is accepted. There is no `Content-Type`: the URL's signature covers an empty one.
    ///
    /// # Errors
    /// [`SendError`] of the last attempt.
    pub async fn send(&self, url: &str, body: &str) -> Result<(), SendError> {
        let mut failure = SendError::Connection;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(self.backoff).await;
            }
            match self.client.call(request(url, body)?).await {
                Ok(response) if response.status().is_success() => return Ok(()),
                Ok(response) => failure = SendError::Rejected { status: response.status().as_u16() },
                Err(_) => failure = SendError::Connection,
            }
        }
        Err(failure)
    }
}

fn request(url: &str, body: &str) -> Result<HttpRequest, SendError> {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("PUT").map_err(|_| SendError::Url)?;
    request.set_uri(url).map_err(|_| SendError::Url)?;
    request.headers_mut().insert("content-length", body.len().to_string());
    Ok(request)
}
