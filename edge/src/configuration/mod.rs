//! The configuration from Parameter Store: its values, their ages, and when to refresh them. A state machine over times
//! that are arguments.
//!
//! Each value has its own age, which counts from the *request*: an environment may be frozen between request and response,
//! and a response that thaws hours later must not count as new. A rejected value leaves the old one in place and does not
//! renew its age. So an invalid `origins/dev` costs that origin only, and an invalid `signer/active` stops links only when
//! the old value has expired.

mod get_parameters;
mod get_parameters_response;
mod signer_setup;
mod sigv4;
#[cfg(test)]
mod tests;
mod values;

use vitae_signer::Signer;

pub use get_parameters::{Credentials, HttpRequest, SignError};
pub use signer_setup::SignerSetup;

pub(crate) use get_parameters_response::Failure;

use crate::allowed_origins::AllowedOrigins;
use crate::bundle_config::BundleConfig;
use get_parameters_response::GetParametersResponse;
use values::{RejectedValue, Values};
use vitae_parameters::{Config, Cv, Freshness, Gate, MAX_STALE_MS, ORIGINS_MAX_STALE_MS, Refresh, fresh_ms};

/// The configuration of one environment.
#[derive(Debug)]
pub(crate) struct Configuration {
    values: Values,
    refresh: Refresh,
    /// How long a value is fresh in this environment.
    fresh_ms: u64,
}

/// The effect of a refresh.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Update {
    /// Whether every required parameter was present and valid.
    pub(crate) accepted: bool,
    /// The values that were rejected.
    pub(crate) rejected: Vec<RejectedValue>,
    /// Why the refresh failed, if it did.
    pub(crate) failure: Option<Failure>,
    /// The id of the key that is active now, if it is a new one.
    pub(crate) new_key_pair_id: Option<String>,
}

/// What the origin check depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings<'a> {
    pub(crate) config: &'a Config,
    pub(crate) origins: AllowedOrigins<'a>,
}

/// What a link depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinkSettings<'a> {
    pub(crate) cv: &'a Cv,
    pub(crate) signer: &'a Signer,
    pub(crate) gate: Gate,
    /// Changes with every change of the signer.
    pub(crate) generation: u64,
}

impl Configuration {
    /// An empty configuration. `jitter`, from 0 to 1, spreads the refreshes of environments that started together.
    pub(crate) fn new(jitter: f64, setup: SignerSetup) -> Self {
        Self { values: Values::new(setup), refresh: Refresh::default(), fresh_ms: fresh_ms(jitter) }
    }

    /// The request for every parameter of the edge.
    pub(crate) fn request(
        bundle: &BundleConfig,
        credentials: &Credentials<'_>,
        endpoint_url: Option<&str>,
        now_ms: u64,
    ) -> Result<HttpRequest, SignError> {
        get_parameters::request(bundle, credentials, endpoint_url, now_ms)
    }

    /// Applies the response to the refresh that was started at `started_at_ms`.
    pub(crate) fn accept(&mut self, bundle: &BundleConfig, status: u16, body: &str, started_at_ms: u64) -> Update {
        if !self.refresh.is_latest(started_at_ms) {
            return self.fail(Failure::Superseded, started_at_ms);
        }
        let response = match GetParametersResponse::parse(status, body) {
            Ok(response) => response,
            Err(failure) => return self.fail(failure, started_at_ms),
        };
        let before = self.values.generation();
        let rejected = self.values.apply(&bundle.prefix, &response, started_at_ms);
        let accepted = !rejected.iter().any(|rejected| rejected.parameter.is_required());
        self.refresh.end(started_at_ms, accepted);
        let new_key_pair_id = (self.values.generation() != before).then(|| self.values.key_pair_id()).flatten();
        Update { accepted, rejected, failure: None, new_key_pair_id }
    }

    /// Records a failed refresh.
    pub(crate) fn fail(&mut self, failure: Failure, started_at_ms: u64) -> Update {
        let failure = if self.refresh.is_latest(started_at_ms) { failure } else { Failure::Superseded };
        self.refresh.end(started_at_ms, false);
        Update { failure: Some(failure), ..Update::default() }
    }

    /// The state of the required parameters.
    pub(crate) fn freshness(&self, now_ms: u64) -> Freshness {
        Freshness::from_age(self.values.required_age_ms(now_ms), self.fresh_ms)
    }

    /// Whether a refresh must start now. It then counts as started.
    pub(crate) fn start_refresh(&mut self, now_ms: u64) -> bool {
        self.freshness(now_ms) != Freshness::Fresh && self.refresh.start(now_ms)
    }

    /// Whether a refresh is in progress that may still succeed.
    pub(crate) fn is_refreshing(&self, now_ms: u64) -> bool {
        self.refresh.is_in_progress(now_ms)
    }

    /// For the origin check; `None` without a valid `config` of the last day.
    pub(crate) fn settings(&self, now_ms: u64) -> Option<Settings<'_>> {
        let config = self.values.config(now_ms, ORIGINS_MAX_STALE_MS)?;
        let origins = AllowedOrigins {
            names: &config.names,
            prod: self.values.prod(now_ms, ORIGINS_MAX_STALE_MS),
            dev: self.values.dev(now_ms, ORIGINS_MAX_STALE_MS).filter(|_| config.dev_origin),
        };
        Some(Settings { config, origins })
    }

    /// For links; `None` if key or config is expired.
    pub(crate) fn link_settings(&self, now_ms: u64) -> Option<LinkSettings<'_>> {
        let config = self.values.config(now_ms, MAX_STALE_MS)?;
        let signer = self.values.signer(now_ms, MAX_STALE_MS)?;
        Some(LinkSettings { cv: &config.cv, signer, gate: config.links.gate, generation: self.values.generation() })
    }
}
