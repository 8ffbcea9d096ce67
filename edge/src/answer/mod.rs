//! Answers made at the edge, in the shape that CloudFront takes from a viewer-request function.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html>

pub(crate) mod disallowed;
mod problem;

use serde_json::{Map, Value, json};

pub(crate) use problem::Problem;

/// The most that a viewer-request function may answer, headers and body, in bytes.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
pub const GENERATED_RESPONSE_BYTES: usize = 40 * 1024;

/// An answer made at the edge. Every one carries `Cache-Control: no-store`, `X-Content-Type-Options: nosniff` and
/// `Vary: Origin`: no viewer-response function or headers policy can be counted on to add them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    status: Status,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
}

/// The statuses that the edge answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Ok,
    NoContent,
    SeeOther,
    BadRequest,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    ContentTooLarge,
    MisdirectedRequest,
    InternalServerError,
    ServiceUnavailable,
}

impl Status {
    /// The number, a string in CloudFront's shape, and the reason phrase.
    /// <https://www.iana.org/assignments/http-status-codes/http-status-codes.xhtml>
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Ok => ("200", "OK"),
            Self::NoContent => ("204", "No Content"),
            Self::SeeOther => ("303", "See Other"),
            Self::BadRequest => ("400", "Bad Request"),
            Self::Forbidden => ("403", "Forbidden"),
            Self::NotFound => ("404", "Not Found"),
            Self::MethodNotAllowed => ("405", "Method Not Allowed"),
            Self::ContentTooLarge => ("413", "Content Too Large"),
            Self::MisdirectedRequest => ("421", "Misdirected Request"),
            Self::InternalServerError => ("500", "Internal Server Error"),
            Self::ServiceUnavailable => ("503", "Service Unavailable"),
        }
    }

    /// The number as text.
    pub(crate) const fn number(self) -> &'static str {
        self.words().0
    }
}

impl Answer {
    /// An answer without a body.
    pub(crate) fn new(status: Status) -> Self {
        let headers = [("Cache-Control", "no-store"), ("Vary", "Origin"), ("X-Content-Type-Options", "nosniff")];
        let headers = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        Self { status, headers, body: None }
    }

    /// With one header more.
    #[must_use]
    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        debug_assert!(!disallowed::is_disallowed(name), "CloudFront would answer 502 for {name}");
        self.headers.push((name, value.into()));
        self
    }

    /// With a JSON body.
    #[must_use]
    pub(crate) fn with_json(self, media_type: &'static str, body: &Value) -> Self {
        let mut answer = self.with_header("Content-Type", media_type);
        answer.body = Some(body.to_string());
        answer
    }

    /// Readable by the page of this origin.
    #[must_use]
    pub(crate) fn allowing(self, origin: Option<&str>) -> Self {
        match origin {
            Some(origin) => self.with_header("Access-Control-Allow-Origin", origin),
            None => self,
        }
    }

    /// As it answers `HEAD`.
    #[must_use]
    pub(crate) fn without_body(mut self) -> Self {
        self.body = None;
        self
    }

    /// The response object.
    pub(crate) fn into_response(self) -> Value {
        let (number, phrase) = self.status.words();
        let mut headers = Map::new();
        for (name, value) in self.headers {
            headers.insert(name.to_ascii_lowercase(), json!([{"key": name, "value": value}]));
        }
        let mut response = json!({"status": number, "statusDescription": phrase, "headers": headers});
        if let (Some(body), Some(response)) = (self.body, response.as_object_mut()) {
            response.insert("body".to_owned(), Value::String(body));
            response.insert("bodyEncoding".to_owned(), Value::String("text".to_owned()));
        }
        response
    }
}
