//! `vitae origins`: origins that may use the API in addition to the stack's own names.
//!
//! They are the owner's parameters, not the stack's. Required permissions: `ssm:GetParameters` on `config`, `origins/dev` and
//! `origins/prod`, and `ssm:PutParameter` and `ssm:DeleteParameter` on the two origins.

use aws_sdk_ssm::{operation::delete_parameter::DeleteParameterError, types::ParameterType};
use clap::ValueEnum;
use serde::Serialize;
use vitae_parameters::{Config, Origin, Parameter, Prefix};

use crate::aws::{AwsClients, CallError};

/// A parameter that holds an additional origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OriginSlot {
    /// origins/dev: a developer's, such as a cloud workspace
    Dev,
    /// origins/prod: another site of the owner
    Prod,
}

/// The parameter that allows an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum OriginSource {
    /// One of the stack's own names.
    #[serde(rename = "config.names")]
    Names,
    /// `origins/prod`.
    #[serde(rename = "origins/prod")]
    Prod,
    /// `origins/dev`.
    #[serde(rename = "origins/dev")]
    Dev,
}

/// An origin, and whether it is active.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AllowedOrigin {
    /// The origin, or the text of a parameter that the edge rejects.
    pub origin: String,
    /// The parameter that allows it.
    pub source: OriginSource,
    /// Whether the edge honours it.
    pub active: bool,
    /// Why it is not active.
    pub reason: Option<String>,
}

/// The parameters that determine the allowed origins, before they are parsed.
#[derive(Clone, Debug, Default)]
pub struct OriginParameters {
    /// `config`.
    pub config: Option<String>,
    /// `origins/dev`.
    pub dev: Option<String>,
    /// `origins/prod`.
    pub prod: Option<String>,
}

/// Why an origin could not be set, removed or listed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The edge rejects the value.
    #[error(transparent)]
    Rejected(#[from] vitae_parameters::Error),
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The stack has no configuration.
    #[error("parameter {0} does not exist: the stack was not deployed, or with another template")]
    NoConfig(String),
}

impl OriginSlot {
    /// The parameter.
    #[must_use]
    pub const fn parameter(self) -> Parameter {
        match self {
            Self::Dev => Parameter::OriginDev,
            Self::Prod => Parameter::OriginProd,
        }
    }

    /// Parses an origin with the rules of the edge.
    ///
    /// # Errors
    /// The error of the edge.
    pub fn parse(self, text: &str) -> Result<Origin, vitae_parameters::Error> {
        match self {
            Self::Dev => Origin::parse(text),
            Self::Prod => Origin::parse_prod(text),
        }
    }
}

impl OriginSource {
    /// The name of the parameter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Names => "config.names",
            Self::Prod => "origins/prod",
            Self::Dev => "origins/dev",
        }
    }
}

impl OriginParameters {
    /// Reads the parameters without parsing them.
    ///
    /// # Errors
    /// The call that failed.
    pub async fn read(aws: &AwsClients, prefix: &Prefix) -> Result<Self, CallError> {
        let names = [Parameter::Config, Parameter::OriginDev, Parameter::OriginProd].map(|name| prefix.name(name));
        let got = aws.ssm().get_parameters().set_names(Some(names.into())).send().await;
        let got = got.map_err(|error| CallError::new(format!("GetParameters below {prefix}"), &error))?;
        let value = |wanted| {
            let is_it = |name: &str| prefix.parameter(name) == Some(wanted);
            let found = got.parameters().iter().find(|parameter| parameter.name().is_some_and(is_it));
            found?.value().map(str::to_owned)
        };
        Ok(Self {
            config: value(Parameter::Config),
            dev: value(Parameter::OriginDev),
            prod: value(Parameter::OriginProd),
        })
    }

    /// Parses the configuration with the rules of the edge.
    ///
    /// # Errors
    /// [`Error::NoConfig`], [`Error::Rejected`].
    pub fn parse_config(&self, prefix: &Prefix) -> Result<Config, Error> {
        let text = self.config.as_deref().ok_or_else(|| Error::NoConfig(prefix.name(Parameter::Config)))?;
        Ok(Config::parse(text)?)
    }

    /// Lists the origins: the stack's own names, then the additional origins.
    ///
    /// # Errors
    /// [`Error::NoConfig`], or [`Error::Rejected`] if `config` is malformed.
    pub fn list(&self, prefix: &Prefix) -> Result<Vec<AllowedOrigin>, Error> {
        let config = self.parse_config(prefix)?;
        let names = config.names.iter().map(|name| AllowedOrigin {
            origin: format!("https://{name}"),
            source: OriginSource::Names,
            active: true,
            reason: None,
        });
        let additional = |text: &String, slot: OriginSlot, source, is_enabled: bool| {
            let disabled = || (!is_enabled).then(|| "config.dev_origin is false".to_owned());
            let reason = slot.parse(text).err().map(|error| error.to_string()).or_else(disabled);
            AllowedOrigin { origin: text.clone(), source, active: reason.is_none(), reason }
        };
        let prod = self.prod.iter().map(|text| additional(text, OriginSlot::Prod, OriginSource::Prod, true));
        let dev = self.dev.iter().map(|text| additional(text, OriginSlot::Dev, OriginSource::Dev, config.dev_origin));
        Ok(names.chain(prod).chain(dev).collect())
    }
}

/// Sets an origin. Returns whether it is active.
///
/// # Errors
/// See [`Error`]; nothing was written.
pub async fn set(aws: &AwsClients, prefix: &Prefix, slot: OriginSlot, url: &str) -> Result<bool, Error> {
    let origin = slot.parse(url)?;
    let active =
        slot == OriginSlot::Prod || OriginParameters::read(aws, prefix).await?.parse_config(prefix)?.dev_origin;
    let name = prefix.name(slot.parameter());
    let put =
        aws.ssm().put_parameter().name(&name).value(origin.as_str()).r#type(ParameterType::String).overwrite(true);
    put.send().await.map_err(|error| CallError::new(format!("PutParameter of {name}"), &error))?;
    Ok(active)
}

/// Removes an origin. Returns whether it existed.
///
/// # Errors
/// The call that failed.
pub async fn remove(aws: &AwsClients, prefix: &Prefix, slot: OriginSlot) -> Result<bool, Error> {
    let name = prefix.name(slot.parameter());
    match aws.ssm().delete_parameter().name(&name).send().await {
        Ok(_) => Ok(true),
        Err(error) if error.as_service_error().is_some_and(DeleteParameterError::is_parameter_not_found) => Ok(false),
        Err(error) => Err(CallError::new(format!("DeleteParameter of {name}"), &error).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn active(dev_origin: bool, dev: &str, prod: &str) -> Vec<(String, bool)> {
        let parameters = OriginParameters {
            config: Some(format!(r#"{{"names":["d1.cloudfront.net"],"dev_origin":{dev_origin}}}"#)),
            dev: Some(dev.to_owned()),
            prod: Some(prod.to_owned()),
        };
        let allowed = parameters.list(&Prefix::from_stack_name("resume").unwrap()).unwrap();
        allowed.into_iter().map(|allowed| (allowed.origin, allowed.active)).collect()
    }

    #[test]
    fn the_list_agrees_with_the_edge() {
        let own = ("https://d1.cloudfront.net".to_owned(), true);
        let row = |text: &str, active| (text.to_owned(), active);
        let (dev, prod) = ("http://localhost:8787", "https://preview.example");
        assert_eq!(active(true, dev, prod), [own.clone(), row(prod, true), row(dev, true)]);
        assert_eq!(active(false, dev, prod), [own.clone(), row(prod, true), row(dev, false)]);
        // Loopback is accepted for dev only, and an origin has no final slash.
        assert_eq!(active(true, "https://a.example/", dev), [own, row(dev, false), row("https://a.example/", false)]);
    }

    #[test]
    fn a_stack_without_configuration_is_an_error() {
        let prefix = Prefix::from_stack_name("resume").unwrap();
        let error = OriginParameters::default().list(&prefix).unwrap_err().to_string();
        assert!(error.starts_with("parameter /vitae/resume/config does not exist"), "{error}");
    }
}
