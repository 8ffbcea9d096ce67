//! What the function's environment says.

use crate::layout::Shards;

/// The function's settings, read once in INIT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `TABLE_NAME`: the table of the counter.
    pub table: String,
    /// `AWS_REGION`, which Lambda sets: the region whose items this function writes.
    pub region: String,
    /// `SHARDS`: over how many items it spreads its writes; 8 if not set.
    pub shards: Shards,
}

/// Why the function cannot start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSettings {
    /// A variable that must be there is not.
    #[error("the environment variable {name} is missing or empty: set it in the function's configuration")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// `SHARDS` is no number of shards.
    #[error("SHARDS is {value:?}: write a number from 1 to 256")]
    Shards {
        /// What it says.
        value: String,
    },
}

impl Settings {
    /// Reads the settings from `variable`, which looks an environment variable up.
    ///
    /// # Errors
    /// [`BadSettings`] names the variable to mend.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, BadSettings> {
        let required =
            |name: &'static str| variable(name).filter(|value| !value.is_empty()).ok_or(BadSettings::Missing { name });
        let shards = match variable("SHARDS").filter(|value| !value.is_empty()) {
            None => Shards::DEFAULT,
            Some(value) => value.parse().ok().and_then(Shards::new).ok_or(BadSettings::Shards { value })?,
        };
        Ok(Self { table: required("TABLE_NAME")?, region: required("AWS_REGION")?, shards })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, BadSettings> {
        let value =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Settings::read(value)
    }

    #[test]
    fn table_and_region_are_enough() {
        let settings = read(&[("TABLE_NAME", "visits"), ("AWS_REGION", "us-east-1")]).unwrap();
        assert_eq!((settings.table.as_str(), settings.shards), ("visits", Shards::DEFAULT));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(read(&[("AWS_REGION", "us-east-1")]), Err(BadSettings::Missing { name: "TABLE_NAME" }));
        let empty = [("TABLE_NAME", "visits"), ("AWS_REGION", "")];
        assert_eq!(read(&empty), Err(BadSettings::Missing { name: "AWS_REGION" }));
    }

    #[test]
    fn shards_out_of_bounds_are_quoted() {
        for value in ["0", "257", "-1", "eight"] {
            let error = read(&[("TABLE_NAME", "t"), ("AWS_REGION", "r"), ("SHARDS", value)]).unwrap_err();
            assert_eq!(error, BadSettings::Shards { value: value.into() });
        }
    }
}
