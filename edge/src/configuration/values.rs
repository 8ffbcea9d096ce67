//! The last good value of each parameter, and when it was asked for.

use core::fmt;

use sha2::{Digest, Sha256};
use vitae_signer::Signer;

use super::ages::between_ms;
use super::response::{Answered, Said};
use vitae_parameters::{Config, Error, Origin, Parameter, Prefix, SignerParameter};

#[derive(Debug, Default)]
pub(super) struct Values {
    config: Option<Dated<Config>>,
    prod: Option<Dated<Origin>>,
    dev: Option<Dated<Origin>>,
    signer: Option<Dated<Active>>,
    generation: u64,
}

#[derive(Debug)]
struct Dated<T> {
    value: T,
    asked_at_ms: u64,
}

#[derive(Debug)]
struct Active {
    signer: Signer,
    /// Of the parameter's text: an unchanged key need not be parsed and checked again every minute.
    digest: [u8; 32],
}

/// A parameter's value that was not taken. The reason is a word for the log, without the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) parameter: Parameter,
    pub(crate) reason: &'static str,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.parameter, self.reason)
    }
}

impl<T> Dated<T> {
    fn younger_than(&self, age_ms: u64, now_ms: u64) -> Option<&T> {
        (between_ms(self.asked_at_ms, now_ms) <= age_ms).then_some(&self.value)
    }
}

impl Values {
    /// Takes every good value of an answer; each is checked whole before it replaces the old one.
    pub(super) fn take(&mut self, prefix: &Prefix, answered: &Answered, asked_at_ms: u64) -> Vec<Refused> {
        let mut refused = Vec::new();
        for parameter in Parameter::OF_THE_EDGE {
            let name = prefix.name(parameter);
            let reason = match answered.of(&name) {
                Said::Value(text) => self.set(parameter, text, asked_at_ms).err().map(|error| error.code()),
                Said::Missing => self.clear(parameter).err(),
                Said::Nothing => Some("not_answered"),
            };
            refused.extend(reason.map(|reason| Refused { parameter, reason }));
        }
        refused
    }

    fn set(&mut self, parameter: Parameter, text: &str, asked_at_ms: u64) -> Result<(), Error> {
        match parameter {
            Parameter::Config => self.config = Some(Dated { value: Config::parse(text)?, asked_at_ms }),
            Parameter::OriginProd => self.prod = Some(Dated { value: Origin::parse_prod(text)?, asked_at_ms }),
            Parameter::OriginDev => self.dev = Some(Dated { value: Origin::parse(text)?, asked_at_ms }),
            Parameter::SignerActive => self.set_signer(text, asked_at_ms)?,
            // Not asked for.
            Parameter::SignerPending | Parameter::SignerNext | Parameter::SignerState | Parameter::SignerStatus => {}
        }
        Ok(())
    }

    fn set_signer(&mut self, text: &str, asked_at_ms: u64) -> Result<(), Error> {
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        match &mut self.signer {
            Some(held) if held.value.digest == digest => held.asked_at_ms = asked_at_ms,
            held => {
                let signer = SignerParameter::parse(text)?.into_signer();
                *held = Some(Dated { value: Active { signer, digest }, asked_at_ms });
                self.generation += 1;
            }
        }
        Ok(())
    }

    /// An optional parameter that was deleted is gone at once; a required one is kept until its age ends it.
    fn clear(&mut self, parameter: Parameter) -> Result<(), &'static str> {
        match parameter {
            Parameter::OriginProd => self.prod = None,
            Parameter::OriginDev => self.dev = None,
            _ => return Err("missing"),
        }
        Ok(())
    }

    /// The age of the older of the two that are required; `None` if one was never good.
    pub(super) fn required_age_ms(&self, now_ms: u64) -> Option<u64> {
        let (config, signer) = (self.config.as_ref()?, self.signer.as_ref()?);
        Some(between_ms(config.asked_at_ms, now_ms).max(between_ms(signer.asked_at_ms, now_ms)))
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
