//! A request as its line in the log says it.

use serde::Serialize;
use serde_json::Value;

/// What became of one request. As JSON it is one object, without line breaks when it is written compactly.
#[derive(Clone, Debug, Serialize)]
pub struct RequestLine {
    /// `GET`.
    pub method: String,
    /// As the viewer wrote it, without its query, at most 200 characters.
    pub path: String,
    /// What the viewer got.
    pub status: u16,
    /// The word of `X-Cache`: `Hit`, `Miss`, `LambdaGeneratedResponse`, ...
    pub result: &'static str,
    /// The path pattern of the cache behavior; `None` for a request that reached none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behavior: Option<String>,
    /// What the request went through, in order.
    pub stages: Vec<Stage>,
    /// From the head of the request to the head of the answer, in milliseconds.
    pub total_ms: f64,
    /// `X-Amz-Cf-Id`.
    pub request_id: String,
}

/// A part of a request's way.
#[derive(Clone, Debug, Serialize)]
pub struct Stage {
    /// `signature`, `function`, `cache`, `origin` or `error page`. An error page's time holds that of its own cache and origin.
    pub name: &'static str,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// What went in, where it is traced, without secrets and addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Value>,
    /// What came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
}
