//! What `deploy` writes beside the code: an edge function has no environment variables of its own.

use serde::Deserialize;

use vitae_parameters::Prefix;

/// `bundle.json`: `{"prefix": "/vitae/<stack>/", "region": "us-east-1"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Where the parameters stand.
    pub prefix: Prefix,
    region: String,
}

/// Why a `bundle.json` is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not JSON of this shape.
    #[error("bundle.json is not what deploy writes: {reason}")]
    Json {
        /// Where and why.
        reason: String,
    },
    /// The prefix is none.
    #[error("bundle.json: {0}")]
    Prefix(#[from] vitae_parameters::Error),
    /// The region is none.
    #[error("bundle.json: {value:?} is no region: write one such as us-east-1")]
    Region {
        /// What was given.
        value: String,
    },
}

impl Bundle {
    /// Reads `bundle.json`.
    ///
    /// # Errors
    /// [`BundleError`] names the field.
    pub fn parse(json: &str) -> Result<Self, BundleError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Json {
            prefix: String,
            region: String,
        }
        let json: Json = serde_json::from_str(json).map_err(|error| BundleError::Json { reason: error.to_string() })?;
        if !is_region(&json.region) {
            return Err(BundleError::Region { value: json.region });
        }
        Ok(Self { prefix: Prefix::parse(&json.prefix)?, region: json.region })
    }

    /// The region whose Parameter Store is asked. Replicas nearer to the viewer would be chosen here.
    #[must_use]
    pub fn parameters_region(&self) -> &str {
        &self.region
    }
}

/// It becomes part of a host name, so nothing but letters, digits and hyphens may pass.
fn is_region(text: &str) -> bool {
    let fine = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.len() <= 32 && text.split('-').count() >= 3 && text.split('-').all(fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_deploy_writes_is_read() {
        let bundle = Bundle::parse(r#"{"prefix":"/vitae/resume/","region":"us-east-1"}"#).unwrap();
        assert_eq!((bundle.prefix.stack(), bundle.parameters_region()), ("resume", "us-east-1"));
    }

    #[test]
    fn anything_else_is_refused() {
        let refused = |json: &str| Bundle::parse(json).unwrap_err();
        assert!(matches!(refused("x"), BundleError::Json { .. }));
        assert!(matches!(refused(r#"{"prefix":"/vitae/a/"}"#), BundleError::Json { .. }));
        assert!(matches!(refused(r#"{"prefix":"/vitae/a/","region":"us-east-1","x":1}"#), BundleError::Json { .. }));
        assert!(matches!(refused(r#"{"prefix":"/vitae/","region":"us-east-1"}"#), BundleError::Prefix(_)));
        for region in ["", "us", "us-east-1.evil.example", "us-east-1/", "US-EAST-1", "us--1"] {
            let json = format!(r#"{{"prefix":"/vitae/a/","region":"{region}"}}"#);
            assert_eq!(refused(&json), BundleError::Region { value: region.into() });
        }
    }
}
