//! The last valid value of each parameter, and when it was requested.

use core::fmt;

use sha2::{Digest, Sha256};
use vitae_signer::Signer;

use super::SignerSetup;
use super::get_parameters_response::{GetParametersResponse, Lookup};
use vitae_parameters::{Config, EDGE_PARAMETERS, Error, Origin, Parameter, Prefix, SignerParameter, between_ms};

/// The reason for rejecting a key that was valid here, and that the host did not accept.
const BACKEND_KEY: &str = "backend_key";

#[derive(Debug, Default)]
pub(super) struct Values {
    config: Option<Timestamped<Config>>,
    prod: Option<Timestamped<Origin>>,
    dev: Option<Timestamped<Origin>>,
    signer: Option<Timestamped<Active>>,
    generation: u64,
    setup: SignerSetup,
}

#[derive(Debug)]
struct Timestamped<T> {
    value: T,
    requested_at_ms: u64,
}

#[derive(Debug)]
struct Active {
    signer: Signer,
    /// The hash of the parameter's text, so that an unchanged key is not parsed and checked every minute.
    digest: [u8; 32],
}

/// A parameter whose value was rejected. The reason is a code for the log and contains nothing of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RejectedValue {
    pub(crate) parameter: Parameter,
    pub(crate) reason: &'static str,
}

impl fmt::Display for RejectedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.parameter, self.reason)
    }
}

impl<T> Timestamped<T> {
    fn younger_than(&self, age_ms: u64, now_ms: u64) -> Option<&T> {
        (between_ms(self.requested_at_ms, now_ms) <= age_ms).then_some(&self.value)
    }
}

impl Values {
    /// No values, and what is done with each new signer.
    pub(super) fn new(setup: SignerSetup) -> Self {
        Self { setup, ..Self::default() }
    }

    /// Applies every valid value of a response. Each is checked completely before it replaces the old one.
    pub(super) fn apply(
        &mut self,
        prefix: &Prefix,
        response: &GetParametersResponse,
        requested_at_ms: u64,
    ) -> Vec<RejectedValue> {
        let mut rejected = Vec::new();
        for parameter in EDGE_PARAMETERS {
            let name = prefix.name(parameter);
            let reason = match response.get(&name) {
                Lookup::Value(text) => self.set(parameter, text, requested_at_ms).err(),
                Lookup::Missing => self.clear(parameter).err(),
                Lookup::Unmentioned => Some("unmentioned"),
            };
            rejected.extend(reason.map(|reason| RejectedValue { parameter, reason }));
        }
        rejected
    }

    /// Sets a value, or returns the code of the reason why it is rejected.
    fn set(&mut self, parameter: Parameter, text: &str, requested_at_ms: u64) -> Result<(), &'static str> {
        let code = |error: Error| error.code();
        match parameter {
            Parameter::Config => {
                self.config = Some(Timestamped { value: Config::parse(text).map_err(code)?, requested_at_ms });
            }
            Parameter::OriginProd => {
                self.prod = Some(Timestamped { value: Origin::parse_prod(text).map_err(code)?, requested_at_ms });
            }
            Parameter::OriginDev => {
                self.dev = Some(Timestamped { value: Origin::parse(text).map_err(code)?, requested_at_ms });
            }
            Parameter::SignerActive => self.set_signer(text, requested_at_ms)?,
            // The edge does not request these.
            Parameter::LinksKey
            | Parameter::SignerPending
            | Parameter::SignerNext
            | Parameter::SignerState
            | Parameter::SignerStatus => {}
        }
        Ok(())
    }

    fn set_signer(&mut self, text: &str, requested_at_ms: u64) -> Result<(), &'static str> {
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        match &mut self.signer {
            Some(held) if held.value.digest == digest => held.requested_at_ms = requested_at_ms,
            held => {
                let signer = SignerParameter::parse(text).map_err(|error| error.code())?.into_signer();
                let signer = self.setup.apply(signer).map_err(|_| BACKEND_KEY)?;
                *held = Some(Timestamped { value: Active { signer, digest }, requested_at_ms });
                self.generation += 1;
            }
        }
        Ok(())
    }

    /// A deleted optional parameter is removed at once; a required one is kept until it expires.
    fn clear(&mut self, parameter: Parameter) -> Result<(), &'static str> {
        match parameter {
            Parameter::OriginProd => self.prod = None,
            Parameter::OriginDev => self.dev = None,
            _ => return Err("missing"),
        }
        Ok(())
    }

    /// The age of the older required value; `None` if one is missing.
    pub(super) fn required_age_ms(&self, now_ms: u64) -> Option<u64> {
        let (config, signer) = (self.config.as_ref()?, self.signer.as_ref()?);
        Some(between_ms(config.requested_at_ms, now_ms).max(between_ms(signer.requested_at_ms, now_ms)))
    }

    pub(super) fn config(&self, now_ms: u64, age_ms: u64) -> Option<&Config> {
        self.config.as_ref()?.younger_than(age_ms, now_ms)
    }

    pub(super) fn prod(&self, now_ms: u64, age_ms: u64) -> Option<&Origin> {
        self.prod.as_ref()?.younger_than(age_ms, now_ms)
    }

    pub(super) fn dev(&self, now_ms: u64, age_ms: u64) -> Option<&Origin> {
        self.dev.as_ref()?.younger_than(age_ms, now_ms)
    }

    pub(super) fn signer(&self, now_ms: u64, age_ms: u64) -> Option<&Signer> {
        self.signer.as_ref()?.younger_than(age_ms, now_ms).map(|active| &active.signer)
    }

    /// Changes with every change of the signer.
    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) fn key_pair_id(&self) -> Option<String> {
        self.signer.as_ref().map(|held| held.value.signer.key_pair_id().to_string())
    }
}
