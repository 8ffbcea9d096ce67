//! A stored response, and the responses to viewers that are made from it.

use std::time::Duration;

use bytes::Bytes;
use http::header::{
    AGE, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, DATE, ETAG, EXPIRES, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RANGE, SET_COOKIE, VARY,
};
use http::{Method, Response, StatusCode};

use super::conditions;
use crate::byte_range::{self, ByteRangeRequest};
use crate::response::{Body, full_body, streamed_body};
use crate::viewer_request::ViewerRequest;

/// The headers of a 304: RFC 9110, section 15.4.5.
const NOT_MODIFIED_HEADERS: [HeaderName; 7] = [CACHE_CONTROL, DATE, ETAG, EXPIRES, LAST_MODIFIED, SET_COOKIE, VARY];

/// A complete response of an origin.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// Whether CloudFront compressed it. It is then sent without its length.
    is_compressed: bool,
    stored_at: Duration,
    fresh_until: Duration,
}

impl Entry {
    pub(crate) fn new(status: StatusCode, mut headers: HeaderMap, body: Bytes, now: Duration, fresh: Duration) -> Self {
        // The age in another cache. This cache counts from now.
        headers.remove(AGE);
        // RFC 9110, section 8.6: a 204 has no Content-Length.
        headers.remove(CONTENT_LENGTH);
        if status != StatusCode::NO_CONTENT {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        let fresh_until = now.saturating_add(fresh);
        Self { status, headers, body, is_compressed: false, stored_at: now, fresh_until }
    }

    /// A response that CloudFront compressed.
    pub(crate) fn compressed(mut self) -> Self {
        self.is_compressed = true;
        self.headers.remove(CONTENT_LENGTH);
        self
    }

    pub(crate) fn is_fresh(&self, now: Duration) -> bool {
        now < self.fresh_until
    }

    /// Whether the origin can revalidate it.
    pub(crate) fn has_validator(&self) -> bool {
        self.headers.contains_key(ETAG) || self.headers.contains_key(LAST_MODIFIED)
    }

    /// Sets the conditional headers that revalidate this entry.
    pub(crate) fn set_conditions(&self, headers: &mut HeaderMap) {
        for (validator, condition) in [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)] {
            if let Some(value) = self.headers.get(validator) {
                headers.insert(condition, value.clone());
            }
        }
    }

    /// The headers after a 304, updated from it: RFC 9111, section 3.2. `ETag` and `Vary` stay, because
    /// compression has changed them.
    pub(crate) fn updated_headers(&self, headers: &HeaderMap) -> HeaderMap {
        let mut updated = self.headers.clone();
        let updatable = NOT_MODIFIED_HEADERS.iter().filter(|name| ![ETAG, VARY].contains(name));
        for name in updatable.filter(|name| headers.contains_key(*name)) {
            updated.remove(name);
            for value in headers.get_all(name) {
                updated.append(name.clone(), value.clone());
            }
        }
        updated
    }

    pub(crate) fn with_headers(&self, headers: HeaderMap, now: Duration, fresh: Duration) -> Self {
        let updated = Self::new(self.status, headers, self.body.clone(), now, fresh);
        if self.is_compressed { updated.compressed() } else { updated }
    }

    /// The same entry with a longer lifetime, for when the origin fails.
    pub(crate) fn extended(&self, now: Duration, fresh: Duration) -> Self {
        Self { fresh_until: now.saturating_add(fresh), ..self.clone() }
    }

    /// Seconds since it was stored.
    pub(crate) fn age(&self, now: Duration) -> u64 {
        now.saturating_sub(self.stored_at).as_secs()
    }

    /// The response to a viewer: the whole object, a range, its head, or a 304.
    pub(crate) fn respond(&self, viewer: &ViewerRequest) -> Response<Body> {
        let may_be_partial = self.status == StatusCode::OK;
        if may_be_partial && conditions::not_modified(&viewer.headers, &self.headers) {
            let mut response = Response::new(full_body(Bytes::new()));
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            for name in &NOT_MODIFIED_HEADERS {
                for value in self.headers.get_all(name) {
                    response.headers_mut().append(name.clone(), value.clone());
                }
            }
            return response;
        }
        let range = match viewer.method {
            Method::GET if may_be_partial && conditions::range_applies(&viewer.headers, &self.headers) => {
                byte_range::parse(viewer.headers.get(RANGE), self.body.len())
            }
            _ => ByteRangeRequest::Whole,
        };
        let (status, body, content_range) = match range {
            ByteRangeRequest::Whole => (self.status, self.body.clone(), None),
            ByteRangeRequest::Range(part) => {
                let content_range = format!("bytes {}-{}/{}", part.start, part.end - 1, self.body.len());
                (StatusCode::PARTIAL_CONTENT, self.body.slice(part), Some(content_range))
            }
            ByteRangeRequest::Unsatisfiable => {
                (StatusCode::RANGE_NOT_SATISFIABLE, Bytes::new(), Some(format!("bytes */{}", self.body.len())))
            }
        };
        let length = body.len();
        let is_head = viewer.method == Method::HEAD;
        let is_streamed = self.is_compressed && status == self.status;
        let body = if is_head { Bytes::new() } else { body };
        let mut response = Response::new(if is_streamed { streamed_body(body) } else { full_body(body) });
        *response.status_mut() = status;
        *response.headers_mut() = self.headers.clone();
        if status != StatusCode::NO_CONTENT && !is_streamed {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        if let Some(content_range) = content_range.and_then(|value| HeaderValue::from_str(&value).ok()) {
            response.headers_mut().insert(CONTENT_RANGE, content_range);
        }
        response
    }

    /// The approximate memory use, in bytes.
    pub(super) fn size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 64).sum();
        size_of::<Self>() + headers + self.body.len()
    }
}

#[cfg(test)]
impl Entry {
    pub(super) fn from_body(bytes: Vec<u8>) -> Self {
        Self::new(StatusCode::OK, HeaderMap::new(), Bytes::from(bytes), Duration::ZERO, Duration::from_mins(1))
    }
}

#[cfg(test)]
mod tests {
    use super::Entry;
    use crate::viewer_request::ViewerRequest;
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method, StatusCode};
    use std::time::Duration;

    fn entry(status: u16) -> Entry {
        let mut headers = HeaderMap::new();
        headers.insert("etag", HeaderValue::from_static("\"1\""));
        headers.insert("age", HeaderValue::from_static("100"));
        headers.insert("content-type", HeaderValue::from_static("text/plain"));
        let at = Duration::from_secs(1_000);
        Entry::new(StatusCode::from_u16(status).unwrap(), headers, Bytes::from_static(b"0123456789"), at, at)
    }

    fn head(entry: &Entry, headers: &[(&'static str, &'static str)]) -> (u16, HeaderMap) {
        let (parts, _) = entry.respond(&ViewerRequest::get("/a", "", headers)).into_parts();
        (parts.status.as_u16(), parts.headers)
    }

    #[test]
    fn it_is_fresh_until_its_lifetime_ends() {
        let entry = entry(200);
        assert!(entry.is_fresh(Duration::from_secs(1_999)) && !entry.is_fresh(Duration::from_secs(2_000)));
        assert_eq!(entry.age(Duration::from_millis(1_007_900)), 7);
        assert!(!entry.headers.contains_key("age"));
    }

    #[test]
    fn a_viewer_gets_a_range_or_a_304() {
        let (status, headers) = head(&entry(200), &[("range", "bytes=2-4")]);
        assert_eq!(
            (status, &headers["content-range"], &headers["content-length"]),
            (206, &HeaderValue::from_static("bytes 2-4/10"), &HeaderValue::from(3))
        );
        let (status, headers) = head(&entry(200), &[("range", "bytes=20-")]);
        assert_eq!((status, &headers["content-range"]), (416, &HeaderValue::from_static("bytes */10")));
        let (status, headers) = head(&entry(200), &[("if-none-match", "\"1\""), ("range", "bytes=2-4")]);
        assert_eq!((status, headers.contains_key("content-length"), headers.contains_key("etag")), (304, false, true));
    }

    #[test]
    fn an_error_is_always_served_whole() {
        assert_eq!(head(&entry(404), &[("range", "bytes=2-4")]).0, 404);
        assert_eq!(head(&entry(404), &[("if-none-match", "\"1\"")]).0, 404);
    }

    #[test]
    fn a_head_response_has_the_length_of_the_whole_object() {
        let mut viewer = ViewerRequest::get("/a", "", &[("range", "bytes=2-4")]);
        viewer.method = Method::HEAD;
        let response = entry(200).respond(&viewer);
        assert_eq!((response.status().as_u16(), &response.headers()["content-length"]), (200, &HeaderValue::from(10)));
    }

    #[test]
    fn a_204_has_no_length() {
        let (status, headers) = head(&entry(204), &[]);
        assert_eq!((status, headers.contains_key("content-length")), (204, false));
    }

    #[test]
    fn a_304_updates_the_stored_headers() {
        let mut not_modified = HeaderMap::new();
        not_modified.insert("cache-control", HeaderValue::from_static("max-age=5"));
        not_modified.insert("content-type", HeaderValue::from_static("text/html"));
        not_modified.insert("content-length", HeaderValue::from_static("0"));
        not_modified.insert("etag", HeaderValue::from_static("W/\"1\""));
        let updated = entry(200).updated_headers(&not_modified);
        assert_eq!(
            (&updated["cache-control"], &updated["content-type"]),
            (&HeaderValue::from_static("max-age=5"), &HeaderValue::from_static("text/plain"))
        );
        assert_eq!(
            (&updated["content-length"], &updated["etag"]),
            (&HeaderValue::from(10), &HeaderValue::from_static("\"1\""))
        );
    }
}
