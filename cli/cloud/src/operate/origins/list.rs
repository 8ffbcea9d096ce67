//! Every origin that is allowed, and why.

use serde::Serialize;
use vitae_parameters::Prefix;

use super::{Error, Values, Which, config};

/// An origin, and whether the edge heeds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Allowed {
    /// The origin; of a parameter that the edge refuses, its text.
    pub origin: String,
    /// Where it comes from.
    pub from: Why,
    /// Whether the edge heeds it.
    pub heeded: bool,
    /// Why not, if it does not.
    pub reason: Option<String>,
}

/// Where an allowed origin comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Why {
    /// It is one of the stack's own names.
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
    /// As it is called in Parameter Store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "config.names",
            Self::Prod => "origins/prod",
            Self::Dev => "origins/dev",
        }
    }
}

/// Every origin, from what the parameters hold.
///
/// # Errors
/// [`Error::NoConfig`], or [`Error::Refused`] if `config` is none.
pub fn list(prefix: &Prefix, values: &Values) -> Result<Vec<Allowed>, Error> {
    let config = config(prefix, values)?;
    let names = config.names.iter().map(|name| Allowed {
        origin: format!("https://{name}"),
        from: Why::Name,
        heeded: true,
        reason: None,
    });
    let prod = values.prod.iter().map(|text| added(text, Which::Prod, Why::Prod, true));
    let dev = values.dev.iter().map(|text| added(text, Which::Dev, Why::Dev, config.dev_origin));
    Ok(names.chain(prod).chain(dev).collect())
}

fn added(text: &str, which: Which, from: Why, is_on: bool) -> Allowed {
    let off = || (!is_on).then(|| "config.dev_origin is false".to_owned());
    let reason = which.parse(text).err().map(|error| error.to_string()).or_else(off);
    Allowed { origin: text.to_owned(), from, heeded: reason.is_none(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heeded(dev_origin: bool, dev: &str, prod: &str) -> Vec<(String, bool)> {
        let values = Values {
            config: Some(format!(r#"{{"names":["d1.cloudfront.net"],"dev_origin":{dev_origin}}}"#)),
            dev: Some(dev.to_owned()),
            prod: Some(prod.to_owned()),
        };
        let allowed = list(&Prefix::from_stack_name("resume").unwrap(), &values).unwrap();
        allowed.into_iter().map(|allowed| (allowed.origin, allowed.heeded)).collect()
    }

    #[test]
    fn an_origin_is_heeded_as_the_edge_heeds_it() {
        let own = ("https://d1.cloudfront.net".to_owned(), true);
        let row = |text: &str, heeded| (text.to_owned(), heeded);
        let (dev, prod) = ("http://localhost:8787", "https://preview.example");
        assert_eq!(heeded(true, dev, prod), [own.clone(), row(prod, true), row(dev, true)]);
        assert_eq!(heeded(false, dev, prod), [own.clone(), row(prod, true), row(dev, false)]);
        // Loopback is for dev alone, and a slash at the end is no origin.
        assert_eq!(heeded(true, "https://a.example/", dev), [own, row(dev, false), row("https://a.example/", false)]);
    }

    #[test]
    fn a_stack_without_configuration_is_told_so() {
        let error = list(&Prefix::from_stack_name("resume").unwrap(), &Values::default()).unwrap_err().to_string();
        assert!(error.starts_with("there is no parameter /vitae/resume/config"), "{error}");
    }
}
