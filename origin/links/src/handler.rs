//! Handles one event, from event to response.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use aws_lambda_events::lambda_function_urls::{LambdaFunctionUrlRequest, LambdaFunctionUrlResponse};
use getrandom::SysRng;
use serde_json::Value;
use vitae_lambda::{AllowOrigin, Invocation, epoch_ms};
use vitae_parameters::Origin;
use vitae_signer::Expires;

use crate::address::Address;
use crate::code::Code;
use crate::document::Document;
use crate::error::Error;
use crate::event::{Event, Task};
use crate::feedback::Feedback;
use crate::http::{Caller, Command, Responses};
use crate::label::Label;
use crate::limits::REQUESTED_LIFETIME_S;
use crate::log::Context as LogContext;
use crate::outbox::{Context, Outbox};
use crate::outcome::{Outcome, RequestResult, Signed};
use crate::parameters::{Loaded, Parameters, Values};
use crate::request::{Limit, decide};
use crate::row::{LinkRow, LinkState, Message, OutboxRow};
use crate::run_id::RunId;
use crate::sender::Sender;
use crate::settings::Settings;
use crate::site;
use crate::store::{AcceptResult, AcceptedRequest, OpenResult, Store};

/// The shortest time of a request for a link. Sending a message takes longer than finding that a limit is exceeded, and the
/// time must not tell a stranger whether an address has asked for the CV.
const REQUEST_TIME: Duration = Duration::from_millis(750);

/// How often a request is decided again because another one changed the row that the decision was based on.
const DECISIONS: usize = 8;

/// The label of a link that is sent for a request.
const REQUESTED_LABEL: &str = "Requested by e-mail";

/// The result of one invocation.
#[derive(Clone, Debug)]
pub struct HandlerOutput {
    /// The response; `null` for a task.
    pub response: Value,
    /// The lines to log.
    pub log_lines: Vec<Value>,
    /// Whether Lambda is to repeat the event, which is a task that failed.
    pub is_failed: bool,
}

/// Handles events.
#[derive(Debug)]
pub struct Handler {
    store: Store,
    parameters: Parameters,
    outbox: Outbox,
    settings: Arc<Settings>,
    responses: Responses,
}

impl Handler {
    /// A handler of these clients and settings.
    #[must_use]
    pub fn new(store: Store, parameters: Parameters, sender: Sender, settings: Settings) -> Self {
        let settings = Arc::new(settings);
        let outbox = Outbox::new(store.clone(), sender, Arc::clone(&settings));
        Self { store, parameters, outbox, settings, responses: Responses::default() }
    }

    /// Reads the parameters, so that the first request need not wait for them.
    pub async fn warm_up(&self, now: SystemTime) -> Option<Value> {
        let now_ms = epoch_ms(now);
        let failure = self.parameters.load(now_ms).await.failure;
        failure.map(|error| LogContext { now_ms, request_id: None }.refresh_failed(&error))
    }

    /// Handles one event. Every request gets a response.
    pub async fn handle(&self, event: Value, invocation: &Invocation) -> HandlerOutput {
        let log = LogContext { now_ms: epoch_ms(invocation.now), request_id: Some(&invocation.request_id) };
        match Event::parse(event) {
            Event::Request(request) => self.request(&request, invocation, log).await,
            Event::Task(task) => self.task(task, invocation, log).await,
            Event::Unknown => {
                let outcome = Outcome::Failed(Error::InvalidEvent);
                HandlerOutput {
                    response: Value::Null,
                    log_lines: vec![log.outcome(&outcome, Duration::ZERO)],
                    is_failed: false,
                }
            }
        }
    }

    async fn request(
        &self,
        request: &LambdaFunctionUrlRequest,
        invocation: &Invocation,
        log: LogContext<'_>,
    ) -> HandlerOutput {
        let start = Instant::now();
        let allow_origin = AllowOrigin::from_request(request);
        let caller = Caller::from_request(request, &invocation.request_id);
        let mut lines = Vec::new();
        let outcome = match Command::from_request(request) {
            Err(rejection) => Outcome::Rejected(rejection),
            Ok(command) => {
                let left = invocation.time_left();
                let timed_out = |_| Error::Unavailable(format!("timed out after {} ms", left.as_millis()));
                let executed = tokio::time::timeout(left, self.execute(command, &caller, log, &mut lines)).await;
                executed.map_err(timed_out).and_then(|outcome| outcome).unwrap_or_else(Outcome::Failed)
            }
        };
        lines.push(log.outcome(&outcome, start.elapsed()));
        let response = self.respond(&outcome, &caller, &allow_origin);
        // A response consists of numbers, strings and maps.
        let response = serde_json::to_value(response).unwrap_or_default();
        HandlerOutput { response, log_lines: lines, is_failed: false }
    }

    fn respond(&self, outcome: &Outcome, caller: &Caller, allow_origin: &AllowOrigin) -> LambdaFunctionUrlResponse {
        match outcome {
            Outcome::Shown { owner, document, .. } => self.responses.link_page(owner, document),
            Outcome::Opened { signed, .. } => {
                Responses::signed(&signed.url, signed.expires_s, caller.format, allow_origin)
            }
            Outcome::Requested(_) => Responses::requested(caller.format, allow_origin),
            Outcome::Closed { .. } | Outcome::Rejected(_) | Outcome::Failed(_) => {
                self.responses.problem(outcome.problem(), caller.format, outcome.allow(), allow_origin)
            }
        }
    }

    async fn execute(
        &self,
        command: Command,
        caller: &Caller,
        log: LogContext<'_>,
        lines: &mut Vec<Value>,
    ) -> Result<Outcome, Error> {
        match command {
            Command::Show(code) => self.show(&code, log, lines).await,
            Command::Open(code) => self.open(&code, caller, log, lines).await,
            Command::Request(address) => {
                let (outcome, ()) =
                    tokio::join!(self.request_link(&address, caller, log, lines), tokio::time::sleep(REQUEST_TIME));
                outcome
            }
        }
    }

    async fn show(&self, code: &Code, log: LogContext<'_>, lines: &mut Vec<Value>) -> Result<Outcome, Error> {
        let id = code.id();
        let (link, loaded) = tokio::join!(self.store.link(&id), self.parameters.load(log.now_ms));
        let link = match active(link?, log.now_s()) {
            Ok(link) => link,
            Err(state) => return Ok(Outcome::Closed { id, state }),
        };
        let values = values(loaded, log, lines)?;
        Ok(Outcome::Shown { owner: values.config.owner_name().to_owned(), document: link.document.name(), id })
    }

    async fn open(
        &self,
        code: &Code,
        caller: &Caller,
        log: LogContext<'_>,
        lines: &mut Vec<Value>,
    ) -> Result<Outcome, Error> {
        let (id, now_s) = (code.id(), log.now_s());
        let (link, loaded) = tokio::join!(self.store.link(&id), self.parameters.load(log.now_ms));
        let link = match active(link?, now_s) {
            Ok(link) => link,
            Err(state) => return Ok(Outcome::Closed { id, state }),
        };
        let values = values(loaded, log, lines)?;
        // Signed before the open is recorded, so that an open that fails is not counted.
        let signed = sign(&values, site_of(caller)?, &link.document, log.now_ms)?;
        let OpenResult::Opened { is_replay } = self.store.open(&link, &caller.token, now_s).await? else {
            // It was revoked or deleted in the meantime.
            let state = active(self.store.link(&id).await?, now_s).err().flatten();
            return Ok(Outcome::Closed { id, state });
        };
        if link.notice.is_none() || link.address.is_some() && link.confirmed_s.is_none() {
            lines.extend(self.after_first_open(&link, &values, log).await);
        }
        Ok(Outcome::Opened { id, is_replay, signed })
    }

    /// Notifies the owner of a first open, and ends the request of a requested link. What fails here is done by the schedule.
    async fn after_first_open(&self, link: &LinkRow, values: &Values, log: LogContext<'_>) -> Vec<Value> {
        let Ok(run) = RunId::generate() else { return Vec::new() };
        let context = Context { config: &values.config, key: values.key.as_ref(), run: &run, now_s: log.now_s() };
        let end_request = async {
            match &link.address {
                Some(hash) => self.store.end_request(hash, &link.id).await,
                None => Ok(()),
            }
        };
        let (delivery, ended) = tokio::join!(self.outbox.notify_open(link, context), end_request);
        let failed = ended.err().map(crate::outbox::Delivery::Failed);
        std::iter::once(delivery).chain(failed).map(|delivery| log.delivery(&delivery)).collect()
    }

    async fn request_link(
        &self,
        address: &Address,
        caller: &Caller,
        log: LogContext<'_>,
        lines: &mut Vec<Value>,
    ) -> Result<Outcome, Error> {
        let values = values(self.parameters.load(log.now_ms).await, log, lines)?;
        let key = values.key.as_ref().ok_or_else(|| Error::Unavailable("links/key is missing".to_owned()))?;
        let hash = key.hash(address);
        for _ in 0..DECISIONS {
            let row = self.store.address(&hash).await?;
            let day_count = match decide(row.as_ref(), log.now_s()) {
                Ok(day_count) => day_count,
                Err(limit) => return Ok(Outcome::Requested(RequestResult::Limited(limit))),
            };
            let accepted = self.accepted_request(address, caller, &values, log.now_s(), day_count)?;
            match self.store.accept(&accepted).await? {
                AcceptResult::Accepted => {
                    lines.extend(self.send(&accepted, &values, log).await);
                    return Ok(Outcome::Requested(RequestResult::Accepted));
                }
                AcceptResult::Replayed => return Ok(Outcome::Requested(RequestResult::Replayed)),
                AcceptResult::SiteLimit => return Ok(Outcome::Requested(RequestResult::Limited(Limit::SiteDay))),
                AcceptResult::AddressLimit => {}
            }
        }
        Err(Error::Unavailable(format!("the row of the address changed {DECISIONS} times")))
    }

    /// What an accepted request writes: a link and a mail, or a notice to the owner if mail is not set up.
    fn accepted_request(
        &self,
        address: &Address,
        caller: &Caller,
        values: &Values,
        now_s: u64,
        day_count: crate::request::DayCount,
    ) -> Result<AcceptedRequest, Error> {
        let Values { config, key: Some(key), .. } = values else {
            return Err(Error::Unavailable("links/key is missing".to_owned()));
        };
        let (token, hash) = (caller.token.clone(), key.hash(address));
        let internal = |error: &dyn std::error::Error| Error::Internal(error.to_string());
        let link = if self.settings.mail_from.is_some() {
            let document = Document::from_path(&config.cv.path).map_err(|error| internal(&error))?;
            let label = Label::parse(REQUESTED_LABEL).map_err(|error| internal(&error))?;
            let id = key.code(token.as_str()).id();
            let link = LinkRow::new(id, label, document, now_s, now_s.saturating_add(REQUESTED_LIFETIME_S));
            Some(LinkRow { address: Some(hash.clone()), ..link })
        } else {
            None
        };
        let message = match &link {
            Some(link) => {
                let site = site::for_mail(config, site_of(caller)?);
                Message::Mail { link: link.id.clone(), site }
            }
            None => Message::Notice,
        };
        let message = OutboxRow::new(token.as_str().to_owned(), message, hash.clone(), now_s);
        let site_limit = self.settings.requests_per_day;
        Ok(AcceptedRequest { token, address: address.clone(), hash, day_count, site_limit, link, message, now_s })
    }

    /// Sends the message of an accepted request. What fails here is sent by the schedule, if it may be.
    async fn send(&self, accepted: &AcceptedRequest, values: &Values, log: LogContext<'_>) -> Vec<Value> {
        let Ok(run) = RunId::generate() else { return Vec::new() };
        let context = Context { config: &values.config, key: values.key.as_ref(), run: &run, now_s: log.now_s() };
        let deliveries = self.outbox.deliver(&accepted.message, context).await;
        deliveries.iter().map(|delivery| log.delivery(delivery)).collect()
    }

    async fn task(&self, task: Task, invocation: &Invocation, log: LogContext<'_>) -> HandlerOutput {
        let left = invocation.time_left();
        let timed_out = |_| Error::Unavailable(format!("timed out after {} ms", left.as_millis()));
        let mut lines = Vec::new();
        let executed = tokio::time::timeout(left, self.execute_task(task, log, &mut lines)).await;
        let result = executed.map_err(timed_out).and_then(|result| result);
        let is_failed = result.is_err();
        lines.extend(result.err().map(|error| log.task_failed(&error)));
        HandlerOutput { response: Value::Null, log_lines: lines, is_failed }
    }

    async fn execute_task(&self, task: Task, log: LogContext<'_>, lines: &mut Vec<Value>) -> Result<(), Error> {
        let values = values(self.parameters.load(log.now_ms).await, log, lines)?;
        match task {
            Task::Outbox => {
                let run = RunId::generate().map_err(|error| Error::Internal(error.to_string()))?;
                let context =
                    Context { config: &values.config, key: values.key.as_ref(), run: &run, now_s: log.now_s() };
                let deliveries = self.outbox.run(context).await?;
                lines.extend(deliveries.iter().map(|delivery| log.delivery(delivery)));
                Ok(())
            }
            Task::Feedback(Feedback { kind, addresses }) => {
                let key = values.key.ok_or_else(|| Error::Unavailable("links/key is missing".to_owned()))?;
                for address in addresses {
                    self.store.suppress(&key.hash(&address), log.now_s()).await?;
                }
                lines.push(log.feedback(kind));
                Ok(())
            }
        }
    }
}

/// The link if it can be opened, else why not; `None` for an unknown link.
fn active(link: Option<LinkRow>, now_s: u64) -> Result<LinkRow, Option<LinkState>> {
    let link = link.ok_or(None)?;
    match link.state(now_s) {
        LinkState::Active => Ok(link),
        state => Err(Some(state)),
    }
}

/// The values, after the failure of their refresh is logged.
fn values(loaded: Loaded, log: LogContext<'_>, lines: &mut Vec<Value>) -> Result<Values, Error> {
    lines.extend(loaded.failure.map(|error| log.refresh_failed(&error)));
    loaded.values.ok_or_else(|| Error::Unavailable("no recent configuration or key".to_owned()))
}

fn site_of(caller: &Caller) -> Result<&Origin, Error> {
    let missing = || Error::Internal(format!("{} is missing or malformed", vitae_parameters::header::SITE));
    caller.site.as_ref().ok_or_else(missing)
}

/// A signed URL of a document on the caller's site.
fn sign(values: &Values, site: &Origin, document: &Document, now_ms: u64) -> Result<Signed, Error> {
    let expires_s = values.config.cv.expires_s(now_ms);
    let url = format!("{}{}", site.as_str(), document.path());
    let url = Expires::from_epoch_seconds(expires_s)
        .and_then(|expires| values.signer.sign_url_canned(&url, expires, &mut SysRng))
        .map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Signed { url, expires_s })
}
