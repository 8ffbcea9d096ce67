//! The function's settings, from environment variables.

use vitae_lambda::{MissingVariable, required};
use vitae_parameters::Prefix;

use crate::address::Address;
use crate::limits::SITE_REQUESTS_PER_DAY;

/// The function's settings, read once during initialization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `TABLE_NAME`: the table of links.
    pub table: String,
    /// `PARAMETER_PREFIX`: the prefix of the stack's parameters.
    pub prefix: Prefix,
    /// `TOPIC_ARN`: the topic of notices to the owner.
    pub topic: String,
    /// `MAIL_FROM`: the sender of mail to visitors. Without it, the owner is notified of a request instead.
    pub mail_from: Option<Address>,
    /// `CONFIGURATION_SET`: the configuration set of SES.
    pub configuration_set: Option<String>,
    /// `REQUESTS_PER_DAY`: how many requests the site accepts a day.
    pub requests_per_day: u64,
}

/// A missing or invalid environment variable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A required variable is missing.
    #[error(transparent)]
    Missing(#[from] MissingVariable),
    /// `PARAMETER_PREFIX` is malformed.
    #[error("PARAMETER_PREFIX: {0}")]
    Prefix(#[from] vitae_parameters::Error),
    /// `MAIL_FROM` is not an address.
    #[error("MAIL_FROM is {value:?}: use one address without a name, such as cv@example.com")]
    MailFrom {
        /// The variable's value.
        value: String,
    },
    /// `REQUESTS_PER_DAY` is not a number.
    #[error("REQUESTS_PER_DAY is {value:?}: use a number")]
    RequestsPerDay {
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
        let mail_from = match set("MAIL_FROM") {
            None => None,
            Some(value) => Some(Address::parse(&value).map_err(|_| SettingsError::MailFrom { value })?),
        };
        let requests_per_day = match set("REQUESTS_PER_DAY") {
            None => SITE_REQUESTS_PER_DAY,
            Some(value) => value.parse().map_err(|_| SettingsError::RequestsPerDay { value })?,
        };
        Ok(Self {
            table: required(&variable, "TABLE_NAME")?,
            prefix: Prefix::parse(&required(&variable, "PARAMETER_PREFIX")?)?,
            topic: required(&variable, "TOPIC_ARN")?,
            mail_from,
            configuration_set: set("CONFIGURATION_SET"),
            requests_per_day,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: [(&str, &str); 3] =
        [("TABLE_NAME", "links"), ("PARAMETER_PREFIX", "/vitae/resume/"), ("TOPIC_ARN", "arn:topic")];

    fn from_env(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let all = [&REQUIRED, variables].concat();
        Settings::from_env(|name| {
            all.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn mail_is_optional() {
        let settings = from_env(&[("MAIL_FROM", ""), ("CONFIGURATION_SET", "")]).unwrap();
        assert_eq!((settings.mail_from, settings.configuration_set, settings.requests_per_day), (None, None, 50));
        let settings =
            from_env(&[("MAIL_FROM", "cv@example.com"), ("CONFIGURATION_SET", "resume"), ("REQUESTS_PER_DAY", "10")]);
        let settings = settings.unwrap();
        assert_eq!(settings.mail_from.unwrap().as_str(), "cv@example.com");
        assert_eq!((settings.configuration_set.as_deref(), settings.requests_per_day), (Some("resume"), 10));
    }

    #[test]
    fn a_missing_or_invalid_variable_is_named() {
        for (name, _) in REQUIRED {
            assert_eq!(from_env(&[(name, "")]), Err(MissingVariable { name }.into()));
        }
        assert!(matches!(from_env(&[("PARAMETER_PREFIX", "vitae")]), Err(SettingsError::Prefix(_))));
        let invalid = from_env(&[("MAIL_FROM", "Jane <cv@example.com>")]);
        assert_eq!(invalid, Err(SettingsError::MailFrom { value: "Jane <cv@example.com>".into() }));
        let invalid = from_env(&[("REQUESTS_PER_DAY", "-1")]);
        assert_eq!(invalid, Err(SettingsError::RequestsPerDay { value: "-1".into() }));
    }
}
