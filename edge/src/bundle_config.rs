//! `bundle.json`, which `deploy` writes into the bundle: a Lambda@Edge function has no environment variables.

use serde::Deserialize;

use vitae_parameters::Prefix;

/// `bundle.json`: `{"prefix": "/vitae/<stack>/", "region": "us-east-1"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleConfig {
    /// The prefix of the parameters.
    pub prefix: Prefix,
    region: String,
}

/// Why a `bundle.json` is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleConfigError {
    /// Not JSON of this shape.
    #[error("invalid bundle.json: {reason}; build the bundle again")]
    Json {
        /// Where and why.
        reason: String,
    },
    /// The prefix is malformed.
    #[error("bundle.json: {0}")]
    Prefix(#[from] vitae_parameters::Error),
    /// The region is malformed.
    #[error("bundle.json: {value:?} is not an AWS region, such as us-east-1")]
    Region {
        /// The given value.
        value: String,
    },
}

impl BundleConfig {
    /// Parses `bundle.json`.
    ///
    /// # Errors
    /// [`BundleConfigError`] names the field.
    pub fn parse(json: &str) -> Result<Self, BundleConfigError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Json {
            prefix: String,
            region: String,
        }
        let json: Json =
            serde_json::from_str(json).map_err(|error| BundleConfigError::Json { reason: error.to_string() })?;
        if !is_region(&json.region) {
            return Err(BundleConfigError::Region { value: json.region });
        }
        Ok(Self { prefix: Prefix::parse(&json.prefix)?, region: json.region })
    }

    /// The region whose Parameter Store is read.
    #[must_use]
    pub fn parameters_region(&self) -> &str {
        &self.region
    }
}

/// The region becomes part of a host name, so only letters, digits and hyphens are accepted.
fn is_region(text: &str) -> bool {
    let fine = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.len() <= 32 && text.split('-').count() >= 3 && text.split('-').all(fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_of_deploy_is_parsed() {
        let bundle = BundleConfig::parse(r#"{"prefix":"/vitae/resume/","region":"us-east-1"}"#).unwrap();
        assert_eq!((bundle.prefix.stack(), bundle.parameters_region()), ("resume", "us-east-1"));
    }

    #[test]
    fn other_content_is_rejected() {
        let rejection = |json: &str| BundleConfig::parse(json).unwrap_err();
        assert!(matches!(rejection("x"), BundleConfigError::Json { .. }));
        assert!(matches!(rejection(r#"{"prefix":"/vitae/a/"}"#), BundleConfigError::Json { .. }));
        assert!(matches!(
            rejection(r#"{"prefix":"/vitae/a/","region":"us-east-1","x":1}"#),
            BundleConfigError::Json { .. }
        ));
        assert!(matches!(rejection(r#"{"prefix":"/vitae/","region":"us-east-1"}"#), BundleConfigError::Prefix(_)));
        for region in ["", "us", "us-east-1.evil.example", "us-east-1/", "US-EAST-1", "us--1"] {
            let json = format!(r#"{{"prefix":"/vitae/a/","region":"{region}"}}"#);
            assert_eq!(rejection(&json), BundleConfigError::Region { value: region.into() });
        }
    }
}
