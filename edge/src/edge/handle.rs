//! One request: the decision, and carrying it out.

use serde_json::Value;
use vitae_signer::Error as SignerError;
use vitae_signer::rand_core::TryCryptoRng;

use super::Edge;
use crate::accept::Wants;
use crate::answer::{Answer, Problem, Status};
use crate::configuration::{Configuration, Settings};
use crate::count::{self, Refusal};
use crate::decision::{Asked, Decision, Origin, Site};
use crate::event::{Event, Malformed};
use crate::host::OwnHost;
use crate::mint::{Link, Order};
use crate::route::{Method, Route};
use crate::{log, preflight};

/// What became of a request.
pub(super) struct Handled {
    /// `None` if it is to wait.
    pub(super) result: Option<Value>,
    /// Why it was refused.
    pub(super) log: Option<Value>,
    /// Until when it is the answer to the same question while the configuration is the same.
    pub(super) holds_until_ms: Option<u64>,
}

impl Handled {
    fn well(result: Value, holds_until_ms: Option<u64>) -> Self {
        Self { result: Some(result), log: None, holds_until_ms }
    }

    fn waiting() -> Self {
        Self { result: None, log: None, holds_until_ms: None }
    }

    /// A refusal never holds: each is logged.
    pub(super) fn refused(result: Value, line: Value) -> Self {
        Self { result: Some(result), log: Some(line), holds_until_ms: None }
    }
}

/// A request that went well.
enum Done {
    /// The event's request goes on to the cache and the counter.
    PassOn,
    Answer {
        answer: Answer,
        holds_until_ms: u64,
    },
}

/// A request that did not.
enum Stop {
    Problem(Problem),
    Malformed(Malformed),
    Signing(SignerError),
    /// What is known is too old, or nothing is known.
    Unavailable,
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Problem(problem) => Self::Problem(problem),
            Refusal::Malformed(malformed) => Self::Malformed(malformed),
        }
    }
}

/// The parts of a request that outlive its headers.
struct Request {
    route: Route,
    method: Method,
    wants: Wants,
    /// The allowed origin that it comes from, which may read the answer.
    origin: Option<String>,
    decision: Decision,
}

impl Request {
    fn of(event: &Event, settings: Option<Settings<'_>>) -> Self {
        let origins = settings.map(|settings| settings.origins).unwrap_or_default();
        let asked = Asked {
            route: Route::of(event.uri()),
            method: Method::of(event.method()),
            origin: Origin::of(&event.header("origin"), origins),
            site: Site::of(&event.header("sec-fetch-site")),
            wants: Wants::of(event.header("accept").elements()),
            cross_site: settings.is_some_and(|settings| settings.config.mint.cross_site),
        };
        let (Asked { route, method, wants, .. }, decision) = (asked, asked.decide());
        let origin = asked.origin.allowed().map(str::to_owned);
        Self { route, method, wants, origin, decision }
    }

    /// A person is looking, and there is a page of ours to send them to.
    fn is_of_a_person(&self, problem: Problem) -> bool {
        let reads = matches!(self.method, Method::Get | Method::Head);
        self.route == Route::Cv && reads && self.wants == Wants::Html && problem != Problem::HostUnknown
    }

    fn finish(&self, answer: Answer) -> Value {
        let answer = answer.allowing(self.origin.as_deref());
        if self.method == Method::Head { answer.without_body() } else { answer }.into_response()
    }
}

impl Edge {
    /// Decides and carries out.
    pub(super) fn handle_event(
        &mut self,
        mut event: Event,
        now_ms: u64,
        may_wait: bool,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Handled {
        let request = Request::of(&event, self.configuration.settings(now_ms));
        let stop = match self.carry_out(&request, &mut event, now_ms, rng) {
            Ok(Done::PassOn) => return Handled::well(event.into_request(), None),
            Ok(Done::Answer { answer, holds_until_ms }) => {
                return Handled::well(request.finish(answer), Some(holds_until_ms));
            }
            Err(Stop::Unavailable) if may_wait => return Handled::waiting(),
            Err(stop) => stop,
        };
        let refused = |problem| (problem, log::refused(problem, request.route, request.method, &event, now_ms));
        let (problem, line) = match stop {
            Stop::Problem(problem) => refused(problem),
            Stop::Unavailable => refused(Problem::ConfigUnavailable),
            Stop::Malformed(malformed) => (Problem::Internal, log::malformed(malformed, now_ms)),
            Stop::Signing(error) => (Problem::Internal, log::signing_failed(&error, now_ms)),
        };
        let answer = if request.is_of_a_person(problem) { problem.redirect() } else { problem.answer() };
        Handled::refused(request.finish(answer), line)
    }

    fn carry_out(
        &mut self,
        request: &Request,
        event: &mut Event,
        now_ms: u64,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Done, Stop> {
        let origin = request.origin.as_deref();
        match request.decision {
            Decision::NotFound => Err(Problem::NotFound.into()),
            Decision::MethodNotAllowed => Err(Problem::MethodNotAllowed(request.route.allow()).into()),
            Decision::OriginNotAllowed => {
                own_host(&self.configuration, event, now_ms)?;
                Err(Problem::OriginNotAllowed.into())
            }
            Decision::Preflight => {
                own_host(&self.configuration, event, now_ms)?;
                let method = event.header("access-control-request-method");
                let headers = event.header("access-control-request-headers");
                let answer = preflight::answer(request.route, &method, &headers)?;
                Ok(Done::Answer { answer, holds_until_ms: u64::MAX })
            }
            Decision::Read => {
                own_host(&self.configuration, event, now_ms)?;
                Ok(count::prepare_read(event, origin).map(|()| Done::PassOn)?)
            }
            Decision::Count => {
                own_host(&self.configuration, event, now_ms)?;
                Ok(count::prepare_visit(event, origin).map(|()| Done::PassOn)?)
            }
            Decision::Mint => {
                let OwnHost { scheme, host } = own_host(&self.configuration, event, now_ms)?;
                let minting = self.configuration.minting(now_ms).ok_or(Stop::Unavailable)?;
                let order = Order { scheme, host, minting };
                let link = order.fill(now_ms, &mut self.minted, rng).map_err(Stop::Signing)?;
                let holds_until_ms = link.same_until_ms(minting.cv);
                Ok(Done::Answer { answer: hand_over(&link, request.wants), holds_until_ms })
            }
        }
    }
}

/// The host, which must be ours before anything else of the request is looked at. Not knowing our names is no reason to
/// call a host unknown.
fn own_host<'a>(configuration: &'a Configuration, event: &'a Event, now_ms: u64) -> Result<OwnHost<'a>, Stop> {
    let settings = configuration.settings(now_ms).ok_or(Stop::Unavailable)?;
    let distribution = event.distribution_domain_name();
    Ok(OwnHost::of(&event.header("host"), &settings, distribution).ok_or(Problem::HostUnknown)?)
}

/// A script gets the link, a person's browser is sent to it.
fn hand_over(link: &Link, wants: Wants) -> Answer {
    if wants == Wants::Json {
        let body = serde_json::json!({"url": link.url, "expires": link.expires});
        Answer::new(Status::Ok).with_json("application/json", &body)
    } else {
        Answer::new(Status::SeeOther).with_header("Location", link.url.clone())
    }
}
