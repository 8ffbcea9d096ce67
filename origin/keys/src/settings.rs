//! What the stack tells its function, by environment variables.

use vitae_parameters::Prefix;
use vitae_signer::Algorithm;

use crate::rules::{ROTATION_DAYS, Rules};
use crate::stack::Stack;

/// What the stack tells its function. CloudFormation's requests say themselves whose they are; what else calls does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `PARAMETER_PREFIX`: whose keys.
    pub stack: Stack,
    /// `KEY_ALGORITHM` and `ROTATION_DAYS`.
    pub rules: Rules,
    /// `PROBE_BASE_URL`: where the probe is asked for; without it, at the distribution's own name.
    pub probe_base_url: Option<String>,
    /// `CV_BUCKET`: where the probe is put.
    pub bucket: Option<String>,
}

/// A variable that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    /// No prefix.
    #[error("PARAMETER_PREFIX: {0}")]
    Prefix(#[from] vitae_parameters::Error),
    /// No algorithm.
    #[error("KEY_ALGORITHM is {value:?}: write ecdsa-p256 or rsa-2048")]
    Algorithm {
        /// What it says.
        value: String,
    },
    /// No number of days.
    #[error("ROTATION_DAYS is {value:?}: write a number of days, or 0 for no rotation by age")]
    RotationDays {
        /// What it says.
        value: String,
    },
}

impl Settings {
    /// Reads them. `variable` looks an environment variable up; an empty one counts as missing.
    ///
    /// # Errors
    /// [`BadSetting`] names the variable to mend.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, BadSetting> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let stack = Stack::new(Prefix::parse(&set("PARAMETER_PREFIX").unwrap_or_default())?);
        let algorithm = match set("KEY_ALGORITHM") {
            None => Algorithm::EcdsaP256,
            Some(value) => value.parse().map_err(|_| BadSetting::Algorithm { value })?,
        };
        let rotation_days = match set("ROTATION_DAYS") {
            None => ROTATION_DAYS,
            Some(value) => value.parse().map_err(|_| BadSetting::RotationDays { value })?,
        };
        let rules = Rules::new(algorithm, rotation_days);
        Ok(Self { stack, rules, probe_base_url: set("PROBE_BASE_URL"), bucket: set("CV_BUCKET") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, BadSetting> {
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
        Settings::read(value)
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let settings = read(&[("PARAMETER_PREFIX", "/vitae/resume/"), ("PROBE_BASE_URL", "")]).unwrap();
        assert_eq!((settings.rules, settings.probe_base_url, settings.bucket), (Rules::default(), None, None));
    }

    #[test]
    fn what_is_said_counts() {
        let settings = read(&[
            ("PARAMETER_PREFIX", "/vitae/resume/"),
            ("KEY_ALGORITHM", "rsa-2048"),
            ("ROTATION_DAYS", "0"),
            ("PROBE_BASE_URL", "http://localhost:8787"),
            ("CV_BUCKET", "cv"),
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.rules, Rules::new(Algorithm::Rsa2048, 0));
        assert_eq!(settings.probe_base_url.as_deref(), Some("http://localhost:8787"));
        assert_eq!(settings.bucket.as_deref(), Some("cv"));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let prefix = ("PARAMETER_PREFIX", "/vitae/resume/");
        assert!(matches!(read(&[]), Err(BadSetting::Prefix(_))));
        let bad = read(&[prefix, ("KEY_ALGORITHM", "ed25519")]);
        assert_eq!(bad, Err(BadSetting::Algorithm { value: "ed25519".into() }));
        let bad = read(&[prefix, ("ROTATION_DAYS", "-1")]);
        assert_eq!(bad, Err(BadSetting::RotationDays { value: "-1".into() }));
    }
}
