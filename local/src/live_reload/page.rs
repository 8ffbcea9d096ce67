//! Adding the script to a page.

use http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RANGE};
use http::{Method, StatusCode};

use super::describe_added;
use crate::limits;
use crate::response::{Answer, Encoding, Gathered, gather, whole};
use crate::viewer::ViewerRequest;

/// Whether a browser asks for a page to show: a navigation, not a script's or curl's request, which see what is there.
pub(crate) fn asks_for_a_page(viewer: &ViewerRequest) -> bool {
    let names_html = |value: &http::HeaderValue| value.to_str().is_ok_and(|value| value.contains("text/html"));
    viewer.method == Method::GET
        && !viewer.headers.contains_key(RANGE)
        && viewer.headers.get_all(ACCEPT).iter().any(names_html)
}

/// The page with this at its end, where HTML takes a script whatever the page forgot to close; written as it was encoded.
pub(super) async fn with_script(answer: Answer, script: &str) -> Answer {
    let Some(encoding) = encoding(&answer) else { return answer };
    let (mut parts, body) = answer.response.into_parts();
    let (body, length) = match gather(body, limits::CACHE_OBJECT_MAX_BYTES).await {
        Ok(Gathered::Whole(read)) => {
            let added = read.clone();
            let script = script.to_owned();
            let added = tokio::task::spawn_blocking(move || encoding.add(&added, script.as_bytes())).await;
            let added = added.unwrap_or_else(|error| Err(std::io::Error::other(error)));
            match added {
                Ok(page) => {
                    let length = page.len();
                    (whole(page), Some(length))
                }
                // No such encoding after all.
                Err(_) => (whole(read), None),
            }
        }
        Ok(Gathered::TooLarge(body)) => (body, None),
        // Broken off, it says so.
        Err(cause) => {
            tracing::warn!(target: "vitae::edge", "a page broke off: {cause}");
            (whole(""), None)
        }
    };
    if let Some(length) = length {
        describe_added(&mut parts.headers, length);
    }
    Answer { response: http::Response::from_parts(parts, body), result: answer.result }
}

/// How a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Plainly,
    As(Encoding),
}

impl Written {
    fn add(self, page: &[u8], script: &[u8]) -> std::io::Result<bytes::Bytes> {
        match self {
            Self::Plainly => Ok([page, script].concat().into()),
            Self::As(encoding) => {
                let plain = encoding.decode(page, limits::CACHE_OBJECT_MAX_BYTES)?;
                encoding.encode(&[plain.as_slice(), script].concat())
            }
        }
    }
}

/// How an answer is written that is a page to be shown; `None` for everything else, and for what cannot be read here.
fn encoding(answer: &Answer) -> Option<Written> {
    let headers: &HeaderMap = answer.response.headers();
    let status = answer.response.status();
    let without_body = status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED;
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    // ASCII is not what the script would have to be in there.
    let is_wide = kind.contains("utf-16");
    if essence != "text/html" || is_wide || without_body || headers.contains_key(CONTENT_DISPOSITION) {
        return None;
    }
    match headers.get(CONTENT_ENCODING) {
        None => Some(Written::Plainly),
        Some(name) => Encoding::named(name.to_str().ok()?).map(Written::As),
    }
}

#[cfg(test)]
mod tests {
    use super::{asks_for_a_page, with_script};
    use crate::response::{Answer, Encoding, ResultType, whole};
    use crate::viewer::ViewerRequest;
    use bytes::Bytes;
    use http::{HeaderValue, Response};
    use http_body_util::BodyExt;

    const SCRIPT: &str = "<script src=x></script>";

    fn answer(headers: &[(&'static str, &'static str)], body: impl Into<Bytes>) -> Answer {
        let mut response = Response::new(whole(body));
        for (name, value) in headers {
            response.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        Answer { response, result: ResultType::Miss }
    }

    async fn sent(answer: Answer) -> (http::HeaderMap, Vec<u8>) {
        let (parts, body) = answer.response.into_parts();
        (parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    #[tokio::test]
    async fn a_page_is_longer_and_has_no_validator() {
        let html = [("content-type", "Text/HTML; charset=utf-8"), ("etag", "\"1\""), ("last-modified", "x")];
        let (headers, body) = sent(with_script(answer(&html, "<p>Résumé"), SCRIPT).await).await;
        assert_eq!(String::from_utf8(body).unwrap(), format!("<p>Résumé{SCRIPT}"));
        assert_eq!(headers["content-length"], (11 + SCRIPT.len()).to_string().as_str());
        assert!(!headers.contains_key("etag") && !headers.contains_key("last-modified"));
    }

    #[tokio::test]
    async fn a_compressed_page_stays_compressed() {
        for (encoding, name) in [(Encoding::Brotli, "br"), (Encoding::Gzip, "gzip")] {
            let headers = [("content-type", "text/html"), ("content-encoding", name)];
            let page = encoding.encode("<p>".repeat(900).as_bytes()).unwrap();
            let (headers, body) = sent(with_script(answer(&headers, page), SCRIPT).await).await;
            assert_eq!(headers["content-length"], body.len().to_string().as_str());
            let plain = encoding.decode(&body, 10_000).unwrap();
            assert!(plain.ends_with(SCRIPT.as_bytes()) && plain.starts_with(b"<p><p>"));
        }
    }

    #[tokio::test]
    async fn what_is_no_page_or_cannot_be_read_stays_as_it_is() {
        for headers in [
            vec![("content-type", "application/xhtml+xml")],
            vec![("content-type", "text/html; charset=utf-16le")],
            vec![("content-type", "text/html"), ("content-encoding", "zstd")],
            vec![("content-type", "text/html"), ("content-encoding", "gzip")],
            vec![("content-type", "text/html"), ("content-disposition", "attachment")],
            vec![],
        ] {
            let mut given = headers.clone();
            given.push(("etag", "\"1\""));
            let (sent, body) = sent(with_script(answer(&given, "<p>"), SCRIPT).await).await;
            assert!(body == b"<p>" && sent["etag"] == "\"1\"", "{headers:?}");
        }
    }

    #[test]
    fn only_a_navigation_asks_for_a_page() {
        let browser = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        assert!(asks_for_a_page(&ViewerRequest::get("/", "", &[browser])));
        assert!(!asks_for_a_page(&ViewerRequest::get("/", "", &[("accept", "*/*")])));
        assert!(!asks_for_a_page(&ViewerRequest::get("/", "", &[browser, ("range", "bytes=0-1")])));
    }
}
