use hyper::{HeaderMap, StatusCode, body::Bytes};
use serde_json::Value;

/// A response as a viewer receives it.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Response {
    /// A header's values, joined by commas; empty if the header is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let values: Vec<_> =
            self.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        values.join(", ")
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The `code` of a problem, or the `<Code>` of CloudFront's own XML; empty without one.
    #[must_use]
    pub fn code(&self) -> String {
        let text = self.text();
        if self.header("content-type").starts_with("application/problem+json") {
            return self.json()["code"].as_str().unwrap_or_default().to_owned();
        }
        let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        code.map(|(code, _)| code.to_owned()).unwrap_or_default()
    }

    /// Status and code, which most tests compare.
    #[must_use]
    pub fn status_and_code(&self) -> (u16, String) {
        (self.status.as_u16(), self.code())
    }
}
