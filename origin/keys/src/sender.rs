//! The way of an answer to CloudFormation: one PUT to a presigned URL, with the client that the SDK brings along.

use std::time::Duration;

use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

/// How often an answer is sent until it is taken. Without one, CloudFormation waits for the resource's timeout.
const TRIES: u32 = 4;

const CONNECT: Duration = Duration::from_secs(2);
const READ: Duration = Duration::from_secs(5);

/// Sends answers.
#[derive(Clone, Debug)]
pub struct Sender {
    client: SharedHttpConnector,
    pause: Duration,
}

/// An answer that did not arrive. The URL is not quoted: whoever has it may answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// `ResponseURL` is none.
    #[error("ResponseURL is no URL that an answer can be sent to")]
    Url,
    /// No answer to the answer.
    #[error("the answer to CloudFormation could not be sent, {TRIES} times")]
    Connection,
    /// The answer was refused.
    #[error("the answer to CloudFormation was refused with status {status}, {TRIES} times")]
    Refused {
        /// The HTTP status of the last try.
        status: u16,
    },
}

impl Sender {
    /// A sender that waits `pause` before it tries again.
    #[must_use]
    pub fn new(pause: Duration) -> Self {
        let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).read_timeout(READ).build();
        let client = Connector::builder()
            .connector_settings(settings)
            .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
            .build();
        Self { client: SharedHttpConnector::new(client), pause }
    }

    /// Sends `body` until it is taken. There is no `Content-Type`: the URL's signature covers an empty one.
    ///
    /// # Errors
    /// [`NotSent`] of the last try.
    pub async fn send(&self, url: &str, body: &str) -> Result<(), NotSent> {
        let mut failure = NotSent::Connection;
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(self.pause).await;
            }
            match self.client.call(request(url, body)?).await {
                Ok(response) if response.status().is_success() => return Ok(()),
                Ok(response) => failure = NotSent::Refused { status: response.status().as_u16() },
                Err(_) => failure = NotSent::Connection,
            }
        }
        Err(failure)
    }
}

fn request(url: &str, body: &str) -> Result<HttpRequest, NotSent> {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("PUT").map_err(|_| NotSent::Url)?;
    request.set_uri(url).map_err(|_| NotSent::Url)?;
    request.headers_mut().insert("content-length", body.len().to_string());
    Ok(request)
}
