//! Pages of the program that runs the local edge, below `/.vitae/`, such as the mail of a local cloud. For development only.
//!
//! As live reload's paths, they are never forwarded to an origin, and pages of other origins cannot load them.

use std::fmt;
use std::sync::Arc;

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};

use crate::live_reload::{RESERVED, is_of_foreign_page};
use crate::path_pattern::normalise;
use crate::response::{Body, full_body};

/// Renders the page of a path.
type Render = dyn Fn(&str) -> Option<Page> + Send + Sync;

/// Pages by their path.
#[derive(Clone)]
pub struct Pages(Arc<Render>);

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// `text/html; charset=utf-8`.
    pub content_type: &'static str,
    /// `Content-Security-Policy`.
    pub policy: &'static str,
    /// The content.
    pub body: String,
}

impl Pages {
    /// Calls `render` with the path below `/.vitae/`, such as `mail/1`. Without a page the response is that of the distribution.
    pub fn from_fn(render: impl Fn(&str) -> Option<Page> + Send + Sync + 'static) -> Self {
        Self(Arc::new(render))
    }

    /// The response to a request for a page; `None` for every other path.
    pub(crate) fn respond(&self, parts: &Parts) -> Option<Response<Body>> {
        let path = normalise(parts.uri.path());
        let page = (self.0)(path.strip_prefix(RESERVED)?)?;
        let (status, page) = if is_of_foreign_page(&parts.headers) {
            (StatusCode::FORBIDDEN, None)
        } else if parts.method != Method::GET && parts.method != Method::HEAD {
            (StatusCode::METHOD_NOT_ALLOWED, None)
        } else {
            (StatusCode::OK, Some(page))
        };
        let mut response = Response::new(full_body(""));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        let policy = HeaderName::from_static("cross-origin-resource-policy");
        headers.insert(policy, HeaderValue::from_static("same-origin"));
        if let Some(Page { content_type, policy, body }) = page {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
            *response.body_mut() = full_body(body);
        }
        Some(response)
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pages")
    }
}

#[cfg(test)]
mod tests {
    use http::{Request, StatusCode};
    use http_body_util::BodyExt;

    use super::{Page, Pages};

    fn pages() -> Pages {
        Pages::from_fn(|path| {
            let page =
                |body: &str| Page { content_type: "text/plain", policy: "default-src 'none'", body: body.to_owned() };
            (path == "mail").then(|| page("a secret"))
        })
    }

    fn parts(method: &str, path: &str, headers: &[(&str, &str)]) -> http::request::Parts {
        let request = Request::builder().method(method).uri(path).header("host", "localhost:8787");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.body(()).unwrap().into_parts().0
    }

    #[tokio::test]
    async fn a_page_is_served_in_every_encoding_of_its_path_and_nothing_else_is() {
        for path in ["/.vitae/mail", "//.vitae/mail?x", "/%2evitae/mail"] {
            let response = pages().respond(&parts("GET", path, &[])).unwrap();
            assert_eq!(response.headers()["cache-control"], "no-store");
            assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "a secret");
        }
        for path in ["/", "/mail", "/.vitae/", "/.vitae/mail/", "/.vitae/reload"] {
            assert!(pages().respond(&parts("GET", path, &[])).is_none(), "{path}");
        }
    }

    #[tokio::test]
    async fn pages_of_other_origins_read_nothing() {
        for headers in [
            [("sec-fetch-site", "cross-site")],
            [("sec-fetch-site", "same-site")],
            [("origin", "null")],
            [("origin", "https://evil.example")],
            [("origin", "http://localhost:87870")],
        ] {
            let response = pages().respond(&parts("GET", "/.vitae/mail", &headers)).unwrap();
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{headers:?}");
            assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty());
        }
        let response = pages().respond(&parts("POST", "/.vitae/mail", &[])).unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
