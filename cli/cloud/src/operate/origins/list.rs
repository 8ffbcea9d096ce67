//! The list of allowed origins.

use serde::Serialize;
use vitae_parameters::Prefix;

use super::{Error, Values, Which, config};

/// An origin, and whether it is active.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Allowed {
    /// The origin, or the text of a parameter that the edge rejects.
    pub origin: String,
    /// Its source.
    pub from: Why,
    /// Whether the edge honours it.
    pub active: bool,
    /// Why it is not active.
    pub reason: Option<String>,
}

/// The source of an allowed origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Why {
    /// One of the stack's own names.
    #[serde(rename = "config.names")]
    Name,
    /// `origins/prod`.
    #[serde(rename = "origins/prod")]
    Prod,
    /// `origins/dev`.
    #[serde(rename = "origins/dev")]
    Dev,
}

impl Why {
    /// The name of the parameter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "config.names",
            Self::Prod => "origins/prod",
            Self::Dev => "origins/dev",
        }
    }
}

/// Every origin of the parameters.
///
/// # Errors
/// [`Error::NoConfig`], or [`Error::Rejected`] if `config` is malformed.
pub fn list(prefix: &Prefix, values: &Values) -> Result<Vec<Allowed>, Error> {
    let config = config(prefix, values)?;
    let names = config.names.iter().map(|name| Allowed {
        origin: format!("https://{name}"),
        from: Why::Name,
        active: true,
        reason: None,
    });
    let prod = values.prod.iter().map(|text| added(text, Which::Prod, Why::Prod, true));
    let dev = values.dev.iter().map(|text| added(text, Which::Dev, Why::Dev, config.dev_origin));
    Ok(names.chain(prod).chain(dev).collect())
}

fn added(text: &str, which: Which, from: Why, is_on: bool) -> Allowed {
    let off = || (!is_on).then(|| "config.dev_origin is false".to_owned());
    let reason = which.parse(text).err().map(|error| error.to_string()).or_else(off);
    Allowed { origin: text.to_owned(), from, active: reason.is_none(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn active(dev_origin: bool, dev: &str, prod: &str) -> Vec<(String, bool)> {
        let values = Values {
            config: Some(format!(r#"{{"names":["d1.cloudfront.net"],"dev_origin":{dev_origin}}}"#)),
            dev: Some(dev.to_owned()),
            prod: Some(prod.to_owned()),
        };
        let allowed = list(&Prefix::from_stack_name("resume").unwrap(), &values).unwrap();
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
        let error = list(&Prefix::from_stack_name("resume").unwrap(), &Values::default()).unwrap_err().to_string();
        assert!(error.starts_with("parameter /vitae/resume/config does not exist"), "{error}");
    }
}
