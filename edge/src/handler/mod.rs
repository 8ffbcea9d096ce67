//! The viewer-request handler.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod documented_shapes;
mod handle;
#[cfg(test)]
mod named_links;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod signature_backend;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod uploads;

use serde_json::{Value, json};
use vitae_parameters::{Freshness, Gate, Problem};
use vitae_signer::rand_core::TryCryptoRng;

use crate::bundle_config::BundleConfig;
use crate::configuration::{Configuration, Credentials, Failure, HttpRequest, SignError, SignerSetup, Update};
use crate::event::Event;
use crate::link::LinkCache;
use crate::log;
use crate::response::Response;
pub(crate) use handle::Rejection;
use handle::Reply;

/// The edge function of one environment: its configuration and the links that it has signed. Times are milliseconds since
/// 1970 and are arguments; one request uses one time.
#[derive(Debug)]
pub struct Handler {
    bundle: BundleConfig,
    configuration: Configuration,
    links: LinkCache,
}

/// The output for one event.
#[derive(Clone, Debug, PartialEq)]
pub struct HandlerOutput {
    /// The request to forward, or a response; `None` if the refresh that is in progress must end first.
    pub result: Option<Value>,
    /// Whether the caller must start a refresh now.
    pub refresh: bool,
    /// Log lines.
    pub log: Vec<Value>,
}

/// The result of a refresh.
#[derive(Clone, Debug, PartialEq)]
pub struct RefreshResult {
    /// Whether every required parameter was present and valid.
    pub accepted: bool,
    /// Log lines.
    pub log: Vec<Value>,
}

impl RefreshResult {
    fn new(update: &Update, started_at_ms: u64) -> Self {
        Self { accepted: update.accepted, log: log::update(update, started_at_ms) }
    }
}

impl Handler {
    /// A handler without a configuration. `jitter`, from 0 to 1, spreads the refreshes of environments that started
    /// together.
    #[must_use]
    pub fn new(bundle: BundleConfig, jitter: f64) -> Self {
        Self::with_signer_setup(bundle, jitter, SignerSetup::default())
    }

    /// As [`Handler::new`]; `setup` decides what computes the signatures.
    #[must_use]
    pub fn with_signer_setup(bundle: BundleConfig, jitter: f64, setup: SignerSetup) -> Self {
        Self { bundle, configuration: Configuration::new(jitter, setup), links: LinkCache::default() }
    }

    /// The response to a request whose handling trapped. It does not depend on the instance.
    #[must_use]
    pub fn internal_error() -> Value {
        Response::problem(Problem::Internal).into_json()
    }

    /// The log line of a replaced instance.
    #[must_use]
    pub fn instance_replaced(reason: &str, now_ms: u64) -> Value {
        log::instance_replaced(reason, now_ms)
    }

    /// Starts a refresh, if one is due and none is in progress.
    pub fn start_refresh(&mut self, now_ms: u64) -> bool {
        self.configuration.start_refresh(now_ms)
    }

    /// The request for Parameter Store, signed for `now_ms`.
    ///
    /// # Errors
    /// [`SignError`] if the credentials are missing or the endpoint is not a URL.
    pub fn get_parameters_request(
        &self,
        credentials: &Credentials<'_>,
        endpoint_url: Option<&str>,
        now_ms: u64,
    ) -> Result<HttpRequest, SignError> {
        Configuration::request(&self.bundle, credentials, endpoint_url, now_ms)
    }

    /// Applies the response to the refresh that was started at `started_at_ms`. Each valid value replaces the old one; a
    /// rejected one is logged without its value.
    pub fn accept_parameters(&mut self, status: u16, body: &str, started_at_ms: u64) -> RefreshResult {
        let update = self.configuration.accept(&self.bundle, status, body, started_at_ms);
        RefreshResult::new(&update, started_at_ms)
    }

    /// Records that the refresh that was started at `started_at_ms` got no response, with a one-word reason.
    pub fn refresh_failed(&mut self, reason: &str, started_at_ms: u64) -> RefreshResult {
        let update = self.configuration.fail(Failure::network(reason), started_at_ms);
        RefreshResult::new(&update, started_at_ms)
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

    /// A synthetic event that warms the handler up before the first request: it signs a link, so that tables are built, code
    /// is compiled and the first window is signed. `None` if no link can be signed yet, or the CV is sent on request only.
    #[must_use]
    pub fn warm_up_event(&self, now_ms: u64) -> Option<Value> {
        self.configuration.link_settings(now_ms).filter(|settings| settings.gate == Gate::Open)?;
        let host = self.configuration.settings(now_ms)?.config.names.first()?;
        let headers = json!({
            "accept": [{"value": "application/json"}],
            "host": [{"value": host}],
            "sec-fetch-site": [{"value": "none"}],
        });
        let request = json!({"method": "GET", "uri": "/api/cv", "querystring": "", "headers": headers});
        Some(json!({"Records": [{"cf": {"config": {"eventType": "viewer-request"}, "request": request}}]}))
    }

    /// Handles a viewer-request event. While `may_wait`, a request that the refresh in progress could help has no result:
    /// handle it again, once, when the refresh has ended or timed out.
    pub fn handle(
        &mut self,
        event_json: &str,
        now_ms: u64,
        may_wait: bool,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> HandlerOutput {
        let refresh = self.configuration.start_refresh(now_ms);
        let may_wait = may_wait && self.configuration.is_refreshing(now_ms);
        let reply = match Event::parse(event_json) {
            Ok(event) => self.handle_event(event, now_ms, may_wait, rng),
            Err(malformed) => {
                Reply { result: Some(Self::internal_error()), log: Some(log::malformed_event(malformed, now_ms)) }
            }
        };
        HandlerOutput { result: reply.result, refresh, log: reply.log.into_iter().collect() }
    }
}
