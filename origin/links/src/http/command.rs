//! Parses requests. The edge rejects unknown paths and methods first; they are checked again here, for an edge with other
//! rules. No message quotes the request.

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlRequest;
use http::HeaderMap;
use vitae_parameters::{Origin, PreferredType, Problem, header};

use super::request_body::{self, BadBody, Format};
use crate::address::Address;
use crate::code::Code;
use crate::token::{REQUEST_ID, Token};

/// The path of requests for a link.
const REQUEST_PATH: &str = "/l/request";

/// The start of the path of a link, which ends with its code.
const LINK_PATH: &str = "/l/";

/// A valid request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `GET /l/<code>`: show the page.
    Show(Code),
    /// `POST /l/<code>`: record an open and redirect to the document.
    Open(Code),
    /// `POST /l/request`: send a link to an address.
    Request(Address),
}

/// Who sent a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The token of its transaction.
    pub token: Token,
    /// Scheme and host that the viewer used, which the edge sets.
    pub site: Option<Origin>,
    /// The format of the response.
    pub format: Format,
}

/// Why a request is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Another path.
    #[error("unknown path; links are below {LINK_PATH}")]
    NotFound,
    /// A path below `/l/` that has no code.
    #[error("the path has no code of a link")]
    NotACode,
    /// Another method.
    #[error("method not allowed; use {0}")]
    MethodNotAllowed(&'static str),
    /// A malformed body or address.
    #[error(transparent)]
    Body(#[from] BadBody),
}

impl Rejection {
    /// The problem of the response. It is never one with the status 404, whose body CloudFront replaces.
    #[must_use]
    pub const fn problem(self) -> Problem {
        match self {
            Self::NotFound => Problem::NotFound,
            Self::NotACode => Problem::LinkUnknown,
            Self::MethodNotAllowed(_) => Problem::MethodNotAllowed,
            Self::Body(BadBody::TooLarge) => Problem::BodyTooLarge,
            Self::Body(_) => Problem::BadRequest,
        }
    }
}

impl Caller {
    /// Reads the caller of a request. `request_id` is Lambda's.
    #[must_use]
    pub fn from_request(request: &LambdaFunctionUrlRequest, request_id: &str) -> Self {
        let headers = &request.headers;
        let accept = text(headers, "accept").unwrap_or_default();
        let format = match PreferredType::from_ranges(accept.split(',').map(|range| range.trim_matches([' ', '\t']))) {
            PreferredType::Html => Format::Html,
            PreferredType::Json => Format::Json,
            // A form that does not say what it accepts is still one of a page.
            PreferredType::Any if request_body::is_form(text(headers, "content-type")) => Format::Html,
            PreferredType::Any => Format::Any,
        };
        Self {
            token: Token::from_request_ids(text(headers, REQUEST_ID), request_id),
            site: text(headers, header::SITE).and_then(|site| Origin::parse(site).ok()),
            format,
        }
    }
}

impl Command {
    /// Parses a request.
    ///
    /// # Errors
    /// [`Rejection`], each with a response.
    pub fn from_request(request: &LambdaFunctionUrlRequest) -> Result<Self, Rejection> {
        let path = request.raw_path.as_deref().unwrap_or_default();
        let method = request.request_context.http.method.as_deref().unwrap_or_default();
        if path == REQUEST_PATH {
            return match method {
                "POST" => {
                    let content_type = text(&request.headers, "content-type");
                    let body = request.body.as_deref().unwrap_or_default();
                    Ok(Self::Request(request_body::parse(content_type, body, request.is_base64_encoded)?))
                }
                _ => Err(Rejection::MethodNotAllowed("POST")),
            };
        }
        let code = path.strip_prefix(LINK_PATH).ok_or(Rejection::NotFound)?;
        let code = Code::parse(code).ok_or(Rejection::NotACode)?;
        match method {
            "GET" | "HEAD" => Ok(Self::Show(code)),
            "POST" => Ok(Self::Open(code)),
            _ => Err(Rejection::MethodNotAllowed("GET, HEAD, POST")),
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const CODE: &str = "AAAAAAAAAAAAAAAAAAAAAA";

    fn event(method: &str, path: &str, headers: &Value, body: &str) -> LambdaFunctionUrlRequest {
        let event = json!({
            "version": "2.0", "rawPath": path, "rawQueryString": "", "headers": headers, "isBase64Encoded": false,
            "requestContext": {"timeEpoch": 0, "http": {"method": method, "path": path}}, "body": body,
        });
        serde_json::from_value(event).unwrap()
    }

    fn command(method: &str, path: &str) -> Result<Command, Rejection> {
        Command::from_request(&event(method, path, &json!({}), ""))
    }

    #[test]
    fn a_code_is_shown_or_opened() {
        let code = Code::parse(CODE).unwrap();
        let path = format!("/l/{CODE}");
        for method in ["GET", "HEAD"] {
            assert_eq!(command(method, &path), Ok(Command::Show(code.clone())));
        }
        assert_eq!(command("POST", &path), Ok(Command::Open(code)));
        for method in ["PUT", "DELETE", "OPTIONS", "post", ""] {
            assert_eq!(command(method, &path), Err(Rejection::MethodNotAllowed("GET, HEAD, POST")), "{method}");
        }
    }

    #[test]
    fn no_path_gets_a_404() {
        for path in ["/", "/l", "/L/AAAAAAAAAAAAAAAAAAAAAA", "/api/cv", ""] {
            assert_eq!(command("GET", path), Err(Rejection::NotFound), "{path}");
        }
        for path in ["/l/", "/l/a", &format!("/l/{CODE}/"), &format!("/l//{CODE}"), "/l/request/"] {
            assert_eq!(command("POST", path), Err(Rejection::NotACode), "{path}");
        }
        for rejection in [Rejection::NotFound, Rejection::NotACode] {
            assert_ne!(rejection.problem().status(), 404);
        }
    }

    #[test]
    fn a_request_has_an_address() {
        let headers = json!({"content-type": "application/json"});
        let request = event("POST", "/l/request", &headers, r#"{"email": "jane@example.com"}"#);
        assert_eq!(Command::from_request(&request), Ok(Command::Request(Address::parse("jane@example.com").unwrap())));
        assert_eq!(command("GET", "/l/request"), Err(Rejection::MethodNotAllowed("POST")));
        assert_eq!(command("POST", "/l/request").unwrap_err().problem(), Problem::BadRequest);
    }

    #[test]
    fn a_caller_is_read_from_the_headers() {
        let caller = |headers: &Value| Caller::from_request(&event("POST", "/l/request", headers, ""), "r-1");
        let browser = caller(&json!({
            "accept": "text/html,application/xhtml+xml,*/*;q=0.8", "x-vitae-site": "https://example.com",
            "x-amz-cf-id": "id==", "content-type": "application/x-www-form-urlencoded",
        }));
        assert_eq!(browser.format, Format::Html);
        assert_eq!(browser.site, Some(Origin::parse("https://example.com").unwrap()));
        assert_eq!(browser.token, Token::from_request_ids(Some("id=="), "r-2"));
        assert_eq!(caller(&json!({"accept": "application/json"})).format, Format::Json);
        assert_eq!(caller(&json!({"accept": "*/*"})).format, Format::Any);
        let form = caller(&json!({"content-type": "application/x-www-form-urlencoded; charset=utf-8"}));
        assert_eq!(form.format, Format::Html);
        assert_eq!(caller(&json!({"x-vitae-site": "javascript:alert(1)"})).site, None);
    }
}
