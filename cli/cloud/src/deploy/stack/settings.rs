//! The owner's template parameters, from a JSON file.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// The parameters that `vitae deploy` sets. A settings file may not contain them.
pub const RESERVED_PARAMETERS: [&str; 12] = [
    "ArtifactBucket",
    "EdgeKey",
    "EdgeObjectVersion",
    "EdgeSha256",
    "CounterKey",
    "CounterObjectVersion",
    "RegionalKey",
    "RegionalObjectVersion",
    "SiteFunctionCode",
    "Architecture",
    "InboxFunction",
    "InboxUrl",
];

/// Why a settings file is rejected.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file is not a JSON object with string values.
    #[error("{}: {reason}: write one JSON object with string values, such as {{\"RotationDays\": \"90\"}}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The cause.
        reason: serde_json::Error,
    },
    /// The file sets a parameter that `vitae deploy` sets.
    #[error("{}: {name} is set by `vitae deploy`; remove it", path.display())]
    Reserved {
        /// The file.
        path: PathBuf,
        /// The parameter.
        name: String,
    },
}

/// The owner's template parameters by name. A parameter that is not in the file gets the default of the template, not the current
/// value of the stack, so that the file alone determines the stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Reads a file such as `cloudformation/production.params.json`.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = fs::read_to_string(path);
        let text = text.map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })?;
        let values: BTreeMap<String, String> =
            serde_json::from_str(&text).map_err(|reason| SettingsError::Malformed { path: path.to_owned(), reason })?;
        match values.keys().find(|name| RESERVED_PARAMETERS.contains(&name.as_str())) {
            Some(name) => Err(SettingsError::Reserved { path: path.to_owned(), name: name.clone() }),
            None => Ok(Self(values)),
        }
    }

    /// The parameters, by name and value, that a template declares.
    pub fn values_for<'a>(
        &'a self,
        declares: impl Fn(&str) -> bool + 'a,
    ) -> impl Iterator<Item = (String, String)> + 'a {
        let selected = self.0.iter().filter(move |(name, _)| declares(name));
        selected.map(|(name, value)| (name.clone(), value.clone()))
    }

    /// The value of a parameter, if the file sets it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether the distribution gets CloudFront's free plan, the default of the template.
    #[must_use]
    pub fn has_free_plan(&self) -> bool {
        self.get("PricingPlan").is_none_or(|plan| plan == "free")
    }

    /// Whether visitors can send files, which they cannot by default.
    #[must_use]
    pub fn has_inbox(&self) -> bool {
        self.get("Inbox") == Some("true")
    }

    /// The names of the parameters.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::StackKind;

    fn read(text: &str) -> Result<Settings, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("production.params.json");
        fs::write(&path, text).unwrap();
        Settings::read(&path)
    }

    #[test]
    fn each_value_is_a_string_under_the_name_of_its_parameter() {
        let settings = read(r#"{"RotationDays": "30", "DevOrigin": "true"}"#).unwrap();
        assert_eq!(
            settings.values_for(|name| name == "RotationDays").collect::<Vec<_>>(),
            [("RotationDays".into(), "30".into())]
        );
        assert_eq!(settings.names().collect::<Vec<_>>(), ["DevOrigin", "RotationDays"]);
    }

    #[test]
    fn the_free_plan_is_the_default() {
        for (text, is_free) in
            [("{}", true), (r#"{"PricingPlan": "free"}"#, true), (r#"{"PricingPlan": "pay-as-you-go"}"#, false)]
        {
            assert_eq!(read(text).unwrap().has_free_plan(), is_free, "{text}");
        }
    }

    #[test]
    fn the_inbox_is_deployed_only_if_it_is_wanted() {
        let stacks = |text: &str| StackKind::wanted(&read(text).unwrap()).collect::<Vec<_>>();
        assert_eq!(stacks("{}"), [StackKind::System, StackKind::Observability]);
        assert_eq!(stacks(r#"{"Inbox": "false"}"#), stacks("{}"));
        assert_eq!(stacks(r#"{"Inbox": "true"}"#), StackKind::ALL);
    }

    #[test]
    fn a_file_that_is_not_an_object_of_strings_is_rejected_with_an_example() {
        for text in ["", "[]", r#"{"RotationDays": 30}"#, r#"{"RotationDays": "30""#] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("production.params.json") && error.contains(r#"{"RotationDays": "90"}"#), "{error}");
        }
    }

    #[test]
    fn a_parameter_that_deploy_sets_is_rejected() {
        for name in RESERVED_PARAMETERS {
            let error = read(&format!(r#"{{"{name}": "x"}}"#)).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("remove it"), "{error}");
        }
    }
}
