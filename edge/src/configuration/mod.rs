//! What the edge knows from Parameter Store, how old it is, and when to ask again. All of it is a state machine over
//! times that are given.
//!
//! Every value ages by itself, from the moment it was *asked for*: an environment may be frozen between request and
//! answer, and an answer that thaws hours later must not pass for new. A refused value leaves the old one in place and
//! does not make it younger, so that a broken `origins/dev` costs that origin alone, and a broken `signer/active` ends
//! minting only at the hard age.

mod ages;
mod get_parameters;
mod refresh;
mod response;
mod sigv4;
#[cfg(test)]
mod tests;
mod values;

use vitae_signer::Signer;

pub use get_parameters::{Credentials, HttpRequest, SignError};

pub(crate) use ages::Freshness;
pub(crate) use response::Failure;
pub(crate) use values::Refused;

use crate::allowed_origins::AllowedOrigins;
use crate::bundle::Bundle;
use refresh::Refresh;
use response::Answered;
use values::Values;
use vitae_parameters::{Config, Cv, MAX_STALE_MS, ORIGINS_MAX_STALE_MS};

/// The configuration of one environment.
#[derive(Debug)]
pub(crate) struct Configuration {
    values: Values,
    refresh: Refresh,
    soft_age_ms: u64,
}

/// What an answer of Parameter Store did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Acceptance {
    /// Everything that is required was there and good.
    pub(crate) accepted: bool,
    /// What was refused.
    pub(crate) refused: Vec<Refused>,
    /// Why there is no answer to speak of.
    pub(crate) failure: Option<Failure>,
    /// The key pair id that is now signed with, if it is a new one.
    pub(crate) new_key_pair_id: Option<String>,
}

/// What the origin check goes by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings<'a> {
    pub(crate) config: &'a Config,
    pub(crate) origins: AllowedOrigins<'a>,
}

/// What minting goes by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Minting<'a> {
    pub(crate) cv: &'a Cv,
    pub(crate) signer: &'a Signer,
    pub(crate) generation: u64,
}

impl Configuration {
    /// Nothing yet. `jitter`, from 0 to 1, spreads the refreshes of environments that started together.
    pub(crate) fn new(jitter: f64) -> Self {
        Self { values: Values::default(), refresh: Refresh::default(), soft_age_ms: ages::jittered(jitter) }
    }

    /// The request that asks for everything.
    pub(crate) fn request(
        bundle: &Bundle,
        credentials: &Credentials<'_>,
        endpoint_url: Option<&str>,
        now_ms: u64,
    ) -> Result<HttpRequest, SignError> {
        get_parameters::request(bundle, credentials, endpoint_url, now_ms)
    }

    /// Takes in the answer to the refresh that was started at `asked_at_ms`, whenever it came.
    pub(crate) fn accept(&mut self, bundle: &Bundle, status: u16, body: &str, asked_at_ms: u64) -> Acceptance {
        if !self.refresh.is_latest(asked_at_ms) {
            return self.fail(Failure::Superseded, asked_at_ms);
        }
        let answered = match Answered::read(status, body) {
            Ok(answered) => answered,
            Err(failure) => return self.fail(failure, asked_at_ms),
        };
        let before = self.values.generation();
        let refused = self.values.take(&bundle.prefix, &answered, asked_at_ms);
        let accepted = !refused.iter().any(|refused| refused.parameter.is_required());
        self.refresh.end(asked_at_ms, accepted);
        let new_key_pair_id = (self.values.generation() != before).then(|| self.values.key_pair_id()).flatten();
        Acceptance { accepted, refused, failure: None, new_key_pair_id }
    }

    /// Notes that there was no answer.
    pub(crate) fn fail(&mut self, failure: Failure, asked_at_ms: u64) -> Acceptance {
        let failure = if self.refresh.is_latest(asked_at_ms) { failure } else { Failure::Superseded };
        self.refresh.end(asked_at_ms, false);
        Acceptance { failure: Some(failure), ..Acceptance::default() }
    }

    /// How old what is required is.
    pub(crate) fn freshness(&self, now_ms: u64) -> Freshness {
        Freshness::of(self.values.required_age_ms(now_ms), self.soft_age_ms)
    }

    /// Until when what is known now is fresh: what it decided is decided alike until then. `None` if it is not fresh. An
    /// optional origin that was refused for a day may so be allowed for one soft age more.
    pub(crate) fn fresh_until_ms(&self, now_ms: u64) -> Option<u64> {
        let left_ms = self.soft_age_ms.checked_sub(self.values.required_age_ms(now_ms)?)?;
        Some(now_ms.saturating_add(left_ms))
    }

    /// Whether a refresh is to be started now. It then counts as started.
    pub(crate) fn start_refresh(&mut self, now_ms: u64) -> bool {
        self.freshness(now_ms) != Freshness::Fresh && self.refresh.start(now_ms)
    }

    /// Whether a refresh is under way that may still be answered.
    pub(crate) fn is_refreshing(&self, now_ms: u64) -> bool {
        self.refresh.is_under_way(now_ms)
    }

    /// For the origin check; `None` if there never was a good `config`, or not for a day.
    pub(crate) fn settings(&self, now_ms: u64) -> Option<Settings<'_>> {
        let config = self.values.config(now_ms, ORIGINS_MAX_STALE_MS)?;
        let origins = AllowedOrigins {
            names: &config.names,
            prod: self.values.prod(now_ms, ORIGINS_MAX_STALE_MS),
            dev: self.values.dev(now_ms, ORIGINS_MAX_STALE_MS).filter(|_| config.dev_origin),
        };
        Some(Settings { config, origins })
    }

    /// For minting; `None` if key or config is older than the hard age.
    pub(crate) fn minting(&self, now_ms: u64) -> Option<Minting<'_>> {
        let config = self.values.config(now_ms, MAX_STALE_MS)?;
        let signer = self.values.signer(now_ms, MAX_STALE_MS)?;
        Some(Minting { cv: &config.cv, signer, generation: self.values.generation() })
    }
}
