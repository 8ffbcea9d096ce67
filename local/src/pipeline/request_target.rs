//! Host, path and query of a request that CloudFront would accept.
//!
//! A URL over its limit is 414. Headers over their limit are 494, which the viewer gets as 400. There must be
//! exactly one `Host`. The HTTP parser rejects control bytes and invalid UTF-8 in the request line.

use http::header::{ACCEPT_ENCODING, COOKIE, HOST, HeaderValue};
use http::request::Parts;
use http::uri::Authority;
use http::{StatusCode, Version};

use super::Rejection;
use crate::limits;

/// Host, path and query, as the viewer sent them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RequestTarget {
    pub(super) host: String,
    pub(super) path: String,
    pub(super) query: String,
}

impl RequestTarget {
    /// # Errors
    /// CloudFront would reject the request.
    pub(super) fn from_parts(parts: &Parts) -> Result<Self, Rejection> {
        let mut hosts = parts.headers.get_all(HOST).iter();
        let authority = parts.uri.authority().map(Authority::as_str);
        let host = match (hosts.next(), hosts.next()) {
            // HTTP/2 has `:authority` instead: RFC 9113, section 8.3.1.
            (None, _) if parts.version == Version::HTTP_2 => {
                authority.ok_or(Rejection::bad_request("The request has no authority."))?
            }
            (Some(host), None) => host.to_str().map_err(|_| Rejection::bad_request("The Host header is not ASCII."))?,
            (None, _) => return Err(Rejection::bad_request("The request has no Host header.")),
            (Some(_), Some(_)) => return Err(Rejection::bad_request("The request has two Host headers.")),
        };
        // RFC 9112, section 3.2.2: the absolute form overrides Host. A difference is an attempt at request smuggling.
        if authority.is_some_and(|authority| !authority.eq_ignore_ascii_case(host)) {
            return Err(Rejection::bad_request("The Host header differs from the host in the request line."));
        }
        let path = parts.uri.path();
        let query = parts.uri.query().unwrap_or_default();
        if !path.starts_with('/') {
            return Err(Rejection::bad_request("The path does not begin with a slash."));
        }
        let target = Self { host: host.to_owned(), path: path.to_owned(), query: query.to_owned() };
        if "https://".len() + host.len() + target.path_and_query().len() > limits::URL_MAX_BYTES {
            return Err(Rejection { status: StatusCode::URI_TOO_LONG, reason: "The URL is longer than 8,192 bytes." });
        }
        if head_size(parts) > limits::REQUEST_HEAD_MAX_BYTES {
            let reason = "The request line and headers are larger than 32,768 bytes (494).";
            return Err(Rejection::bad_request(reason));
        }
        Ok(target)
    }

    pub(super) fn path_and_query(&self) -> String {
        let question_mark = if self.query.is_empty() { "" } else { "?" };
        format!("{}{question_mark}{}", self.path, self.query)
    }
}

/// Converts the headers to those of HTTP/1.1, which functions, policies and origins expect.
///
/// An HTTP/2 request gets a `Host` and a single `Cookie` header (RFC 9113, section 8.2.3). An HTTP/1.0
/// request loses its `Accept-Encoding`:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html>
pub(super) fn normalise_version(parts: &mut Parts, target: &RequestTarget) {
    if parts.version == Version::HTTP_10 {
        parts.headers.remove(ACCEPT_ENCODING);
    }
    if parts.version != Version::HTTP_2 {
        return;
    }
    if let Ok(host) = HeaderValue::from_str(&target.host) {
        parts.headers.insert(HOST, host);
    }
    let crumbs: Vec<&[u8]> = parts.headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if crumbs.len() > 1
        && let Ok(cookies) = HeaderValue::from_bytes(&crumbs.join(&b"; "[..]))
    {
        parts.headers.insert(COOKIE, cookies);
    }
}

/// The size of request line and headers on the wire, without optional whitespace.
fn head_size(parts: &Parts) -> usize {
    let line = parts.method.as_str().len() + parts.uri.to_string().len() + " HTTP/1.1\r\n".len() + 1;
    line + parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::{Rejection, RequestTarget, normalise_version};
    use http::{HeaderValue, Request, StatusCode};

    fn parts(uri: &str, headers: &[(&str, &str)]) -> http::request::Parts {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn target(parts: &http::request::Parts) -> Result<RequestTarget, Rejection> {
        RequestTarget::from_parts(parts)
    }

    fn status(result: Result<RequestTarget, Rejection>) -> StatusCode {
        result.unwrap_err().status
    }

    const HOST: (&str, &str) = ("host", "localhost:8787");

    #[test]
    fn path_and_query_are_not_decoded() {
        let target = target(&parts("/a/%2e%2e/b?x=%20&y", &[HOST])).unwrap();
        assert_eq!((target.path.as_str(), target.query.as_str()), ("/a/%2e%2e/b", "x=%20&y"));
    }

    #[test]
    fn there_must_be_exactly_one_host() {
        assert_eq!(status(target(&parts("/", &[]))), StatusCode::BAD_REQUEST);
        assert_eq!(status(target(&parts("/", &[HOST, ("host", "evil.example")]))), StatusCode::BAD_REQUEST);
        assert_eq!(status(target(&parts("http://evil.example/", &[HOST]))), StatusCode::BAD_REQUEST);
        assert!(target(&parts("http://localhost:8787/", &[HOST])).is_ok());
    }

    #[test]
    fn an_http_2_request_gets_a_host_and_one_cookie_header() {
        let mut parts = parts("https://localhost:8787/a", &[("cookie", "a=1"), ("cookie", "b=2")]);
        parts.version = http::Version::HTTP_2;
        let target = target(&parts).unwrap();
        normalise_version(&mut parts, &target);
        assert_eq!(
            (&parts.headers["host"], target.host.as_str()),
            (&HeaderValue::from_static("localhost:8787"), "localhost:8787")
        );
        assert_eq!(parts.headers.get_all("cookie").iter().collect::<Vec<_>>(), ["a=1; b=2"]);
    }

    #[test]
    fn an_http_1_0_request_loses_its_accept_encoding() {
        let mut parts = parts("/a", &[HOST, ("accept-encoding", "gzip")]);
        let target = target(&parts).unwrap();
        normalise_version(&mut parts, &target);
        assert!(parts.headers.contains_key("accept-encoding"));
        parts.version = http::Version::HTTP_10;
        normalise_version(&mut parts, &target);
        assert!(!parts.headers.contains_key("accept-encoding"));
    }

    #[test]
    fn a_url_over_8192_bytes_is_too_long() {
        let fits = 8_192 - "https://localhost:8787".len();
        assert!(target(&parts(&format!("/{}", "a".repeat(fits - 1)), &[HOST])).is_ok());
        assert_eq!(status(target(&parts(&format!("/{}", "a".repeat(fits)), &[HOST]))), StatusCode::URI_TOO_LONG);
    }

    #[test]
    fn headers_over_their_limit_are_a_bad_request() {
        let large = "a".repeat(32_768);
        assert_eq!(status(target(&parts("/", &[HOST, ("x-large", &large)]))), StatusCode::BAD_REQUEST);
    }
}
