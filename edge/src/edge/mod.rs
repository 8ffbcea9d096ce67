//! The viewer-request handler.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod documented_shapes;
mod handle;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use vitae_signer::rand_core::TryCryptoRng;

use crate::answer::Problem;
use crate::bundle::Bundle;
use crate::configuration::{Acceptance, Configuration, Credentials, Failure, Freshness, HttpRequest, SignError};
use crate::event::Event;
use crate::log;
use crate::mint::Minted;
use handle::Handled;

/// The edge function of one environment: its configuration and the links it remembers. Times are milliseconds since
/// 1970 and given; one request uses one time.
#[derive(Debug)]
pub struct Edge {
    bundle: Bundle,
    configuration: Configuration,
    minted: Minted,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The request that goes on, or the answer; `None` if the refresh that is under way must end first.
    pub result: Option<Value>,
    /// Whether a refresh is to be started, now, by the caller.
    pub refresh: bool,
    /// Until when this is the answer to the same question, in milliseconds since 1970, unless Parameter Store is heard of
    /// before. The question is the method, the path, the distribution and [`Edge::DECIDING_HEADERS`]. `None` for what
    /// depends on more, such as a visit.
    pub holds_until_ms: Option<u64>,
    /// Lines for the log.
    pub log: Vec<Value>,
}

/// What became of an answer of Parameter Store.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// Whether all that is required was there and good.
    pub accepted: bool,
    /// Lines for the log.
    pub log: Vec<Value>,
}

impl Accepted {
    fn of(acceptance: &Acceptance, asked_at_ms: u64) -> Self {
        Self { accepted: acceptance.accepted, log: log::acceptance(acceptance, asked_at_ms) }
    }
}

impl Edge {
    /// All headers that an answer which holds depends on.
    pub const DECIDING_HEADERS: [&str; 6] = [
        "accept",
        "access-control-request-headers",
        "access-control-request-method",
        "host",
        "origin",
        "sec-fetch-site",
    ];

    /// An edge that knows nothing yet. `jitter`, from 0 to 1, spreads the refreshes of environments that started
    /// together.
    #[must_use]
    pub fn new(bundle: Bundle, jitter: f64) -> Self {
        Self { bundle, configuration: Configuration::new(jitter), minted: Minted::default() }
    }

    /// The answer to a request whose handling trapped: the caller gives it, for nothing else can be asked then.
    #[must_use]
    pub fn internal_answer() -> Value {
        Problem::Internal.answer().into_response()
    }

    /// The line for the log that says why the instance was replaced.
    #[must_use]
    pub fn instance_replaced(reason: &str, now_ms: u64) -> Value {
        log::instance_replaced(reason, now_ms)
    }

    /// Starts a refresh, if one is due and none is under way.
    pub fn start_refresh(&mut self, now_ms: u64) -> bool {
        self.configuration.start_refresh(now_ms)
    }

    /// The request for Parameter Store, signed for `now_ms`.
    ///
    /// # Errors
    /// [`SignError`] if there are no credentials or the endpoint is no URL.
    pub fn get_parameters_request(
        &self,
        credentials: &Credentials<'_>,
        endpoint_url: Option<&str>,
        now_ms: u64,
    ) -> Result<HttpRequest, SignError> {
        Configuration::request(&self.bundle, credentials, endpoint_url, now_ms)
    }

    /// Takes in the answer to the refresh that was started at `asked_at_ms`. Good values replace old ones, each by
    /// itself; what is refused is logged without its value.
    pub fn accept_parameters(&mut self, status: u16, body: &str, asked_at_ms: u64) -> Accepted {
        let acceptance = self.configuration.accept(&self.bundle, status, body, asked_at_ms);
        Accepted::of(&acceptance, asked_at_ms)
    }

    /// Notes that the refresh that was started at `asked_at_ms` got no answer, for this reason: one word.
    pub fn refresh_failed(&mut self, reason: &str, asked_at_ms: u64) -> Accepted {
        let acceptance = self.configuration.fail(Failure::network(reason), asked_at_ms);
        Accepted::of(&acceptance, asked_at_ms)
    }

    /// `fresh`, `stale`, `expired` or `none`.
    #[must_use]
    pub fn freshness(&self, now_ms: u64) -> &'static str {
        match self.configuration.freshness(now_ms) {
            Freshness::Fresh => "fresh",
            Freshness::Stale => "stale",
            Freshness::Expired => "expired",
            Freshness::None => "none",
        }
    }

    /// An event of nobody's, to be handled before the first visitor comes: a link is minted for it, so tables are built,
    /// code is compiled, and the first window is signed. `None` if none can be minted.
    #[must_use]
    pub fn rehearsal(&self, now_ms: u64) -> Option<Value> {
        self.configuration.minting(now_ms)?;
        let host = self.configuration.settings(now_ms)?.config.names.first()?;
        let headers = json!({
            "accept": [{"value": "application/json"}],
            "host": [{"value": host}],
            "sec-fetch-site": [{"value": "none"}],
        });
        let request = json!({"method": "GET", "uri": "/api/cv", "querystring": "", "headers": headers});
        Some(json!({"Records": [{"cf": {"config": {"eventType": "viewer-request"}, "request": request}}]}))
    }

    /// Handles a viewer-request event. While `may_wait`, a request that a refresh under way could help has no result
    /// yet: it is to be handled again, once, when the refresh has ended or the caller's patience has.
    pub fn handle(
        &mut self,
        event_json: &str,
        now_ms: u64,
        may_wait: bool,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Outcome {
        let refresh = self.configuration.start_refresh(now_ms);
        let may_wait = may_wait && self.configuration.is_refreshing(now_ms);
        let handled = match Event::parse(event_json) {
            Ok(event) => self.handle_event(event, now_ms, may_wait, rng),
            Err(malformed) => Handled::refused(Self::internal_answer(), log::malformed(malformed, now_ms)),
        };
        let fresh_until_ms = self.configuration.fresh_until_ms(now_ms);
        Outcome {
            result: handled.result,
            refresh,
            holds_until_ms: fresh_until_ms.zip(handled.holds_until_ms).map(|(fresh, holds)| fresh.min(holds)),
            log: handled.log.into_iter().collect(),
        }
    }
}
