//! The values of one header.

use serde_json::Value;

/// The values that the viewer sent under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Field<'a> {
    /// No value.
    Absent,
    /// One value, which may be empty.
    One(&'a str),
    /// Several values, in order. A value that is not a string is an empty one, which equals nothing that is allowed.
    Several(Vec<&'a str>),
}

impl<'a> Field<'a> {
    /// From the arrays of `{key, value}` under the name.
    pub(super) fn from_arrays(arrays: impl Iterator<Item = &'a Value>) -> Self {
        let mut values = Vec::new();
        for array in arrays {
            match array.as_array() {
                Some(entries) => {
                    values.extend(entries.iter().map(|entry| entry.get("value").and_then(Value::as_str).unwrap_or("")));
                }
                None => values.push(""),
            }
        }
        match values[..] {
            [] => Self::Absent,
            [one] => Self::One(one),
            _ => Self::Several(values),
        }
    }

    /// The one value, if there is exactly one.
    pub(crate) fn one(&self) -> Option<&'a str> {
        match self {
            Self::One(value) => Some(value),
            Self::Absent | Self::Several(_) => None,
        }
    }

    /// The elements of a header whose value is a comma-separated list, over all its values.
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1>
    pub(crate) fn elements(&self) -> impl Iterator<Item = &'a str> {
        let values = match self {
            Self::Absent => Vec::new(),
            Self::One(value) => vec![*value],
            Self::Several(values) => values.clone(),
        };
        let split = |value: &'a str| value.split(',').map(|element| element.trim_matches([' ', '\t']));
        values.into_iter().flat_map(split).filter(|element| !element.is_empty())
    }
}
