//! A folder in place of an origin: its files are served as S3 serves the objects of a bucket.
//!
//! A file's key is its path in the folder, with slashes. A missing file is 404 here; the caller makes it 403 if S3 would.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED, RANGE, SERVER,
};
use http::{Method, Response, StatusCode};
use md5::{Digest as _, Md5};

use super::origin_request::OriginRequest;
use crate::byte_range::{self, ByteRangeRequest};
use crate::response::{Body, full_body};

/// The type of an object that was uploaded without one.
const DEFAULT_TYPE: &str = "binary/octet-stream";

/// A file as an object.
struct Object {
    body: Bytes,
    etag: String,
    /// Whole seconds since the Unix epoch, as `Last-Modified` has.
    modified: Duration,
}

/// The response of a bucket with the folder's files.
pub(super) async fn fetch(folder: &Path, key: &str, request: &OriginRequest) -> Response<Body> {
    match request.method {
        Method::GET | Method::HEAD => {}
        // Buckets have no CORS configuration here.
        Method::OPTIONS => {
            return error(StatusCode::FORBIDDEN, "AccessForbidden", "CORS is not enabled for this bucket.");
        }
        _ => {
            let message = "The specified method is not allowed against this resource.";
            return error(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message);
        }
    }
    if key.is_empty() {
        let message = "The list of a bucket's objects is not modelled locally.";
        return error(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message);
    }
    let Some(object) = read(folder, key).await else {
        return error(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.");
    };
    respond(&object, key, &request.method, &request.headers)
}

/// Whether there is a file with this key.
pub(super) async fn has(folder: &Path, key: &str) -> bool {
    let (folder, key) = (folder.to_owned(), key.to_owned());
    tokio::task::spawn_blocking(move || locate(&folder, &key)).await.ok().flatten().is_some()
}

/// The file of a key; `None` if the folder has no such file.
fn locate(folder: &Path, key: &str) -> Option<PathBuf> {
    let is_name = |segment: &str| !matches!(segment, "" | "." | "..") && !segment.contains(['\0', '\\']);
    if !key.split('/').all(is_name) {
        return None;
    }
    // A symbolic link may lead out of the folder.
    let path = folder.join(key).canonicalize().ok()?;
    (path.starts_with(folder) && path.is_file()).then_some(path)
}

async fn read(folder: &Path, key: &str) -> Option<Object> {
    let (folder, key) = (folder.to_owned(), key.to_owned());
    let read = move || {
        let path = locate(&folder, &key)?;
        let modified = path.metadata().and_then(|metadata| metadata.modified()).unwrap_or(UNIX_EPOCH);
        let body = Bytes::from(std::fs::read(&path).ok()?);
        // The ETag of an object that was uploaded in one part.
        let etag = format!("\"{}\"", hex::encode(Md5::digest(&body)));
        Some(Object { body, etag, modified: whole_seconds(modified) })
    };
    tokio::task::spawn_blocking(read).await.ok().flatten()
}

fn whole_seconds(time: SystemTime) -> Duration {
    Duration::from_secs(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
}

fn respond(object: &Object, key: &str, method: &Method, request: &HeaderMap) -> Response<Body> {
    if let Some(status) = failed_condition(object, request) {
        if status == StatusCode::PRECONDITION_FAILED {
            let message = "At least one of the pre-conditions you specified did not hold";
            return error(status, "PreconditionFailed", message);
        }
        let mut response = Response::new(full_body(""));
        *response.status_mut() = status;
        set_validators(object, response.headers_mut());
        return response;
    }
    let length = object.body.len();
    let range = if range_applies(object, request) {
        byte_range::parse(request.get(RANGE), length)
    } else {
        ByteRangeRequest::Whole
    };
    let (status, body, range) = match range {
        ByteRangeRequest::Whole => (StatusCode::OK, object.body.clone(), None),
        ByteRangeRequest::Range(range) => {
            let value = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            (StatusCode::PARTIAL_CONTENT, object.body.slice(range), Some(value))
        }
        ByteRangeRequest::Unsatisfiable => {
            return error(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", "The requested range is not satisfiable");
        }
    };
    let mut response = Response::new(full_body(""));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    set_validators(object, headers);
    set(headers, CONTENT_LENGTH, &body.len().to_string());
    set(headers, CONTENT_TYPE, mime_guess::from_path(key).first_raw().unwrap_or(DEFAULT_TYPE));
    // Every object is encrypted since January 2023.
    set(headers, HeaderName::from_static("x-amz-server-side-encryption"), "AES256");
    if let Some(range) = range {
        set(headers, CONTENT_RANGE, &range);
    }
    if *method == Method::GET {
        *response.body_mut() = full_body(body);
    }
    response
}

/// The status if a condition of the request does not hold. `If-Match` takes precedence over `If-Unmodified-Since`, and
/// `If-None-Match` over `If-Modified-Since`, as the page of `GetObject` says.
fn failed_condition(object: &Object, request: &HeaderMap) -> Option<StatusCode> {
    let lists_etag = |name: HeaderName| {
        let value = request.get(name)?.to_str().ok()?;
        Some(value.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == object.etag))
    };
    let date = |name: HeaderName| time(request.get(name)?);
    let holds = lists_etag(IF_MATCH).or_else(|| date(IF_UNMODIFIED_SINCE).map(|date| object.modified <= date));
    if holds == Some(false) {
        return Some(StatusCode::PRECONDITION_FAILED);
    }
    let is_known = lists_etag(IF_NONE_MATCH).or_else(|| date(IF_MODIFIED_SINCE).map(|date| object.modified <= date));
    (is_known == Some(true)).then_some(StatusCode::NOT_MODIFIED)
}

/// With `If-Range`, a range is served of the same object only.
fn range_applies(object: &Object, request: &HeaderMap) -> bool {
    request.get(IF_RANGE).is_none_or(|condition| {
        condition.as_bytes() == object.etag.as_bytes() || time(condition) == Some(object.modified)
    })
}

fn time(date: &HeaderValue) -> Option<Duration> {
    date.to_str().ok().and_then(|date| httpdate::parse_http_date(date).ok()).map(whole_seconds)
}

fn set_validators(object: &Object, headers: &mut HeaderMap) {
    set(headers, ETAG, &object.etag);
    set(headers, LAST_MODIFIED, &httpdate::fmt_http_date(UNIX_EPOCH + object.modified));
    set(headers, ACCEPT_RANGES, "bytes");
    set(headers, SERVER, "AmazonS3");
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// An error in S3's form.
fn error(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    let mut response = Response::new(full_body(body));
    *response.status_mut() = status;
    set(response.headers_mut(), CONTENT_TYPE, "application/xml");
    set(response.headers_mut(), SERVER, "AmazonS3");
    response
}

#[cfg(test)]
mod tests {
    use super::{Object, locate, respond};
    use bytes::Bytes;
    use http::header::{HeaderMap, HeaderValue};
    use http::{Method, Response, StatusCode};
    use std::time::Duration;

    /// 8 November 1994, 8:49:37 UTC.
    const MODIFIED: Duration = Duration::from_secs(784_284_577);
    const DATE: &str = "Tue, 08 Nov 1994 08:49:37 GMT";
    const EARLIER: &str = "Tue, 08 Nov 1994 08:49:36 GMT";

    fn get(headers: &[(&'static str, &'static str)]) -> Response<crate::response::Body> {
        let object = Object { body: Bytes::from_static(b"0123456789"), etag: "\"abc\"".to_owned(), modified: MODIFIED };
        let headers: HeaderMap =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect();
        respond(&object, "a/page.html", &Method::GET, &headers)
    }

    #[test]
    fn an_object_has_the_headers_of_s3() {
        let response = get(&[]);
        assert_eq!(response.status(), StatusCode::OK);
        for (name, value) in [
            ("etag", "\"abc\""),
            ("last-modified", DATE),
            ("accept-ranges", "bytes"),
            ("content-length", "10"),
            ("content-type", "text/html"),
            ("server", "AmazonS3"),
            ("x-amz-server-side-encryption", "AES256"),
        ] {
            assert_eq!(response.headers()[name], value);
        }
    }

    /// The API reference's page of `GetObject`: one range only; several are served as the whole object.
    #[test]
    fn one_range_is_partial_and_an_unsatisfiable_one_is_416() {
        let part = get(&[("range", "bytes=2-4")]);
        assert_eq!(
            (part.status(), &part.headers()["content-range"]),
            (StatusCode::PARTIAL_CONTENT, &HeaderValue::from_static("bytes 2-4/10"))
        );
        assert_eq!(get(&[("range", "bytes=0-1,3-4")]).status(), StatusCode::OK);
        assert_eq!(get(&[("range", "bytes=10-")]).status(), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(get(&[("range", "bytes=0-1"), ("if-range", "\"abc\"")]).status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(get(&[("range", "bytes=0-1"), ("if-range", "\"other\"")]).status(), StatusCode::OK);
    }

    /// The same page's four headers and its two combinations.
    #[test]
    fn conditions_have_the_documented_precedence() {
        for (headers, status) in [
            (&[("if-match", "\"abc\"")][..], 200),
            (&[("if-match", "\"other\"")], 412),
            (&[("if-unmodified-since", DATE)], 200),
            (&[("if-unmodified-since", EARLIER)], 412),
            (&[("if-none-match", "\"abc\"")], 304),
            (&[("if-none-match", "\"other\"")], 200),
            (&[("if-modified-since", DATE)], 304),
            (&[("if-modified-since", EARLIER)], 200),
            (&[("if-match", "\"abc\""), ("if-unmodified-since", EARLIER)], 200),
            (&[("if-none-match", "\"abc\""), ("if-modified-since", EARLIER)], 304),
        ] {
            assert_eq!(get(headers).status().as_u16(), status, "{headers:?}");
        }
    }

    #[test]
    fn a_key_is_a_path_inside_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("site").canonicalize().unwrap_or_else(|_| {
            std::fs::create_dir_all(folder.path().join("site/docs")).unwrap();
            folder.path().join("site").canonicalize().unwrap()
        });
        std::fs::write(root.join("docs/a b.html"), "x").unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        assert!(locate(&root, "docs/a b.html").is_some());
        for key in [
            "../secret",
            "docs/../../secret",
            "docs",
            "docs/",
            "/docs/a b.html",
            "docs//a b.html",
            "./docs/a b.html",
            "x",
        ] {
            assert_eq!(locate(&root, key), None, "{key}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path().join("secret"), root.join("link")).unwrap();
            assert_eq!(locate(&root, "link"), None);
        }
    }
}
