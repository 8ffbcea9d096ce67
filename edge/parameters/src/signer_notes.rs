//! `signer/state` and `signer/status`: what `keys` remembers, and what it tells the owner. Neither holds a secret.

use serde::{Deserialize, Serialize};

use crate::Error;

/// The value of `signer/state`: the one decision about keys that cannot be read from CloudFront and Parameter Store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerState {
    /// The ids of keys that the owner revoked and that are not gone yet. None of them is trusted again.
    pub revoked: Vec<String>,
}

/// The value of `signer/status`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerStatus {
    /// What became of the last key at `signer/next`; `None` if there never was one.
    pub next: Option<NextKey>,
}

/// What became of a key at `signer/next`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextKey {
    /// Whether it is rotated to.
    pub accepted: bool,
    /// Why, or why not, in words that quote nothing of the key.
    pub reason: String,
    /// When it was judged, in seconds since 1970.
    pub at: u64,
}

impl SignerState {
    /// Reads the JSON.
    ///
    /// # Errors
    /// [`Error::Json`] if it is not JSON of this shape.
    pub fn parse(json: &str) -> Result<Self, Error> {
        parse(json)
    }

    /// The JSON, as `signer/state` holds it.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json(self)
    }
}

impl SignerStatus {
    /// Reads the JSON.
    ///
    /// # Errors
    /// [`Error::Json`] if it is not JSON of this shape.
    pub fn parse(json: &str) -> Result<Self, Error> {
        parse(json)
    }

    /// The JSON, as `signer/status` holds it.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json(self)
    }
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|error| Error::Json { reason: error.to_string() })
}

/// Strings, numbers and booleans under string keys: serde_json has no failure for them.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let state = SignerState { revoked: vec!["K1".into()] };
        assert_eq!(SignerState::parse(&state.to_json()), Ok(state));
        let next = NextKey { accepted: false, reason: "it is a certificate".into(), at: 1_767_290_400 };
        for next in [None, Some(next)] {
            let status = SignerStatus { next };
            assert_eq!(SignerStatus::parse(&status.to_json()), Ok(status));
        }
    }

    #[test]
    fn an_unknown_field_is_refused() {
        assert!(matches!(SignerState::parse(r#"{"revoked":[],"revokd":[]}"#), Err(Error::Json { .. })));
        assert!(matches!(SignerStatus::parse(r#"{"next":null,"nxt":1}"#), Err(Error::Json { .. })));
    }
}
