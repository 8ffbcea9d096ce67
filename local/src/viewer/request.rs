//! A viewer's request, once it is known to be one that CloudFront would look at.
//!
//! The rules: a URL over its limit is 414, headers over theirs are 494, which the viewer sees as 400, and there is exactly one
//! `Host`. Control bytes and invalid UTF-8 in the request line do not get past the parser.

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, COOKIE, HOST, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, Version};

use crate::limits;

/// What the viewer asked for. No `Debug`: its query may be a credential.
#[derive(Clone)]
pub(crate) struct ViewerRequest {
    pub(crate) method: Method,
    /// `http` for the loopback name, `https` for every other: plain HTTP on loopback counts as HTTPS.
    pub(crate) scheme: &'static str,
    /// As the viewer wrote it, with its port.
    pub(crate) host: String,
    /// As the viewer wrote it: not decoded, not normalised.
    pub(crate) path: String,
    /// Without the question mark; empty if there is none.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

#[cfg(test)]
impl ViewerRequest {
    /// A GET, for tests.
    pub(crate) fn get(path: &str, query: &str, headers: &[(&'static str, &'static str)]) -> Self {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, http::HeaderValue::from_static(value));
        }
        Self {
            method: Method::GET,
            scheme: "http",
            host: "localhost:8787".to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: map,
            body: Bytes::new(),
        }
    }
}

/// Why a request gets no further than the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) status: StatusCode,
    pub(crate) reason: &'static str,
}

impl Rejection {
    pub(crate) const fn bad(reason: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, reason }
    }
}

/// The parts of a request that tell where it goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) query: String,
}

/// Reads host, path and query.
///
/// # Errors
/// What CloudFront would answer to a request it does not look at.
pub(crate) fn target(parts: &Parts) -> Result<Target, Rejection> {
    let mut hosts = parts.headers.get_all(HOST).iter();
    let authority = parts.uri.authority().map(http::uri::Authority::as_str);
    let host = match (hosts.next(), hosts.next()) {
        // HTTP/2 has a field of its own for it: RFC 9113, section 8.3.1.
        (None, _) if parts.version == Version::HTTP_2 => authority.ok_or(Rejection::bad("There is no authority."))?,
        (Some(host), None) => host.to_str().map_err(|_| Rejection::bad("The Host header is not ASCII."))?,
        (None, _) => return Err(Rejection::bad("There is no Host header.")),
        (Some(_), Some(_)) => return Err(Rejection::bad("There are two Host headers.")),
    };
    // RFC 9112, section 3.2.2: the absolute form wins over Host, so the two must agree or someone is being fooled.
    if authority.is_some_and(|authority| !authority.eq_ignore_ascii_case(host)) {
        return Err(Rejection::bad("The Host header and the request line name different hosts."));
    }
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    if !path.starts_with('/') {
        return Err(Rejection::bad("The path does not begin with a slash."));
    }
    let url = "https://".len() + host.len() + path.len() + query.len() + usize::from(!query.is_empty());
    if url > limits::URL_MAX_BYTES {
        return Err(Rejection { status: StatusCode::URI_TOO_LONG, reason: "The URL is longer than 8,192 bytes." });
    }
    if head_size(parts) > limits::REQUEST_HEAD_MAX_BYTES {
        return Err(Rejection::bad("The request line and headers are larger than 32,768 bytes (494)."));
    }
    Ok(Target { host: host.to_owned(), path: path.to_owned(), query: query.to_owned() })
}

/// Writes a request as functions, policies and origins know requests, whatever its version.
///
/// An HTTP/2 one gets a `Host`, and its cookies in one field (RFC 9113, section 8.2.3). An HTTP/1.0 one loses its `Accept-Encoding`:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html>
pub(crate) fn as_http_1_1(parts: &mut Parts, target: &Target) {
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

/// Bytes of request line and headers as they were on the wire, whitespace at its least.
fn head_size(parts: &Parts) -> usize {
    let line = parts.method.as_str().len() + parts.uri.to_string().len() + " HTTP/1.1\r\n".len() + 1;
    line + parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::{Rejection, Target, as_http_1_1, target};
    use http::{HeaderValue, Request, StatusCode};

    fn parts(uri: &str, headers: &[(&str, &str)]) -> http::request::Parts {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn status(result: Result<Target, Rejection>) -> StatusCode {
        result.unwrap_err().status
    }

    const HOST: (&str, &str) = ("host", "localhost:8787");

    #[test]
    fn path_and_query_stay_as_they_were_written() {
        let target = target(&parts("/a/%2e%2e/b?x=%20&y", &[HOST])).unwrap();
        assert_eq!((target.path.as_str(), target.query.as_str()), ("/a/%2e%2e/b", "x=%20&y"));
    }

    #[test]
    fn there_is_exactly_one_host() {
        assert_eq!(status(target(&parts("/", &[]))), StatusCode::BAD_REQUEST);
        assert_eq!(status(target(&parts("/", &[HOST, ("host", "evil.example")]))), StatusCode::BAD_REQUEST);
        assert_eq!(status(target(&parts("http://evil.example/", &[HOST]))), StatusCode::BAD_REQUEST);
        assert!(target(&parts("http://localhost:8787/", &[HOST])).is_ok());
    }

    #[test]
    fn http_2_names_its_host_otherwise() {
        let mut parts = parts("https://localhost:8787/a", &[("cookie", "a=1"), ("cookie", "b=2")]);
        parts.version = http::Version::HTTP_2;
        let target = target(&parts).unwrap();
        as_http_1_1(&mut parts, &target);
        assert_eq!(
            (&parts.headers["host"], target.host.as_str()),
            (&HeaderValue::from_static("localhost:8787"), "localhost:8787")
        );
        assert_eq!(parts.headers.get_all("cookie").iter().collect::<Vec<_>>(), ["a=1; b=2"]);
    }

    #[test]
    fn http_1_0_understands_no_encoding() {
        let mut parts = parts("/a", &[HOST, ("accept-encoding", "gzip")]);
        let target = target(&parts).unwrap();
        as_http_1_1(&mut parts, &target);
        assert!(parts.headers.contains_key("accept-encoding"));
        parts.version = http::Version::HTTP_10;
        as_http_1_1(&mut parts, &target);
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
