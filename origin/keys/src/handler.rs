//! One event of CloudFormation from request to answer.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::cloud::Cloud;
use crate::error::Error;
use crate::log;
use crate::reconcile::{self, Pace};
use crate::request::{Envelope, Request};
use crate::response::Outcome;
use crate::sender::{NotSent, Sender};

/// How much of the function's time is kept for sending the answer.
const FOR_THE_ANSWER: Duration = Duration::from_secs(15);

/// Where the lines of the log go.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// Answers events.
#[derive(Clone)]
pub struct Handler {
    cloud: Cloud,
    sender: Sender,
    pace: Pace,
    log: Log,
}

/// Why an event got no answer. Lambda then runs the function again with the same event, which does no harm.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// It is no request of CloudFormation's.
    #[error(
        "the event is no request for a custom resource: this function answers CloudFormation's and nothing else yet"
    )]
    NotARequest,
    /// The answer did not arrive.
    #[error(transparent)]
    NotSent(#[from] NotSent),
}

impl Handler {
    /// A handler with these effects.
    #[must_use]
    pub const fn new(cloud: Cloud, sender: Sender, pace: Pace, log: Log) -> Self {
        Self { cloud, sender, pace, log }
    }

    /// Serves one event within `left`, and answers whatever comes of it, also if it fails, lasts too long or panics.
    ///
    /// # Errors
    /// [`Unanswered`] if CloudFormation got no answer.
    pub async fn handle(&self, event: Value, left: Duration) -> Result<(), Unanswered> {
        // The parser's words might quote the presigned URL, so they are dropped.
        let envelope: Envelope = serde_json::from_value(event).map_err(|_| Unanswered::NotARequest)?;
        let outcome = match envelope.request() {
            Ok(request) => self.in_time(&envelope, request, left).await,
            Err(refused) => Outcome::Failed(refused.to_string()),
        };
        (self.log)(&log::request(&envelope, &outcome));
        Ok(self.sender.send(&envelope.response_url, &outcome.body(&envelope)).await?)
    }

    async fn in_time(&self, envelope: &Envelope, request: Request, left: Duration) -> Outcome {
        let (handler, request_id) = (self.clone(), envelope.request_id.clone());
        // A task of its own, so that a panic ends in an answer too.
        let work = tokio::spawn(async move { handler.serve(&request_id, request).await });
        let abort = work.abort_handle();
        match tokio::time::timeout(left.saturating_sub(FOR_THE_ANSWER), work).await {
            Ok(Ok(result)) => result.into(),
            Ok(Err(_)) => Err(Error::Bug).into(),
            Err(_) => {
                abort.abort();
                Err(Error::Late).into()
            }
        }
    }

    async fn serve(&self, request_id: &str, request: Request) -> Result<Option<String>, Error> {
        let report = |said: &str| (self.log)(&log::step(request_id, said));
        match request {
            Request::Create { stack, algorithm } => {
                reconcile::create(&self.cloud, &stack, algorithm, self.pace, &report).await.map(Some)
            }
            Request::Update { stack } => reconcile::group_id(&self.cloud, &stack).await.map(Some),
            Request::Delete { stack: Some(stack) } => {
                reconcile::delete(&self.cloud, &stack, &report).await.map(|()| None)
            }
            Request::Delete { stack: None } => Ok(None),
        }
    }
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handler").field("pace", &self.pace).finish_non_exhaustive()
    }
}
