//! The answer to `GetParameters`.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>

use core::fmt;

use serde::Deserialize;

/// The longest name of an error that is kept for the log, in characters.
const ERROR_NAME_CHARS: usize = 64;

/// Names and values as they were answered.
#[derive(Deserialize)]
pub(super) struct Answered {
    #[serde(rename = "Parameters")]
    parameters: Vec<Parameter>,
    #[serde(rename = "InvalidParameters", default)]
    invalid: Vec<String>,
}

#[derive(Deserialize)]
struct Parameter {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "Value")]
    value: String,
}

/// What is said of one name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// This is its value.
    Value(&'a str),
    /// There is no such parameter.
    Missing,
    /// Nothing, which Parameter Store does not do.
    Nothing,
}

/// Why there is no answer to speak of. Never holds a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Parameter Store refused: the status and its name for the error, such as `ThrottlingException`.
    Refused {
        /// HTTP.
        status: u16,
        /// Letters and digits only.
        error: String,
    },
    /// It answered with something else.
    Garbage,
    /// It answered after it had been given up and asked again.
    Superseded,
    /// It did not answer: the Node entry's words for it, letters, digits and spaces only.
    Network(String),
}

impl Failure {
    /// No answer at all.
    pub(crate) fn network(reason: &str) -> Self {
        Self::Network(word(reason))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { status, error } => write!(f, "{error} ({status})"),
            Self::Garbage => f.write_str("garbage"),
            Self::Superseded => f.write_str("superseded"),
            Self::Network(reason) => f.write_str(reason),
        }
    }
}

impl Answered {
    /// Reads status and body.
    pub(super) fn read(status: u16, body: &str) -> Result<Self, Failure> {
        if status != 200 {
            return Err(Failure::Refused { status, error: error_name(body) });
        }
        serde_json::from_str(body).map_err(|_| Failure::Garbage)
    }

    /// What is said of this name.
    pub(super) fn of(&self, name: &str) -> Said<'_> {
        if let Some(parameter) = self.parameters.iter().find(|parameter| parameter.name == name) {
            Said::Value(&parameter.value)
        } else if self.invalid.iter().any(|invalid| invalid == name) {
            Said::Missing
        } else {
            Said::Nothing
        }
    }
}

/// `__type` of an error's body, with or without its namespace.
fn error_name(body: &str) -> String {
    #[derive(Deserialize)]
    struct Error {
        #[serde(rename = "__type")]
        name: String,
    }
    match serde_json::from_str::<Error>(body) {
        Ok(error) => word(error.name.rsplit('#').next().unwrap_or_default()),
        Err(_) => "unnamed".to_owned(),
    }
}

/// What may stand in a log line, whoever sent it.
fn word(text: &str) -> String {
    let word: String =
        text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ')).take(ERROR_NAME_CHARS).collect();
    if word.is_empty() { "unnamed".to_owned() } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_missing_names_are_told_apart() {
        let body =
            r#"{"Parameters":[{"Name":"/a","Value":"1","Type":"String","Version":3}],"InvalidParameters":["/b"]}"#;
        let answered = Answered::read(200, body).ok().unwrap();
        assert_eq!(answered.of("/a"), Said::Value("1"));
        assert_eq!(answered.of("/b"), Said::Missing);
        assert_eq!(answered.of("/c"), Said::Nothing);
    }

    #[test]
    fn what_is_no_answer_is_garbage() {
        for body in ["", "{}", "[]", "null", "<html>", r#"{"Parameters":{}}"#, r#"{"Parameters":[{"Name":"/a"}]}"#] {
            assert_eq!(Answered::read(200, body).err(), Some(Failure::Garbage), "{body}");
        }
    }

    #[test]
    fn a_refusal_has_the_name_that_parameter_store_gives_it() {
        for (body, error) in [
            (r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#, "ThrottlingException"),
            (r#"{"__type":"com.amazonaws.ssm#AccessDeniedException"}"#, "AccessDeniedException"),
            (r#"{"__type":"a\nb {\"c\":1}"}"#, "ab c1"),
            (r#"{"__type":"\u0000"}"#, "unnamed"),
            ("<html>", "unnamed"),
            (r#"{"__type":7}"#, "unnamed"),
        ] {
            let failure = Failure::Refused { status: 400, error: error.to_owned() };
            assert_eq!(Answered::read(400, body).err(), Some(failure), "{body}");
        }
        assert_eq!(Failure::network(&"x".repeat(1000)).to_string().len(), 64);
    }
}
