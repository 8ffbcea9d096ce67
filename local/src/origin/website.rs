//! A folder in place of an S3 website endpoint.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/IndexDocumentSupport.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/CustomErrorDocSupport.html>. A missing object is 404 whatever the
//! bucket policy: <https://docs.aws.amazon.com/AmazonS3/latest/dev/WebsiteAccessPermissionsReqd.html>.

use std::path::Path;

use http::header::{CONTENT_TYPE, HeaderValue, LOCATION, SERVER};
use http::{Method, Response, StatusCode};

use super::folder;
use super::origin_request::OriginRequest;
use super::s3::decode_key;
use crate::distribution::Website;
use crate::response::{Body, full_body};

/// The response of the website of a bucket with the folder's files.
pub(super) async fn fetch(folder: &Path, website: &Website, request: &OriginRequest) -> Response<Body> {
    if let Some((scheme, host)) = &website.redirect {
        return redirect(StatusCode::MOVED_PERMANENTLY, &format!("{scheme}://{host}{}", request.path));
    }
    if request.method != Method::GET && request.method != Method::HEAD {
        return error(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed");
    }
    let key = decode_key(&request.path);
    let key = if key.is_empty() || key.ends_with('/') { format!("{key}{}", website.index) } else { key };
    let response = folder::fetch(folder, &key, request).await;
    if response.status() != StatusCode::NOT_FOUND {
        return response;
    }
    if folder::has(folder, &format!("{key}/{}", website.index)).await {
        return redirect(StatusCode::FOUND, &format!("{}/", request.path));
    }
    let Some(page) = &website.error else { return error(StatusCode::NOT_FOUND, "NoSuchKey") };
    let mut response = folder::fetch(folder, page, &request.clone().whole()).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    }
    error(StatusCode::NOT_FOUND, "NoSuchKey")
}

fn redirect(status: StatusCode, location: &str) -> Response<Body> {
    let mut response = error(status, "Found");
    match HeaderValue::from_str(location) {
        Ok(location) => {
            *response.body_mut() = full_body("");
            response.headers_mut().insert(LOCATION, location);
            response
        }
        Err(_) => error(StatusCode::BAD_REQUEST, "InvalidURI"),
    }
}

/// An error page of a website.
fn error(status: StatusCode, code: &str) -> Response<Body> {
    let body = format!(
        "<html>\n<head><title>{status}</title></head>\n<body>\n<h1>{status}</h1>\n<ul>\n<li>Code: {code}</li>\n</ul>\n</body>\n</html>\n"
    );
    let mut response = Response::new(full_body(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response.headers_mut().insert(SERVER, HeaderValue::from_static("AmazonS3"));
    response
}
