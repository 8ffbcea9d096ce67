//! `vitae origins`: origins that may use the API in addition to the stack's own names.
//!
//! They are the owner's parameters, not the stack's. Required permissions: `ssm:GetParameters` on `config`, `origins/dev` and
//! `origins/prod`, and `ssm:PutParameter` and `ssm:DeleteParameter` on the two origins.

mod list;

use aws_sdk_ssm::{operation::delete_parameter::DeleteParameterError, types::ParameterType};
use vitae_parameters::{Config, Origin, Parameter, Prefix};

pub use self::list::{Allowed, Why, list};
use crate::aws::{AwsClients, CallError};

/// A parameter of an additional origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// `origins/dev`: a developer's, active while `config.dev_origin` is true.
    Dev,
    /// `origins/prod`: always active.
    Prod,
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

impl Which {
    /// Its parameter.
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

/// The values of the parameters that decide about origins.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// `config`.
    pub config: Option<String>,
    /// `origins/dev`.
    pub dev: Option<String>,
    /// `origins/prod`.
    pub prod: Option<String>,
}

/// Reads the values without checking them.
///
/// # Errors
/// The call that failed.
pub async fn read(aws: &AwsClients, prefix: &Prefix) -> Result<Values, CallError> {
    let names = [Parameter::Config, Parameter::OriginDev, Parameter::OriginProd].map(|name| prefix.name(name));
    let got = aws.ssm().get_parameters().set_names(Some(names.into())).send().await;
    let got = got.map_err(|error| CallError::new(format!("GetParameters below {prefix}"), &error))?;
    let value = |wanted| {
        let is_it = |name: &str| prefix.parameter(name) == Some(wanted);
        let found = got.parameters().iter().find(|parameter| parameter.name().is_some_and(is_it));
        found?.value().map(str::to_owned)
    };
    Ok(Values {
        config: value(Parameter::Config),
        dev: value(Parameter::OriginDev),
        prod: value(Parameter::OriginProd),
    })
}

/// Sets an origin. Returns whether it is active.
///
/// # Errors
/// See [`Error`]; nothing was written.
pub async fn set(aws: &AwsClients, prefix: &Prefix, which: Which, url: &str) -> Result<bool, Error> {
    let origin = which.parse(url)?;
    let active = which == Which::Prod || config(prefix, &read(aws, prefix).await?)?.dev_origin;
    let name = prefix.name(which.parameter());
    let put =
        aws.ssm().put_parameter().name(&name).value(origin.as_str()).r#type(ParameterType::String).overwrite(true);
    put.send().await.map_err(|error| CallError::new(format!("PutParameter of {name}"), &error))?;
    Ok(active)
}

/// Removes an origin. Returns whether it existed.
///
/// # Errors
/// The call that failed.
pub async fn remove(aws: &AwsClients, prefix: &Prefix, which: Which) -> Result<bool, Error> {
    let name = prefix.name(which.parameter());
    match aws.ssm().delete_parameter().name(&name).send().await {
        Ok(_) => Ok(true),
        Err(error) if error.as_service_error().is_some_and(DeleteParameterError::is_parameter_not_found) => Ok(false),
        Err(error) => Err(CallError::new(format!("DeleteParameter of {name}"), &error).into()),
    }
}

/// The configuration, parsed with the rules of the edge.
///
/// # Errors
/// [`Error::NoConfig`], [`Error::Rejected`].
pub fn config(prefix: &Prefix, values: &Values) -> Result<Config, Error> {
    let text = values.config.as_deref().ok_or_else(|| Error::NoConfig(prefix.name(Parameter::Config)))?;
    Ok(Config::parse(text)?)
}
