//! One kept answer, and what a viewer gets of it.

use std::time::Duration;

use bytes::Bytes;
use http::header::{
    AGE, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, DATE, ETAG, EXPIRES, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RANGE, SET_COOKIE, VARY,
};
use http::{Method, Response, StatusCode};

use super::range::Asked;
use super::{conditions, range};
use crate::response::{Body, whole};
use crate::viewer::ViewerRequest;

/// What a 304 says of an object: RFC 9110, section 15.4.5.
const OF_A_304: [HeaderName; 7] = [CACHE_CONTROL, DATE, ETAG, EXPIRES, LAST_MODIFIED, SET_COOKIE, VARY];

/// An answer of an origin, whole.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    kept_at: Duration,
    fresh_until: Duration,
}

impl Entry {
    pub(crate) fn new(status: StatusCode, mut headers: HeaderMap, body: Bytes, now: Duration, fresh: Duration) -> Self {
        // Another cache's business; ours is counted from here.
        headers.remove(AGE);
        // RFC 9110, section 8.6: none on a 204.
        headers.remove(CONTENT_LENGTH);
        if status != StatusCode::NO_CONTENT {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        Self { status, headers, body, kept_at: now, fresh_until: now.saturating_add(fresh) }
    }

    pub(crate) fn is_fresh(&self, now: Duration) -> bool {
        now < self.fresh_until
    }

    /// Whether the origin can be asked if it is still this.
    pub(crate) fn has_validator(&self) -> bool {
        self.headers.contains_key(ETAG) || self.headers.contains_key(LAST_MODIFIED)
    }

    /// Makes a request ask whether this is still what there is.
    pub(crate) fn ask_whether_modified(&self, headers: &mut HeaderMap) {
        for (validator, condition) in [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)] {
            if let Some(value) = self.headers.get(validator) {
                headers.insert(condition, value.clone());
            }
        }
    }

    /// The same object after the origin has said 304: with the headers that came with that, RFC 9111, section 3.2. Compression has made
    /// its own of validator and `Vary`.
    pub(crate) fn confirmed(&self, headers: &HeaderMap) -> HeaderMap {
        let mut updated = self.headers.clone();
        let renewed = OF_A_304.iter().filter(|name| ![ETAG, VARY].contains(name));
        for name in renewed.filter(|name| headers.contains_key(*name)) {
            updated.remove(name);
            for value in headers.get_all(name) {
                updated.append(name.clone(), value.clone());
            }
        }
        updated
    }

    pub(crate) fn with_headers(&self, headers: HeaderMap, now: Duration, fresh: Duration) -> Self {
        Self::new(self.status, headers, self.body.clone(), now, fresh)
    }

    /// As it is, fresh for a while longer: the origin fails.
    pub(crate) fn for_longer(&self, now: Duration, fresh: Duration) -> Self {
        Self { fresh_until: now.saturating_add(fresh), ..self.clone() }
    }

    /// The seconds it has been kept.
    pub(crate) fn age(&self, now: Duration) -> u64 {
        now.saturating_sub(self.kept_at).as_secs()
    }

    /// What this viewer gets: all of it, a part, its head, or the word that it has not changed.
    pub(crate) fn answer(&self, viewer: &ViewerRequest) -> Response<Body> {
        let may_be_partial = self.status == StatusCode::OK;
        if may_be_partial && conditions::not_modified(&viewer.headers, &self.headers) {
            let mut response = Response::new(whole(Bytes::new()));
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            for name in &OF_A_304 {
                for value in self.headers.get_all(name) {
                    response.headers_mut().append(name.clone(), value.clone());
                }
            }
            return response;
        }
        let asked = match viewer.method {
            Method::GET if may_be_partial && conditions::part_may_be_given(&viewer.headers, &self.headers) => {
                range::asked(viewer.headers.get(RANGE), self.body.len())
            }
            _ => Asked::Whole,
        };
        let (status, body, content_range) = match asked {
            Asked::Whole => (self.status, self.body.clone(), None),
            Asked::Part(part) => {
                let said = format!("bytes {}-{}/{}", part.start, part.end - 1, self.body.len());
                (StatusCode::PARTIAL_CONTENT, self.body.slice(part), Some(said))
            }
            Asked::Nothing => {
                (StatusCode::RANGE_NOT_SATISFIABLE, Bytes::new(), Some(format!("bytes */{}", self.body.len())))
            }
        };
        let length = body.len();
        let is_head = viewer.method == Method::HEAD;
        let mut response = Response::new(whole(if is_head { Bytes::new() } else { body }));
        *response.status_mut() = status;
        *response.headers_mut() = self.headers.clone();
        if status != StatusCode::NO_CONTENT {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        if let Some(said) = content_range.and_then(|said| HeaderValue::from_str(&said).ok()) {
            response.headers_mut().insert(CONTENT_RANGE, said);
        }
        response
    }

    /// Bytes of memory, about.
    pub(super) fn size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 64).sum();
        size_of::<Self>() + headers + self.body.len()
    }
}

#[cfg(test)]
impl Entry {
    pub(super) fn of_bytes(bytes: Vec<u8>) -> Self {
        Self::new(StatusCode::OK, HeaderMap::new(), Bytes::from(bytes), Duration::ZERO, Duration::from_mins(1))
    }
}

#[cfg(test)]
mod tests {
    use super::Entry;
    use crate::viewer::ViewerRequest;
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
        let (parts, _) = entry.answer(&ViewerRequest::get("/a", "", headers)).into_parts();
        (parts.status.as_u16(), parts.headers)
    }

    #[test]
    fn it_is_fresh_until_its_time_is_over() {
        let entry = entry(200);
        assert!(entry.is_fresh(Duration::from_secs(1_999)) && !entry.is_fresh(Duration::from_secs(2_000)));
        assert_eq!(entry.age(Duration::from_millis(1_007_900)), 7);
        assert!(!entry.headers.contains_key("age"));
    }

    #[test]
    fn a_viewer_gets_a_part_or_the_word_that_nothing_has_changed() {
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
    fn an_error_is_given_whole_whatever_is_asked() {
        assert_eq!(head(&entry(404), &[("range", "bytes=2-4")]).0, 404);
        assert_eq!(head(&entry(404), &[("if-none-match", "\"1\"")]).0, 404);
    }

    #[test]
    fn a_head_has_the_length_of_the_whole() {
        let mut viewer = ViewerRequest::get("/a", "", &[("range", "bytes=2-4")]);
        viewer.method = Method::HEAD;
        let response = entry(200).answer(&viewer);
        assert_eq!((response.status().as_u16(), &response.headers()["content-length"]), (200, &HeaderValue::from(10)));
    }

    #[test]
    fn a_204_has_no_length() {
        let (status, headers) = head(&entry(204), &[]);
        assert_eq!((status, headers.contains_key("content-length")), (204, false));
    }

    #[test]
    fn a_304_renews_the_headers_it_brings() {
        let mut said = HeaderMap::new();
        said.insert("cache-control", HeaderValue::from_static("max-age=5"));
        said.insert("content-type", HeaderValue::from_static("text/html"));
        said.insert("content-length", HeaderValue::from_static("0"));
        said.insert("etag", HeaderValue::from_static("W/\"1\""));
        let updated = entry(200).confirmed(&said);
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
