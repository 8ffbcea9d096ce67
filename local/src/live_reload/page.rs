//! Adds the script to a page.

use http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RANGE};
use http::{Method, StatusCode};

use super::set_headers;
use crate::limits;
use crate::response::{CollectedBody, EdgeResponse, Encoding, collect_body, full_body};
use crate::viewer_request::ViewerRequest;

/// Whether a browser navigates to a page. Requests by scripts or curl get the unchanged page.
pub(crate) fn is_page_navigation(viewer: &ViewerRequest) -> bool {
    let accepts_html = |value: &http::HeaderValue| value.to_str().is_ok_and(|value| value.contains("text/html"));
    viewer.method == Method::GET
        && !viewer.headers.contains_key(RANGE)
        && viewer.headers.get_all(ACCEPT).iter().any(accepts_html)
}

/// Appends the script to a page, where HTML allows it even if elements are unclosed. Keeps the page's encoding.
pub(super) async fn with_script(response: EdgeResponse, script: &str) -> EdgeResponse {
    let Some(encoding) = page_encoding(&response) else { return response };
    let (mut parts, body) = response.response.into_parts();
    let (body, length) = match collect_body(body, limits::CACHE_OBJECT_MAX_BYTES).await {
        Ok(CollectedBody::Complete(read)) => {
            let page = read.clone();
            let script = script.to_owned();
            let page = tokio::task::spawn_blocking(move || encoding.append(&page, script.as_bytes())).await;
            let page = page.unwrap_or_else(|error| Err(std::io::Error::other(error)));
            match page {
                Ok(page) => {
                    let length = page.len();
                    (full_body(page), Some(length))
                }
                // The page is not in the encoding that its header names.
                Err(_) => (full_body(read), None),
            }
        }
        Ok(CollectedBody::TooLarge(body)) => (body, None),
        Err(cause) => {
            tracing::warn!(target: "vitae::edge", "the origin's response was interrupted: {cause}");
            (full_body(""), None)
        }
    };
    if let Some(length) = length {
        set_headers(&mut parts.headers, length);
    }
    EdgeResponse { response: http::Response::from_parts(parts, body), result: response.result }
}

/// The encoding of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PageEncoding {
    Identity,
    Encoded(Encoding),
}

impl PageEncoding {
    fn append(self, page: &[u8], script: &[u8]) -> std::io::Result<bytes::Bytes> {
        match self {
            Self::Identity => Ok([page, script].concat().into()),
            Self::Encoded(encoding) => {
                let plain = encoding.decode(page, limits::CACHE_OBJECT_MAX_BYTES)?;
                encoding.encode(&[plain.as_slice(), script].concat())
            }
        }
    }
}

/// The encoding of an HTML page; `None` for any other response or an unsupported encoding.
fn page_encoding(response: &EdgeResponse) -> Option<PageEncoding> {
    let headers: &HeaderMap = response.response.headers();
    let status = response.response.status();
    let without_body = status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED;
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    // The script is ASCII, so it cannot be appended to UTF-16.
    let is_utf16 = kind.contains("utf-16");
    if essence != "text/html" || is_utf16 || without_body || headers.contains_key(CONTENT_DISPOSITION) {
        return None;
    }
    match headers.get(CONTENT_ENCODING) {
        None => Some(PageEncoding::Identity),
        Some(name) => Encoding::from_name(name.to_str().ok()?).map(PageEncoding::Encoded),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_page_navigation, with_script};
    use crate::response::{EdgeResponse, Encoding, ResultType, full_body};
    use crate::viewer_request::ViewerRequest;
    use bytes::Bytes;
    use http::{HeaderValue, Response};
    use http_body_util::BodyExt;

    const SCRIPT: &str = "<script src=x></script>";

    fn response(headers: &[(&'static str, &'static str)], body: impl Into<Bytes>) -> EdgeResponse {
        let mut response = Response::new(full_body(body));
        for (name, value) in headers {
            response.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        EdgeResponse { response, result: ResultType::Miss }
    }

    async fn split(response: EdgeResponse) -> (http::HeaderMap, Vec<u8>) {
        let (parts, body) = response.response.into_parts();
        (parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    #[tokio::test]
    async fn a_page_with_the_script_has_no_validator() {
        let html = [("content-type", "Text/HTML; charset=utf-8"), ("etag", "\"1\""), ("last-modified", "x")];
        let (headers, body) = split(with_script(response(&html, "<p>Résumé"), SCRIPT).await).await;
        assert_eq!(String::from_utf8(body).unwrap(), format!("<p>Résumé{SCRIPT}"));
        assert_eq!(headers["content-length"], (11 + SCRIPT.len()).to_string().as_str());
        assert!(!headers.contains_key("etag") && !headers.contains_key("last-modified"));
    }

    #[tokio::test]
    async fn a_compressed_page_stays_compressed() {
        for (encoding, name) in [(Encoding::Brotli, "br"), (Encoding::Gzip, "gzip")] {
            let headers = [("content-type", "text/html"), ("content-encoding", name)];
            let page = encoding.encode("<p>".repeat(900).as_bytes()).unwrap();
            let (headers, body) = split(with_script(response(&headers, page), SCRIPT).await).await;
            assert_eq!(headers["content-length"], body.len().to_string().as_str());
            let plain = encoding.decode(&body, 10_000).unwrap();
            assert!(plain.ends_with(SCRIPT.as_bytes()) && plain.starts_with(b"<p><p>"));
        }
    }

    #[tokio::test]
    async fn other_responses_and_unsupported_encodings_do_not_change() {
        for headers in [
            vec![("content-type", "application/xhtml+xml")],
            vec![("content-type", "text/html; charset=utf-16le")],
            vec![("content-type", "text/html"), ("content-encoding", "zstd")],
            vec![("content-type", "text/html"), ("content-encoding", "gzip")],
            vec![("content-type", "text/html"), ("content-disposition", "attachment")],
            vec![],
        ] {
            let mut with_etag = headers.clone();
            with_etag.push(("etag", "\"1\""));
            let (sent, body) = split(with_script(response(&with_etag, "<p>"), SCRIPT).await).await;
            assert!(body == b"<p>" && sent["etag"] == "\"1\"", "{headers:?}");
        }
    }

    #[test]
    fn only_a_navigation_is_page_navigation() {
        let browser = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        assert!(is_page_navigation(&ViewerRequest::get("/", "", &[browser])));
        assert!(!is_page_navigation(&ViewerRequest::get("/", "", &[("accept", "*/*")])));
        assert!(!is_page_navigation(&ViewerRequest::get("/", "", &[browser, ("range", "bytes=0-1")])));
    }
}
