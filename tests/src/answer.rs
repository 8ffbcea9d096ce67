use hyper::{HeaderMap, StatusCode, body::Bytes};
use serde_json::Value;

/// What a viewer got.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Answer {
    /// A header's value; empty where there is none, all values joined where there are several.
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

    /// The `code` of a refusal: of a problem that Vitae made, or of CloudFront's own XML.
    #[must_use]
    pub fn code(&self) -> String {
        let text = self.text();
        if self.header("content-type").starts_with("application/problem+json") {
            return self.json()["code"].as_str().unwrap_or_default().to_owned();
        }
        let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        code.map(|(code, _)| code.to_owned()).unwrap_or_default()
    }

    /// Status and code in one: what most tests compare.
    #[must_use]
    pub fn verdict(&self) -> (u16, String) {
        (self.status.as_u16(), self.code())
    }
}
