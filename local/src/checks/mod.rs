//! Requests with expected responses, from a file: tests of a distribution that need no code.
//!
//! ```yaml
//! checks:
//!   - name: the home page
//!     request: GET /
//!     headers: {accept-encoding: gzip}
//!     expect:
//!       status: 200
//!       headers: {content-type: text/html, x-powered-by: null}
//!       body: {contains: Hello}
//! ```

mod exchange;
mod expectation;

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error as ThisError;

use crate::snapshot::parse_document;
use exchange::exchange;
use expectation::Expectation;

/// Why a file of checks cannot be used.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum ChecksError {
    /// It is neither valid YAML nor valid JSON.
    #[error(transparent)]
    Syntax(#[from] crate::snapshot::SnapshotError),
    /// It has another structure than the documented one.
    #[error("{0}")]
    Structure(#[from] serde_json::Error),
    /// A check's request is not a method and a path.
    #[error("the request {request:?} of the check {name:?} is not a method and a path; write it as \"GET /path\"")]
    Request {
        /// The check's name.
        name: String,
        /// The request as it is written.
        request: String,
    },
    /// There are no checks, which is probably an error.
    #[error("the file has no checks; add a list named \"checks\"")]
    Empty,
}

/// The checks of a file.
#[derive(Debug)]
pub struct Checks {
    checks: Vec<Check>,
    /// The section `edge`, which tells the program what to serve.
    pub edge: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    edge: Option<Value>,
    #[serde(default)]
    checks: Vec<Check>,
}

/// A request and the response that it must have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    name: Option<String>,
    /// `GET /path?query`.
    request: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    expect: Expectation,
}

/// The result of one check.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct CheckResult {
    /// The check's name; its request if it has none.
    pub name: String,
    /// `GET /path?query`.
    pub request: String,
    /// How the response differs from the expected one; empty if it does not.
    pub differences: Vec<Difference>,
}

/// A part of a response that is not as expected.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Difference {
    /// `status`, `body` or `header NAME`.
    pub part: String,
    /// What the check expects.
    pub expected: String,
    /// What the response has.
    pub actual: String,
}

impl Checks {
    /// Parses a file, in YAML or JSON.
    ///
    /// # Errors
    /// See [`ChecksError`].
    pub fn parse(text: &str) -> Result<Self, ChecksError> {
        let File { edge, checks } = serde_json::from_value(parse_document(text)?)?;
        if checks.is_empty() {
            return Err(ChecksError::Empty);
        }
        for check in &checks {
            check.method_and_path()?;
        }
        Ok(Self { checks, edge })
    }

    /// Sends the requests to the local edge on this port, one after the other.
    pub async fn run(&self, port: u16) -> Vec<CheckResult> {
        let mut results = Vec::with_capacity(self.checks.len());
        for check in &self.checks {
            results.push(check.run(port).await);
        }
        results
    }
}

impl Check {
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.request)
    }

    fn method_and_path(&self) -> Result<(Method, &str), ChecksError> {
        let parts = self.request.split_once(' ').filter(|(_, path)| path.starts_with('/'));
        let parts = parts.and_then(|(method, path)| Some((method.parse().ok()?, path)));
        parts.ok_or_else(|| ChecksError::Request { name: self.name().to_owned(), request: self.request.clone() })
    }

    async fn run(&self, port: u16) -> CheckResult {
        let failed = |actual: String| {
            vec![Difference { part: "response".to_owned(), expected: "a response".to_owned(), actual }]
        };
        let differences = match self.method_and_path() {
            Ok((method, path)) => match exchange(port, method, path, &self.headers, &self.body).await {
                Ok(response) => self.expect.differences(&response),
                Err(cause) => failed(cause),
            },
            Err(error) => failed(error.to_string()),
        };
        CheckResult { name: self.name().to_owned(), request: self.request.clone(), differences }
    }
}

#[cfg(test)]
mod tests {
    use super::Checks;

    fn error(text: &str) -> String {
        Checks::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_file_that_is_not_a_list_of_checks_is_an_error() {
        assert!(error("checks: []").contains("no checks"));
        assert!(error("checks: [{request: /, expect: {}}]").contains("\"GET /path\""));
        assert!(error("checks: [{request: GET x, expect: {}}]").contains("\"GET /path\""));
        assert!(error("checks: [{request: GET /, expect: {stat: 200}}]").contains("stat"));
        assert!(error("checks: [{request: GET /}]").contains("expect"));
        assert!(error("checks: [").starts_with("line "));
    }
}
