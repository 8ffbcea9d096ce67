//! The function's settings, from environment variables.

use vitae_lambda::{MissingVariable, required};
use vitae_parameters::SHARDS;

use crate::shards::Shards;

/// The function's settings, read once during initialization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `TABLE_NAME`: the counter's table.
    pub table: String,
    /// `AWS_REGION`, which Lambda sets: the region whose items this function writes.
    pub region: String,
    /// `SHARDS`: the number of items that writes are spread over.
    pub shards: Shards,
}

/// A missing or invalid environment variable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A required variable is missing.
    #[error(transparent)]
    Missing(#[from] MissingVariable),
    /// `SHARDS` is invalid.
    #[error("SHARDS is {value:?}: use a number from {} to {}", SHARDS.start(), SHARDS.end())]
    Shards {
        /// The variable's value.
        value: String,
    },
}

impl Settings {
    /// Reads the settings. `variable` looks up an environment variable.
    ///
    /// # Errors
    /// [`SettingsError`] names the variable to correct.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let shards = match variable("SHARDS").filter(|value| !value.is_empty()) {
            None => Shards::DEFAULT,
            Some(value) => value.parse().ok().and_then(Shards::new).ok_or(SettingsError::Shards { value })?,
        };
        Ok(Self { table: required(&variable, "TABLE_NAME")?, region: required(&variable, "AWS_REGION")?, shards })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_env(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::from_env(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn table_and_region_are_enough() {
        let settings = from_env(&[("TABLE_NAME", "visits"), ("AWS_REGION", "us-east-1")]).unwrap();
        assert_eq!((settings.table.as_str(), settings.shards), ("visits", Shards::DEFAULT));
    }

    #[test]
    fn a_missing_variable_is_named() {
        let missing = |name| Err(MissingVariable { name }.into());
        assert_eq!(from_env(&[("AWS_REGION", "us-east-1")]), missing("TABLE_NAME"));
        assert_eq!(from_env(&[("TABLE_NAME", "visits"), ("AWS_REGION", "")]), missing("AWS_REGION"));
    }

    #[test]
    fn shards_out_of_bounds_are_quoted() {
        for value in ["0", "257", "-1", "eight"] {
            let error = from_env(&[("TABLE_NAME", "t"), ("AWS_REGION", "r"), ("SHARDS", value)]).unwrap_err();
            assert_eq!(error, SettingsError::Shards { value: value.into() });
        }
    }
}
