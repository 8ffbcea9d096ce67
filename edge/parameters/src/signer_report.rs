//! `signer/state` and `signer/status`: the state of the `keys` function and its report to the owner. Neither contains a
//! secret.

use serde::{Deserialize, Serialize};

use crate::Error;

/// The value of `signer/state`: the only state of a rotation that CloudFront and Parameter Store do not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerState {
    /// The ids of revoked keys that are not deleted yet. None of them is trusted again.
    pub revoked: Vec<String>,
}

/// The value of `signer/status`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerStatus {
    /// The result for the last key at `signer/next`; `None` if there was none.
    pub next: Option<NextKey>,
}

/// The result for a key at `signer/next`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextKey {
    /// Whether the key is accepted for rotation.
    pub accepted: bool,
    /// The reason, which quotes nothing of the key.
    pub reason: String,
    /// When the key was checked, in seconds since 1970.
    pub at: u64,
}

impl SignerState {
    /// Parses the JSON.
    ///
    /// # Errors
    /// [`Error::Json`] if the text is not JSON of this shape.
    pub fn parse(json: &str) -> Result<Self, Error> {
        parse(json)
    }

    /// The JSON as stored in `signer/state`.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json(self)
    }
}

impl SignerStatus {
    /// Parses the JSON.
    ///
    /// # Errors
    /// [`Error::Json`] if the text is not JSON of this shape.
    pub fn parse(json: &str) -> Result<Self, Error> {
        parse(json)
    }

    /// The JSON as stored in `signer/status`.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json(self)
    }
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|error| Error::Json { reason: error.to_string() })
}

/// serde_json cannot fail on strings, numbers and booleans under string keys.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_and_status_round_trip() {
        let state = SignerState { revoked: vec!["K1".into()] };
        assert_eq!(SignerState::parse(&state.to_json()), Ok(state));
        let next = NextKey { accepted: false, reason: "it is a certificate".into(), at: 1_767_290_400 };
        for next in [None, Some(next)] {
            let status = SignerStatus { next };
            assert_eq!(SignerStatus::parse(&status.to_json()), Ok(status));
        }
    }

    #[test]
    fn an_unknown_field_is_rejected() {
        assert!(matches!(SignerState::parse(r#"{"revoked":[],"revokd":[]}"#), Err(Error::Json { .. })));
        assert!(matches!(SignerStatus::parse(r#"{"next":null,"nxt":1}"#), Err(Error::Json { .. })));
    }
}
