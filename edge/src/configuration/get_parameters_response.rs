//! The response to `GetParameters`.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>

use core::fmt;

use serde::Deserialize;

/// The longest error name that is logged, in characters.
const ERROR_NAME_CHARS: usize = 64;

/// The names and values that Parameter Store returned.
#[derive(Deserialize)]
pub(super) struct GetParametersResponse {
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

/// The result for one name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lookup<'a> {
    /// Its value.
    Value(&'a str),
    /// The parameter does not exist.
    Missing,
    /// The response does not mention it. Parameter Store does not do that.
    Unmentioned,
}

/// Why a refresh failed. Never contains a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Parameter Store returned an error: the status and the name, such as `ThrottlingException`.
    Service {
        /// HTTP.
        status: u16,
        /// Letters and digits only.
        error: String,
    },
    /// The body is not a `GetParameters` response.
    Malformed,
    /// The response arrived after the refresh was abandoned and another one started.
    Superseded,
    /// There was no response: the Node entry's reason, letters, digits and spaces only.
    Network(String),
}

impl Failure {
    /// There was no response.
    pub(crate) fn network(reason: &str) -> Self {
        Self::Network(word(reason))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service { status, error } => write!(f, "{error} ({status})"),
            Self::Malformed => f.write_str("malformed"),
            Self::Superseded => f.write_str("superseded"),
            Self::Network(reason) => f.write_str(reason),
        }
    }
}

impl GetParametersResponse {
    /// Parses status and body.
    pub(super) fn parse(status: u16, body: &str) -> Result<Self, Failure> {
        if status != 200 {
            return Err(Failure::Service { status, error: error_name(body) });
        }
        serde_json::from_str(body).map_err(|_| Failure::Malformed)
    }

    /// Looks a name up.
    pub(super) fn get(&self, name: &str) -> Lookup<'_> {
        if let Some(parameter) = self.parameters.iter().find(|parameter| parameter.name == name) {
            Lookup::Value(&parameter.value)
        } else if self.invalid.iter().any(|invalid| invalid == name) {
            Lookup::Missing
        } else {
            Lookup::Unmentioned
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

/// The characters of a text that are safe in a log line.
fn word(text: &str) -> String {
    let word: String =
        text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ')).take(ERROR_NAME_CHARS).collect();
    if word.is_empty() { "unnamed".to_owned() } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_missing_names_are_distinguished() {
        let body =
            r#"{"Parameters":[{"Name":"/a","Value":"1","Type":"String","Version":3}],"InvalidParameters":["/b"]}"#;
        let response = GetParametersResponse::parse(200, body).ok().unwrap();
        assert_eq!(response.get("/a"), Lookup::Value("1"));
        assert_eq!(response.get("/b"), Lookup::Missing);
        assert_eq!(response.get("/c"), Lookup::Unmentioned);
    }

    #[test]
    fn other_bodies_are_malformed() {
        for body in ["", "{}", "[]", "null", "<html>", r#"{"Parameters":{}}"#, r#"{"Parameters":[{"Name":"/a"}]}"#] {
            assert_eq!(GetParametersResponse::parse(200, body).err(), Some(Failure::Malformed), "{body}");
        }
    }

    #[test]
    fn an_error_has_the_name_that_parameter_store_gives_it() {
        for (body, error) in [
            (r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#, "ThrottlingException"),
            (r#"{"__type":"com.amazonaws.ssm#AccessDeniedException"}"#, "AccessDeniedException"),
            (r#"{"__type":"a\nb {\"c\":1}"}"#, "ab c1"),
            (r#"{"__type":"\u0000"}"#, "unnamed"),
            ("<html>", "unnamed"),
            (r#"{"__type":7}"#, "unnamed"),
        ] {
            let failure = Failure::Service { status: 400, error: error.to_owned() };
            assert_eq!(GetParametersResponse::parse(400, body).err(), Some(failure), "{body}");
        }
        assert_eq!(Failure::network(&"x".repeat(1000)).to_string().len(), 64);
    }
}
