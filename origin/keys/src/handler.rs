//! One event, from trigger to answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::cloud::Cloud;
use crate::decide::{Action, Rest, Slot, decide};
use crate::error::Error;
use crate::log;
use crate::metric::{self, Counts};
use crate::reconcile::{self, Clock, Pace, Reconciler};
use crate::request::{Envelope, Request};
use crate::response::Outcome;
use crate::rules::Rules;
use crate::sender::{NotSent, Sender};
use crate::settings::{BadSetting, Settings};
use crate::stack::Stack;
use crate::status::Status;
use crate::trigger::{Command, Trigger};
use crate::world::Wish;

/// How much of the function's time is kept for sending the answer.
const FOR_THE_ANSWER: Duration = Duration::from_secs(15);

/// Where the lines of the log go.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// Answers events.
#[derive(Clone)]
pub struct Handler {
    cloud: Cloud,
    sender: Sender,
    settings: Result<Settings, BadSetting>,
    pace: Pace,
    clock: Clock,
    log: Log,
}

/// Why an event got no answer. Lambda then runs the function again with the same event, which does no harm.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// It is nothing that this function is called for.
    #[error("the event is neither CloudFormation's, the schedule's, Parameter Store's nor a command of `vitae keys`")]
    UnknownEvent,
    /// The answer did not arrive.
    #[error(transparent)]
    NotSent(#[from] NotSent),
    /// The stack tells its function nonsense.
    #[error(transparent)]
    Settings(#[from] BadSetting),
    /// The keys could not be looked at or settled.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Handler {
    /// A handler with these effects.
    #[must_use]
    pub const fn new(
        cloud: Cloud,
        sender: Sender,
        settings: Result<Settings, BadSetting>,
        pace: Pace,
        clock: Clock,
        log: Log,
    ) -> Self {
        Self { cloud, sender, settings, pace, clock, log }
    }

    /// Serves one event within `left`. CloudFormation is answered whatever comes of it, also if it fails, lasts too long or
    /// panics; a command is answered with a [`Status`].
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn handle(&self, request_id: &str, event: Value, left: Duration) -> Result<Value, Unanswered> {
        let stack = self.settings.as_ref().ok().map(|settings| &settings.stack);
        match Trigger::of(event, stack).ok_or(Unanswered::UnknownEvent)? {
            Trigger::Resource(envelope) => self.resource(&envelope, left).await,
            Trigger::Nothing => Ok(Value::Null),
            Trigger::Tick => self.tick(request_id, None, None).await,
            Trigger::Command(Command::Status) => self.status().await,
            Trigger::Command(Command::Rotate { now, algorithm }) => {
                let settings = self.settings.clone()?;
                let algorithm = algorithm.unwrap_or(settings.rules.algorithm);
                let wish = now.then_some(Wish::Rotate(algorithm));
                self.tick(request_id, wish, Some(Rules { algorithm, ..settings.rules })).await
            }
            Trigger::Command(Command::Revoke { id }) => self.tick(request_id, Some(Wish::Revoke(id)), None).await,
        }
    }

    fn reconciler(&self, rules: Rules) -> Reconciler {
        let (cloud, clock) = (self.cloud.clone(), Arc::clone(&self.clock));
        let probe_base_url = self.settings.as_ref().ok().and_then(|settings| settings.probe_base_url.clone());
        Reconciler { cloud, pace: self.pace, rules, probe_base_url, clock }
    }

    async fn status(&self) -> Result<Value, Unanswered> {
        let settings = self.settings.clone()?;
        let observed = self.reconciler(settings.rules).observe(&settings.stack).await?;
        let rest = match decide(&observed.world) {
            Action::Rest(rest) => rest,
            _ => Rest::Settled { due: None },
        };
        Ok(answer(&Status::of(&observed.world, &rest, observed.status.next, Vec::new())))
    }

    /// Takes every step that is due, logs each, and the metrics of them all.
    async fn tick(&self, request_id: &str, wish: Option<Wish>, rules: Option<Rules>) -> Result<Value, Unanswered> {
        let settings = self.settings.clone()?;
        let rules = rules.unwrap_or(settings.rules);
        let done = Mutex::new((Counts::default(), Vec::new()));
        let report = |action: &Action| {
            let said = action.to_string();
            (self.log)(&log::step(request_id, &said));
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.0.rotations += u64::from(matches!(action, Action::Promote { from: Slot::Pending, .. }));
            done.0.refusals += u64::from(matches!(action, Action::DropNext { accepted: false, .. }));
            done.1.push(said);
        };
        let reconciler = self.reconciler(rules);
        let ran = reconciler.run(&settings.stack, wish, &report).await;
        let (counts, steps) = std::mem::take(&mut *done.lock().unwrap_or_else(PoisonError::into_inner));
        let stack = settings.stack.name();
        match ran {
            Ok(ended) => {
                (self.log)(&metric::ran(stack, counts, &ended.observed.world, &ended.rest));
                (self.log)(&log::rested(request_id, &ended.rest));
                let status = ended.observed.status.next;
                Ok(answer(&Status::of(&ended.observed.world, &ended.rest, status, steps)))
            }
            Err(error) => {
                // What fails every time is what must be seen to be stuck.
                let observed = reconciler.observe(&settings.stack).await.ok();
                let world = observed.as_ref().map(|observed| &observed.world);
                (self.log)(&metric::failed(stack, counts, (self.clock)(), world));
                (self.log)(&log::failed(request_id, &error.to_string()));
                Err(error.into())
            }
        }
    }

    async fn resource(&self, envelope: &Envelope, left: Duration) -> Result<Value, Unanswered> {
        let outcome = match envelope.request() {
            Ok(request) => self.in_time(envelope, request, left).await,
            Err(refused) => Outcome::Failed(refused.to_string()),
        };
        (self.log)(&log::request(envelope, &outcome));
        self.sender.send(&envelope.response_url, &outcome.body(envelope)).await?;
        Ok(Value::Null)
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
        match request {
            Request::Create { stack, algorithm } => {
                let report = |action: &Action| (self.log)(&log::step(request_id, &action.to_string()));
                self.reconciler(Rules::new(algorithm, 0)).create(&stack, &report).await.map(Some)
            }
            Request::Update { stack } => reconcile::group_id(&self.cloud, &stack).await.map(Some),
            Request::Delete { stack: Some(stack) } => self.delete(request_id, &stack).await.map(|()| None),
            Request::Delete { stack: None } => Ok(None),
        }
    }

    async fn delete(&self, request_id: &str, stack: &Stack) -> Result<(), Error> {
        let report = |said: &str| (self.log)(&log::step(request_id, said));
        reconcile::delete(&self.cloud, stack, &report).await
    }
}

/// A status is texts, numbers and lists: JSON has a form for each.
fn answer(status: &Status) -> Value {
    serde_json::to_value(status).unwrap_or_default()
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handler").field("settings", &self.settings).field("pace", &self.pace).finish_non_exhaustive()
    }
}
