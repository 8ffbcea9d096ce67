//! The functions' settings, from environment variables.

use vitae_lambda::{MissingVariable, required};

/// The settings of the function that takes requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSettings {
    /// `TABLE_NAME`: the inbox's table.
    pub table: String,
    /// `AWS_REGION`, which Lambda sets.
    pub region: String,
    /// `UPLOAD_BUCKET`: the bucket of the uploads.
    pub upload_bucket: String,
    /// `UPLOAD_URL`: where a browser posts the form. The pages' content security policy names the same host.
    pub upload_url: String,
}

/// The settings of the function that handles events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSettings {
    /// `TABLE_NAME`: the inbox's table.
    pub table: String,
    /// `UPLOAD_BUCKET`: where files arrive.
    pub upload_bucket: String,
    /// `INBOX_BUCKET`: where clean files go.
    pub inbox_bucket: String,
    /// `QUARANTINE_BUCKET`: where other files go.
    pub quarantine_bucket: String,
    /// `TOPIC_ARN`: the owner's notices.
    pub topic: String,
}

impl RequestSettings {
    /// Reads the settings. `variable` looks up an environment variable.
    ///
    /// # Errors
    /// [`MissingVariable`] names it.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Result<Self, MissingVariable> {
        Ok(Self {
            table: required(&variable, "TABLE_NAME")?,
            region: required(&variable, "AWS_REGION")?,
            upload_bucket: required(&variable, "UPLOAD_BUCKET")?,
            upload_url: required(&variable, "UPLOAD_URL")?,
        })
    }
}

impl EventSettings {
    /// Reads the settings. `variable` looks up an environment variable.
    ///
    /// # Errors
    /// [`MissingVariable`] names it.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Result<Self, MissingVariable> {
        Ok(Self {
            table: required(&variable, "TABLE_NAME")?,
            upload_bucket: required(&variable, "UPLOAD_BUCKET")?,
            inbox_bucket: required(&variable, "INBOX_BUCKET")?,
            quarantine_bucket: required(&variable, "QUARANTINE_BUCKET")?,
            topic: required(&variable, "TOPIC_ARN")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        let all = |missing: &'static str| move |name: &str| (name != missing).then(|| name.to_owned());
        assert_eq!(RequestSettings::from_env(all("")).unwrap().upload_url, "UPLOAD_URL");
        assert_eq!(EventSettings::from_env(all("")).unwrap().topic, "TOPIC_ARN");
        for name in ["TABLE_NAME", "AWS_REGION", "UPLOAD_BUCKET", "UPLOAD_URL"] {
            assert_eq!(RequestSettings::from_env(all(name)), Err(MissingVariable { name }));
        }
        for name in ["TABLE_NAME", "UPLOAD_BUCKET", "INBOX_BUCKET", "QUARANTINE_BUCKET", "TOPIC_ARN"] {
            assert_eq!(EventSettings::from_env(all(name)), Err(MissingVariable { name }));
        }
    }
}
