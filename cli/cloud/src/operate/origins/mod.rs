//! `vitae origins`: the origins that may mint and count beside the stack's own names.
//!
//! They are parameters of the owner's, not of the stack. In an account this takes `ssm:GetParameters` on `config`, `origins/dev` and
//! `origins/prod`, and `ssm:PutParameter` and `ssm:DeleteParameter` on the two origins.

mod list;

use aws_sdk_ssm::{operation::delete_parameter::DeleteParameterError, types::ParameterType};
use vitae_parameters::{Config, Origin, Parameter, Prefix};

pub use self::list::{Allowed, Why, list};
use crate::aws::{AwsClients, CallError};

/// Which of the owner's origins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// `origins/dev`: a developer's, heeded while `config.dev_origin` is true.
    Dev,
    /// `origins/prod`: always heeded.
    Prod,
}

/// Why an origin could not be set, removed or listed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The edge would refuse the value, or refuses one that is there.
    #[error(transparent)]
    Refused(#[from] vitae_parameters::Error),
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The stack has no configuration.
    #[error("there is no parameter {0}: the stack was not deployed, or not by this template")]
    NoConfig(String),
}

impl Which {
    /// The parameter that holds it.
    #[must_use]
    pub const fn parameter(self) -> Parameter {
        match self {
            Self::Dev => Parameter::OriginDev,
            Self::Prod => Parameter::OriginProd,
        }
    }

    /// Reads an origin as the edge reads it there.
    ///
    /// # Errors
    /// What the edge would say.
    pub fn parse(self, text: &str) -> Result<Origin, vitae_parameters::Error> {
        match self {
            Self::Dev => Origin::parse(text),
            Self::Prod => Origin::parse_prod(text),
        }
    }
}

/// What the parameters hold that say who is allowed.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// `config`.
    pub config: Option<String>,
    /// `origins/dev`.
    pub dev: Option<String>,
    /// `origins/prod`.
    pub prod: Option<String>,
}

/// Reads what is there, unjudged.
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

/// Sets an origin. Whether the edge will heed it.
///
/// # Errors
/// See [`Error`]; nothing was written.
pub async fn set(aws: &AwsClients, prefix: &Prefix, which: Which, url: &str) -> Result<bool, Error> {
    let origin = which.parse(url)?;
    let heeded = which == Which::Prod || config(prefix, &read(aws, prefix).await?)?.dev_origin;
    let name = prefix.name(which.parameter());
    let put =
        aws.ssm().put_parameter().name(&name).value(origin.as_str()).r#type(ParameterType::String).overwrite(true);
    put.send().await.map_err(|error| CallError::new(format!("PutParameter of {name}"), &error))?;
    Ok(heeded)
}

/// Removes an origin. Whether there was one.
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

/// The configuration, as the edge reads it.
///
/// # Errors
/// [`Error::NoConfig`], [`Error::Refused`].
pub fn config(prefix: &Prefix, values: &Values) -> Result<Config, Error> {
    let text = values.config.as_deref().ok_or_else(|| Error::NoConfig(prefix.name(Parameter::Config)))?;
    Ok(Config::parse(text)?)
}
