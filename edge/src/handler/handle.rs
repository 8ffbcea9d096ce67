//! Handles one request: decides, and executes the decision.

use serde_json::{Value, json};
use vitae_parameters::{Gate, PreferredType, Problem};
use vitae_signer::Error as SignerError;
use vitae_signer::rand_core::TryCryptoRng;

use super::Handler;
use crate::configuration::{Configuration, Settings};
use crate::count;
use crate::decision::{Decision, FetchSite, Origin, PolicyInput};
use crate::event::{Event, Malformed};
use crate::host::OwnHost;
use crate::link::{Link, LinkRequest};
use crate::response::Response;
use crate::route::{Method, Route, Target, is_below_links};
use crate::{inbox, log, named_link, preflight};

/// What the function returns for an event, and the log line of a rejection.
pub(super) struct Reply {
    /// `None` if the request waits for the refresh.
    pub(super) result: Option<Value>,
    pub(super) log: Option<Value>,
}

/// A request that was accepted.
enum Success {
    /// CloudFront forwards the event's request, which the handler has changed, to a regional function.
    Forward,
    Respond(Response),
}

/// Why a request was not served.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    Problem(Problem),
    MethodNotAllowed(&'static Route),
    Malformed(Malformed),
    Signing(SignerError),
    /// The configuration is missing or too old.
    Unavailable,
}

impl From<Problem> for Rejection {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Malformed> for Rejection {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl Rejection {
    fn problem(&self) -> Problem {
        match self {
            Self::Problem(problem) => *problem,
            Self::MethodNotAllowed(_) => Problem::MethodNotAllowed,
            Self::Malformed(_) | Self::Signing(_) => Problem::Internal,
            Self::Unavailable => Problem::ConfigUnavailable,
        }
    }
}

/// The parts of a request that are read before the handler changes its event.
struct Request {
    route: Option<&'static Route>,
    method: Method,
    preferred_type: PreferredType,
    /// Whether a person may be navigating to it: a link to the CV, a named link, or the form that requests one.
    is_page: bool,
    /// The request's origin, if it is allowed. A page of that origin may read the response.
    origin: Option<String>,
    decision: Decision,
}

impl Request {
    fn new(event: &Event, settings: Option<Settings<'_>>) -> Self {
        let origins = settings.map(|settings| settings.origins).unwrap_or_default();
        let input = PolicyInput {
            route: Route::find(event.uri()),
            method: Method::parse(event.method()),
            origin: Origin::from_field(&event.header("origin"), origins),
            fetch_site: FetchSite::from_field(&event.header("sec-fetch-site")),
            preferred_type: PreferredType::from_ranges(event.header("accept").elements()),
            cross_site: settings.is_some_and(|settings| settings.config.mint.cross_site),
        };
        let (PolicyInput { route, method, preferred_type, .. }, decision) = (input, input.decide());
        let origin = input.origin.allowed().map(str::to_owned);
        let target = route.and_then(|route| route.endpoint(method)).map(|endpoint| endpoint.target);
        let is_page = target == Some(Target::SignLink) || is_below_links(event.uri());
        Self { route, method, preferred_type, is_page, origin, decision }
    }

    /// Whether the problem is shown as a page: if a browser navigates, except on an unknown host, which does not have the
    /// page.
    fn wants_page(&self, problem: Problem) -> bool {
        self.is_page && self.preferred_type == PreferredType::Html && problem != Problem::HostUnknown
    }

    fn finish(&self, response: Response) -> Value {
        let response = response.with_allowed_origin(self.origin.as_deref());
        if self.method == Method::Head { response.without_body() } else { response }.into_json()
    }
}

impl Handler {
    /// Decides and executes the decision. If `may_wait` is true and the configuration is unavailable, the reply has no result,
    /// and the caller calls again after the refresh.
    pub(super) fn handle_event(
        &mut self,
        mut event: Event,
        now_ms: u64,
        may_wait: bool,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Reply {
        let request = Request::new(&event, self.configuration.settings(now_ms));
        let rejection = match self.execute(&request, &mut event, now_ms, rng) {
            Ok(Success::Forward) => return Reply { result: Some(event.into_request()), log: None },
            Ok(Success::Respond(response)) => return Reply { result: Some(request.finish(response)), log: None },
            Err(Rejection::Unavailable) if may_wait => return Reply { result: None, log: None },
            Err(rejection) => rejection,
        };
        let problem = rejection.problem();
        let mut response =
            if request.wants_page(problem) { Response::problem_page(problem) } else { Response::problem(problem) };
        if let Rejection::MethodNotAllowed(route) = rejection {
            response = response.with_header("Allow", route.allow());
        }
        let line = match rejection {
            Rejection::Malformed(malformed) => log::malformed_event(malformed, now_ms),
            Rejection::Signing(error) => log::signing_failed(&error, now_ms),
            Rejection::Problem(_) | Rejection::MethodNotAllowed(_) | Rejection::Unavailable => {
                log::request_rejected(problem, request.route, request.method, &event, now_ms)
            }
        };
        Reply { result: Some(request.finish(response)), log: Some(line) }
    }

    fn execute(
        &mut self,
        request: &Request,
        event: &mut Event,
        now_ms: u64,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Success, Rejection> {
        let origin = request.origin.as_deref();
        match request.decision {
            Decision::NotFound => Err(Problem::NotFound.into()),
            Decision::MethodNotAllowed(route) => Err(Rejection::MethodNotAllowed(route)),
            Decision::OriginNotAllowed => {
                own_host(&self.configuration, event, now_ms)?;
                Err(Problem::OriginNotAllowed.into())
            }
            Decision::Preflight(route) => {
                own_host(&self.configuration, event, now_ms)?;
                let method = event.header("access-control-request-method");
                let headers = event.header("access-control-request-headers");
                Ok(Success::Respond(preflight::respond(route, &method, &headers)?))
            }
            Decision::Accept(Target::ReadCount) => {
                own_host(&self.configuration, event, now_ms)?;
                count::prepare_read(event, origin)?;
                Ok(Success::Forward)
            }
            Decision::Accept(Target::CountVisit) => {
                own_host(&self.configuration, event, now_ms)?;
                count::prepare_visit(event, origin)?;
                Ok(Success::Forward)
            }
            Decision::Accept(Target::SignLink) => {
                let OwnHost { scheme, host } = own_host(&self.configuration, event, now_ms)?;
                let settings = self.configuration.link_settings(now_ms).ok_or(Rejection::Unavailable)?;
                if settings.gate == Gate::Request {
                    return Err(Problem::RequestRequired.into());
                }
                let link = LinkRequest { scheme, host, settings };
                let link = link.sign(now_ms, &mut self.links, rng).map_err(Rejection::Signing)?;
                Ok(Success::Respond(respond_with_link(link, request.preferred_type)))
            }
            Decision::Accept(Target::ShowLink) => {
                let site = own_host(&self.configuration, event, now_ms)?.to_string();
                named_link::prepare_read(event, &site, origin);
                Ok(Success::Forward)
            }
            Decision::Accept(Target::OpenLink | Target::RequestLink) => {
                let site = own_host(&self.configuration, event, now_ms)?.to_string();
                named_link::prepare_post(event, &site, origin)?;
                Ok(Success::Forward)
            }
            Decision::Accept(Target::CreateUpload) => {
                own_host(&self.configuration, event, now_ms)?;
                inbox::prepare_create(event, origin)?;
                Ok(Success::Forward)
            }
            Decision::Accept(Target::ShowUpload) => {
                own_host(&self.configuration, event, now_ms)?;
                inbox::prepare_status(event, origin);
                Ok(Success::Forward)
            }
        }
    }
}

/// Checks that the request's host is one of the site's names, and returns it. Without a configuration these names are unknown,
/// which is [`Rejection::Unavailable`] and not an unknown host. A request for an unknown path or with another method is
/// rejected without this check.
fn own_host<'a>(configuration: &'a Configuration, event: &'a Event, now_ms: u64) -> Result<OwnHost<'a>, Rejection> {
    let settings = configuration.settings(now_ms).ok_or(Rejection::Unavailable)?;
    let distribution = event.distribution_domain_name();
    Ok(OwnHost::find(&event.header("host"), &settings, distribution).ok_or(Problem::HostUnknown)?)
}

/// A script gets the link as JSON; a navigation is redirected to it.
fn respond_with_link(link: Link, preferred_type: PreferredType) -> Response {
    if preferred_type == PreferredType::Json {
        Response::json(&json!({"url": link.url, "expires": link.expires}))
    } else {
        Response::see_other(link.url)
    }
}
