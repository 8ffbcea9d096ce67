//! The owner's choices for a stack: the values of the template's parameters in a file of their own repository.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// The parameters that `deploy` itself gives, from what it built and where it put it.
const OURS: [&str; 7] =
    ["ArtifactBucket", "EdgeKey", "EdgeSha256", "CounterKey", "KeysKey", "SiteFunctionCode", "Architecture"];

/// Why the choices cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is no object of texts.
    #[error("{}: {reason}: write one object whose values are texts, such as {{\"RotationDays\": \"90\"}}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: serde_json::Error,
    },
    /// It names what is not the owner's to choose.
    #[error("{}: {name} is what `vitae deploy` finds out by itself: leave it out", path.display())]
    NotTheOwners {
        /// The file.
        path: PathBuf,
        /// The parameter.
        name: String,
    },
}

/// The owner's choices: parameters of the template by name. What is not here has the template's default, also if the stack has
/// another value now, so that the file alone says what a stack is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Reads a file such as `cloudformation/production.params.json`.
    ///
    /// # Errors
    /// See [`Unusable`].
    pub fn read(path: &Path) -> Result<Self, Unusable> {
        let text = fs::read_to_string(path);
        let text = text.map_err(|source| Unusable::Unreadable { path: path.to_owned(), source })?;
        let values: BTreeMap<String, String> =
            serde_json::from_str(&text).map_err(|reason| Unusable::Malformed { path: path.to_owned(), reason })?;
        match values.keys().find(|name| OURS.contains(&name.as_str())) {
            Some(name) => Err(Unusable::NotTheOwners { path: path.to_owned(), name: name.clone() }),
            None => Ok(Self(values)),
        }
    }

    /// Those that a template declares, by name and value.
    pub fn of<'a>(&'a self, declares: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = (String, String)> + 'a {
        let chosen = self.0.iter().filter(move |(name, _)| declares(name));
        chosen.map(|(name, value)| (name.clone(), value.clone()))
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, Unusable> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("production.params.json");
        fs::write(&path, text).unwrap();
        Settings::read(&path)
    }

    #[test]
    fn each_value_is_a_text_under_its_parameters_name() {
        let settings = read(r#"{"RotationDays": "30", "DevOrigin": "true"}"#).unwrap();
        assert_eq!(
            settings.of(|name| name == "RotationDays").collect::<Vec<_>>(),
            [("RotationDays".into(), "30".into())]
        );
        assert_eq!(settings.names().collect::<Vec<_>>(), ["DevOrigin", "RotationDays"]);
    }

    #[test]
    fn what_is_no_object_of_texts_is_refused_with_an_example() {
        for text in ["", "[]", r#"{"RotationDays": 30}"#, r#"{"RotationDays": "30""#] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("production.params.json") && error.contains(r#"{"RotationDays": "90"}"#), "{error}");
        }
    }

    #[test]
    fn what_deploy_finds_out_cannot_be_chosen() {
        for name in OURS {
            let error = read(&format!(r#"{{"{name}": "x"}}"#)).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("leave it out"), "{error}");
        }
    }
}
