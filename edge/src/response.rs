//! Responses generated at the edge, in the shape that CloudFront accepts from a viewer-request function.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html>

use serde_json::{Map, Value, json};
use vitae_parameters::{Problem, header};

/// The largest response of a viewer-request function, headers and body, in bytes.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
pub const GENERATED_RESPONSE_BYTES: usize = 40 * 1024;

/// A generated response. Each carries `Cache-Control: no-store`, `X-Content-Type-Options: nosniff` and `Vary: Origin`,
/// because viewer-response functions and headers policies do not apply to every response that an edge function generates,
/// and `Referrer-Policy: no-referrer`, because a signed URL is a secret while it is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    status: u16,
    reason_phrase: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
}

impl Response {
    fn new(status: u16, reason_phrase: &'static str) -> Self {
        let headers = [
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("Vary", "Origin"),
            ("X-Content-Type-Options", "nosniff"),
        ];
        let headers = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        Self { status, reason_phrase, headers, body: None }
    }

    /// 200 with JSON.
    pub(crate) fn json(body: &Value) -> Self {
        Self::new(200, "OK").with_body("application/json", body)
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self::new(204, "No Content")
    }

    /// 303 to an absolute URL or to a path of this site.
    pub(crate) fn see_other(location: String) -> Self {
        Self::new(303, "See Other").with_header("Location", location)
    }

    /// A problem. `Allow`, which `method_not_allowed` needs, is the caller's to add.
    pub(crate) fn problem(problem: Problem) -> Self {
        let response = Self::new(problem.status(), problem.title()).with_body(Problem::MEDIA_TYPE, &problem.body());
        match problem.retry_after_s() {
            Some(seconds) => response.with_header("Retry-After", seconds),
            None => response,
        }
    }

    /// A problem for a person whose browser is navigating: 303 to the page's CV section, which explains the code, or to the
    /// form if the CV is sent on request. The location is relative, so that it contains nothing of the request.
    pub(crate) fn problem_page(problem: Problem) -> Self {
        let section = if problem == Problem::RequestRequired { "cv-request" } else { "cv" };
        Self::see_other(format!("/?cv={}#{section}", problem.code()))
    }

    /// Adds a header.
    #[must_use]
    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let is_forbidden = header::is_disallowed(name) || header::is_read_only(name);
        debug_assert!(!is_forbidden, "CloudFront would respond 502 because of {name}");
        self.headers.push((name, value.into()));
        self
    }

    fn with_body(self, media_type: &'static str, body: &Value) -> Self {
        let mut response = self.with_header("Content-Type", media_type);
        response.body = Some(body.to_string());
        response
    }

    /// Lets pages of this origin read the response.
    #[must_use]
    pub(crate) fn with_allowed_origin(self, origin: Option<&str>) -> Self {
        match origin {
            Some(origin) => self.with_header("Access-Control-Allow-Origin", origin),
            None => self,
        }
    }

    /// The response to `HEAD`.
    #[must_use]
    pub(crate) fn without_body(mut self) -> Self {
        self.body = None;
        self
    }

    /// The object that the function returns. Its status is a string.
    pub(crate) fn into_json(self) -> Value {
        let mut headers = Map::new();
        for (name, value) in self.headers {
            headers.insert(name.to_ascii_lowercase(), json!([{"key": name, "value": value}]));
        }
        let status = self.status.to_string();
        let mut response = json!({"status": status, "statusDescription": self.reason_phrase, "headers": headers});
        if let (Some(body), Some(response)) = (self.body, response.as_object_mut()) {
            response.insert("body".to_owned(), Value::String(body));
            response.insert("bodyEncoding".to_owned(), Value::String("text".to_owned()));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_has_its_status_in_the_head_and_in_the_body() {
        for problem in Problem::ALL {
            let response = Response::problem(problem).into_json();
            let body: Value = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
            assert_eq!(body["status"].to_string(), response["status"].as_str().unwrap());
            assert_eq!((&body["code"], &body["title"]), (&json!(problem.code()), &response["statusDescription"]));
            assert_eq!(response["headers"]["content-type"][0]["value"], "application/problem+json");
        }
    }

    #[test]
    fn an_unavailable_configuration_carries_retry_after() {
        let response = Response::problem(Problem::ConfigUnavailable).into_json();
        assert_eq!(response["headers"]["retry-after"][0]["value"], "5");
    }

    #[test]
    fn a_person_is_redirected_to_the_page() {
        let response = Response::problem_page(Problem::OriginNotAllowed).into_json();
        assert_eq!(response["status"], "303");
        assert_eq!(response["headers"]["location"][0]["value"], "/?cv=origin_not_allowed#cv");
        assert_eq!(response.get("body"), None);
    }
}
