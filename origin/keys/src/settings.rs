//! The function's settings, from environment variables.

use vitae_parameters::Prefix;
use vitae_signer::Algorithm;

use crate::stack::Stack;
use crate::timing::{ROTATION_DAYS, RotationPolicy};

/// The function's settings. CloudFormation's requests name their stack; other events do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `PARAMETER_PREFIX`: the stack.
    pub stack: Stack,
    /// `KEY_ALGORITHM` and `ROTATION_DAYS`.
    pub policy: RotationPolicy,
    /// `PROBE_BASE_URL`: where the probe is requested; the distribution's domain name by default.
    pub probe_base_url: Option<String>,
    /// `CV_BUCKET`: the bucket of the probe.
    pub bucket: Option<String>,
}

/// An invalid environment variable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// `PARAMETER_PREFIX` is missing or malformed.
    #[error("PARAMETER_PREFIX: {0}")]
    Prefix(#[from] vitae_parameters::Error),
    /// `KEY_ALGORITHM` is unknown.
    #[error("KEY_ALGORITHM is {value:?}: use ecdsa-p256 or rsa-2048")]
    Algorithm {
        /// The variable's value.
        value: String,
    },
    /// `ROTATION_DAYS` is not a number.
    #[error("ROTATION_DAYS is {value:?}: use a number of days, or 0 for no rotation by age")]
    RotationDays {
        /// The variable's value.
        value: String,
    },
}

impl Settings {
    /// Reads the settings. `variable` looks up an environment variable; an empty one counts as missing.
    ///
    /// # Errors
    /// [`SettingsError`] names the variable to correct.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let stack = Stack::new(Prefix::parse(&set("PARAMETER_PREFIX").unwrap_or_default())?);
        let algorithm = match set("KEY_ALGORITHM") {
            None => Algorithm::EcdsaP256,
            Some(value) => value.parse().map_err(|_| SettingsError::Algorithm { value })?,
        };
        let rotation_days = match set("ROTATION_DAYS") {
            None => ROTATION_DAYS,
            Some(value) => value.parse().map_err(|_| SettingsError::RotationDays { value })?,
        };
        let policy = RotationPolicy::new(algorithm, rotation_days);
        Ok(Self { stack, policy, probe_base_url: set("PROBE_BASE_URL"), bucket: set("CV_BUCKET") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
        Settings::from_env(value)
    }

    #[test]
    fn a_missing_variable_has_a_default() {
        let settings = read(&[("PARAMETER_PREFIX", "/vitae/resume/"), ("PROBE_BASE_URL", "")]).unwrap();
        assert_eq!(
            (settings.policy, settings.probe_base_url, settings.bucket),
            (RotationPolicy::default(), None, None)
        );
    }

    #[test]
    fn variables_override_the_defaults() {
        let settings = read(&[
            ("PARAMETER_PREFIX", "/vitae/resume/"),
            ("KEY_ALGORITHM", "rsa-2048"),
            ("ROTATION_DAYS", "0"),
            ("PROBE_BASE_URL", "http://localhost:8787"),
            ("CV_BUCKET", "cv"),
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.policy, RotationPolicy::new(Algorithm::Rsa2048, 0));
        assert_eq!(settings.probe_base_url.as_deref(), Some("http://localhost:8787"));
        assert_eq!(settings.bucket.as_deref(), Some("cv"));
    }

    #[test]
    fn an_invalid_variable_is_named() {
        let prefix = ("PARAMETER_PREFIX", "/vitae/resume/");
        assert!(matches!(read(&[]), Err(SettingsError::Prefix(_))));
        let bad = read(&[prefix, ("KEY_ALGORITHM", "ed25519")]);
        assert_eq!(bad, Err(SettingsError::Algorithm { value: "ed25519".into() }));
        let bad = read(&[prefix, ("ROTATION_DAYS", "-1")]);
        assert_eq!(bad, Err(SettingsError::RotationDays { value: "-1".into() }));
    }
}
