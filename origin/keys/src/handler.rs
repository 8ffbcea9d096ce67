//! Handles one event, from trigger to response.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::aws::AwsClients;
use crate::command::Command;
use crate::decide::{Action, Idle, Slot, decide};
use crate::error::Error;
use crate::log::{Context, Counts};
use crate::observed::Intent;
use crate::reconcile::{self, Clock, Reconciler, RetryLimits};
use crate::request::{Envelope, Request};
use crate::response::Outcome;
use crate::sender::{SendError, Sender};
use crate::settings::{Settings, SettingsError};
use crate::stack::Stack;
use crate::status::Status;
use crate::timing::RotationPolicy;
use crate::trigger::Trigger;

/// How much of the function's time is reserved for sending the response.
const RESPONSE_TIME: Duration = Duration::from_secs(15);

/// Writes a log line.
pub type Log = Arc<dyn Fn(&Value) + Send + Sync>;

/// Handles events.
#[derive(Clone)]
pub struct Handler {
    cloud: AwsClients,
    sender: Sender,
    settings: Result<Settings, SettingsError>,
    limits: RetryLimits,
    clock: Clock,
    log: Log,
}

/// Why an event failed. Lambda then retries the same event, which is safe.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// The event is unknown.
    #[error("unknown event: expected one of CloudFormation, the schedule, Parameter Store or `cargo vitae keys`")]
    UnknownEvent,
    /// The response was not delivered.
    #[error(transparent)]
    SendError(#[from] SendError),
    /// An environment variable is invalid.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The run failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Handler {
    /// A handler that uses these clients, settings and clock.
    #[must_use]
    pub const fn new(
        cloud: AwsClients,
        sender: Sender,
        settings: Result<Settings, SettingsError>,
        limits: RetryLimits,
        clock: Clock,
        log: Log,
    ) -> Self {
        Self { cloud, sender, settings, limits, clock, log }
    }

    /// Handles one event within `left`. CloudFormation always gets a response, even after a failure, a timeout or a panic.
    /// A command returns a [`Status`].
    ///
    /// # Errors
    /// [`HandlerError`].
    pub async fn handle(&self, request_id: &str, event: Value, left: Duration) -> Result<Value, HandlerError> {
        let stack = self.settings.as_ref().ok().map(|settings| &settings.stack);
        match Trigger::from_event(event, stack).ok_or(HandlerError::UnknownEvent)? {
            Trigger::CustomResource(envelope) => self.custom_resource(request_id, &envelope, left).await,
            Trigger::Ignored => Ok(Value::Null),
            Trigger::Reconcile => self.reconcile(request_id, None, None).await,
            Trigger::Command(Command::Status) => self.status().await,
            Trigger::Command(Command::Rotate { now, algorithm }) => {
                let settings = self.settings.clone()?;
                let algorithm = algorithm.unwrap_or(settings.policy.algorithm);
                let intent = now.then_some(Intent::Rotate(algorithm));
                self.reconcile(request_id, intent, Some(RotationPolicy { algorithm, ..settings.policy })).await
            }
            Trigger::Command(Command::Revoke { id }) => {
                self.reconcile(request_id, Some(Intent::Revoke(id)), None).await
            }
        }
    }

    /// The context of a line without metrics, which needs no stack.
    fn context<'a>(&self, request_id: &'a str) -> Context<'a> {
        Context { now: (self.clock)(), request_id, stack: "" }
    }

    fn reconciler(&self, policy: RotationPolicy) -> Reconciler {
        let (cloud, clock) = (self.cloud.clone(), Arc::clone(&self.clock));
        let probe_base_url = self.settings.as_ref().ok().and_then(|settings| settings.probe_base_url.clone());
        Reconciler { cloud, limits: self.limits, policy, probe_base_url, clock }
    }

    async fn status(&self) -> Result<Value, HandlerError> {
        let settings = self.settings.clone()?;
        let snapshot = self.reconciler(settings.policy).observe(&settings.stack).await?;
        let idle = match decide(&snapshot.observed) {
            Action::Idle(idle) => idle,
            _ => Idle::Settled { due: None },
        };
        Ok(to_json(&Status::new(&snapshot.observed, &idle, snapshot.status.next, Vec::new())))
    }

    /// Takes every step that is due. Logs each step, and the metrics of the run.
    async fn reconcile(
        &self,
        request_id: &str,
        intent: Option<Intent>,
        policy: Option<RotationPolicy>,
    ) -> Result<Value, HandlerError> {
        let settings = self.settings.clone()?;
        let policy = policy.unwrap_or(settings.policy);
        let context = |now| Context { now, request_id, stack: settings.stack.name() };
        let done = Mutex::new((Counts::default(), Vec::new()));
        let report = |action: &Action| {
            let step = action.to_string();
            (self.log)(&context((self.clock)()).step(&step));
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.0.rotations += u64::from(matches!(action, Action::Promote { from: Slot::Pending, .. }));
            done.0.rejections += u64::from(matches!(action, Action::DeleteNext { accepted: false, .. }));
            done.1.push(step);
        };
        let reconciler = self.reconciler(policy);
        let result = reconciler.run(&settings.stack, intent, &report).await;
        let (counts, steps) = std::mem::take(&mut *done.lock().unwrap_or_else(PoisonError::into_inner));
        match result {
            Ok(ended) => {
                let observed = &ended.snapshot.observed;
                (self.log)(&context(observed.now).idle(counts, observed, &ended.idle));
                Ok(to_json(&Status::new(observed, &ended.idle, ended.snapshot.status.next.clone(), steps)))
            }
            Err(error) => {
                // A run that fails every time must still report that the rotation is stuck.
                let snapshot = reconciler.observe(&settings.stack).await.ok();
                let observed = snapshot.as_ref().map(|snapshot| &snapshot.observed);
                (self.log)(&context((self.clock)()).run_failed(counts, observed, &error.to_string()));
                Err(error.into())
            }
        }
    }

    async fn custom_resource(
        &self,
        request_id: &str,
        envelope: &Envelope,
        left: Duration,
    ) -> Result<Value, HandlerError> {
        let outcome = match envelope.request() {
            Ok(request) => self.execute_within_timeout(request_id, request, left).await,
            Err(error) => Outcome::Failed(error.to_string()),
        };
        (self.log)(&self.context(request_id).custom_resource(envelope, &outcome));
        self.sender.send(&envelope.response_url, &outcome.body(envelope)).await?;
        Ok(Value::Null)
    }

    async fn execute_within_timeout(&self, request_id: &str, request: Request, left: Duration) -> Outcome {
        let (handler, request_id) = (self.clone(), request_id.to_owned());
        // A separate task, so that a panic still leads to a response.
        let work = tokio::spawn(async move { handler.execute(&request_id, request).await });
        let abort = work.abort_handle();
        match tokio::time::timeout(left.saturating_sub(RESPONSE_TIME), work).await {
            Ok(Ok(result)) => result.into(),
            Ok(Err(_)) => Err(Error::Internal).into(),
            Err(_) => {
                abort.abort();
                Err(Error::TimedOut).into()
            }
        }
    }

    async fn execute(&self, request_id: &str, request: Request) -> Result<Option<String>, Error> {
        match request {
            Request::Create { stack, algorithm } => {
                let report = |action: &Action| (self.log)(&self.context(request_id).step(&action.to_string()));
                self.reconciler(RotationPolicy::new(algorithm, 0)).create(&stack, &report).await.map(Some)
            }
            Request::Update { stack } => reconcile::update(&self.cloud, &stack).await.map(Some),
            Request::Delete { stack: Some(stack) } => self.delete(request_id, &stack).await.map(|()| None),
            Request::Delete { stack: None } => Ok(None),
        }
    }

    async fn delete(&self, request_id: &str, stack: &Stack) -> Result<(), Error> {
        let report = |step: &str| (self.log)(&self.context(request_id).step(step));
        reconcile::delete(&self.cloud, stack, &report).await
    }
}

/// A status consists of strings, numbers and lists, so it always serializes.
fn to_json(status: &Status) -> Value {
    serde_json::to_value(status).unwrap_or_default()
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handler")
            .field("settings", &self.settings)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
