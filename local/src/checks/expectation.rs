//! What a response must have.

use std::collections::BTreeMap;

use http::header::HeaderMap;
use serde::Deserialize;

use super::Difference;
use super::exchange::Response;

/// How much of a body a difference shows, in characters.
const SHOWN_MAX: usize = 200;

/// Only what is named is compared.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    status: Option<u16>,
    /// `null` if the response must not have the header.
    #[serde(default)]
    headers: BTreeMap<String, Option<TextExpectation>>,
    body: Option<TextExpectation>,
}

/// What a text must be or contain. A plain text must be equal.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum TextExpectation {
    Equal(String),
    Detailed(DetailedExpectation),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DetailedExpectation {
    equals: Option<String>,
    contains: Option<String>,
}

impl TextExpectation {
    /// What is expected and not met.
    fn unmet(&self, actual: &str) -> Vec<String> {
        let (equals, contains) = match self {
            Self::Equal(text) => (Some(text), None),
            Self::Detailed(DetailedExpectation { equals, contains }) => (equals.as_ref(), contains.as_ref()),
        };
        let equals = equals.filter(|expected| *expected != actual).map(|expected| shown(expected));
        let contains = contains.filter(|expected| !actual.contains(expected.as_str()));
        equals.into_iter().chain(contains.map(|expected| format!("contains {}", shown(expected)))).collect()
    }
}

impl Expectation {
    pub(super) fn differences(&self, response: &Response) -> Vec<Difference> {
        let mut differences = Vec::new();
        if let Some(status) = self.status.filter(|status| *status != response.status.as_u16()) {
            let actual = response.status.as_u16().to_string();
            differences.push(Difference { part: "status".to_owned(), expected: status.to_string(), actual });
        }
        for (name, expected) in &self.headers {
            let part = format!("header {name}");
            match (expected, value(&response.headers, name)) {
                (None, None) => {}
                (None, Some(actual)) => {
                    differences.push(Difference { part, expected: "absent".to_owned(), actual: shown(&actual) });
                }
                (Some(expected), actual) => {
                    let unmet = expected.unmet(actual.as_deref().unwrap_or_default());
                    let actual = actual.map_or_else(|| "absent".to_owned(), |actual| shown(&actual));
                    let difference = |expected| Difference { part: part.clone(), expected, actual: actual.clone() };
                    differences.extend(unmet.into_iter().map(difference));
                }
            }
        }
        if let Some(expected) = &self.body {
            let actual = String::from_utf8_lossy(&response.body);
            let difference = |expected| Difference { part: "body".to_owned(), expected, actual: shown(&actual) };
            differences.extend(expected.unmet(&actual).into_iter().map(difference));
        }
        differences
    }
}

/// A header's values, joined; `None` if it is missing.
fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// A text in quotes on one line, shortened.
fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{:?}... ({} bytes)", &text[..end], text.len()),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Expectation;
    use crate::checks::exchange::Response;
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, StatusCode};
    use serde_json::json;

    /// The differences of a response with status 200, `x-a: 1` and the body `hello`, as one line for each.
    fn differences(expected: serde_json::Value) -> Vec<String> {
        let expected: Expectation = serde_json::from_value(expected).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-a", HeaderValue::from_static("1"));
        let response = Response { status: StatusCode::OK, headers, body: Bytes::from_static(b"hello") };
        let line = |d: super::Difference| format!("{}: {} / {}", d.part, d.expected, d.actual);
        expected.differences(&response).into_iter().map(line).collect()
    }

    #[test]
    fn what_is_not_named_is_not_compared() {
        assert!(differences(json!({})).is_empty());
        let all = json!({ "status": 200, "headers": { "X-A": "1", "x-b": null }, "body": { "contains": "ell" } });
        assert!(differences(all).is_empty());
    }

    #[test]
    fn every_difference_is_listed() {
        let none = json!({
            "status": 404, "headers": { "x-a": null, "x-b": "2" }, "body": { "contains": "bye", "equals": "x" },
        });
        assert_eq!(
            differences(none),
            [
                "status: 404 / 200",
                "header x-a: absent / \"1\"",
                "header x-b: \"2\" / absent",
                "body: \"x\" / \"hello\"",
                "body: contains \"bye\" / \"hello\"",
            ]
        );
    }
}
