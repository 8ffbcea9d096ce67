//! Uploads of files by a form, which a browser sends to a bucket. In an account it sends them to the bucket's own host; a local cloud
//! does not accept requests of browsers, so the local edge passes them on. For development only.
//!
//! As live reload's paths, this one never reaches an origin, and pages of other origins cannot use it. The bucket checks the form's
//! signed policy.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, VIA};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use tokio::time::timeout;

use crate::aws_clients::AwsClients;
use crate::limits;
use crate::live_reload::is_of_foreign_page;
use crate::response::{Body, full_body};

/// The path to which a form is posted.
pub const UPLOADS_PATH: &str = "/.vitae/uploads";

/// Whether the request is for this path.
pub(crate) fn is_upload(parts: &Parts) -> bool {
    parts.uri.path() == UPLOADS_PATH
}

/// Passes a form on to the bucket.
pub(crate) async fn pass_on(aws: &AwsClients, bucket: &str, parts: &Parts, body: Incoming) -> Response<Body> {
    if is_of_foreign_page(&parts.headers) {
        return respond(StatusCode::FORBIDDEN, Bytes::new(), None);
    }
    if parts.method != Method::POST {
        return respond(StatusCode::METHOD_NOT_ALLOWED, Bytes::new(), None);
    }
    let form = Limited::new(body, limits::UPLOAD_MAX_BYTES).collect();
    let form = match timeout(limits::REQUEST_BODY_TIMEOUT, form).await {
        Ok(Ok(form)) => form.to_bytes(),
        Ok(Err(_)) => return respond(StatusCode::PAYLOAD_TOO_LARGE, Bytes::new(), None),
        Err(_) => return respond(StatusCode::REQUEST_TIMEOUT, Bytes::new(), None),
    };
    match send(aws, bucket, parts.headers.get(CONTENT_TYPE), form).await {
        Some((status, content_type, body)) => respond(status, body, content_type),
        None => respond(StatusCode::BAD_GATEWAY, Bytes::new(), None),
    }
}

/// The bucket's status, type and body.
async fn send(
    aws: &AwsClients,
    bucket: &str,
    content_type: Option<&HeaderValue>,
    form: Bytes,
) -> Option<(StatusCode, Option<HeaderValue>, Bytes)> {
    let url = format!("{}/{bucket}", aws.endpoint_url.as_deref()?);
    let mut request = Request::builder().method(Method::POST).uri(url);
    if let Some(content_type) = content_type {
        request = request.header(CONTENT_TYPE, content_type);
    }
    let response = aws.http.request(request.body(Full::new(form)).ok()?).await.ok()?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    Some((parts.status, parts.headers.get(CONTENT_TYPE).cloned(), body))
}

fn respond(status: StatusCode, body: Bytes, content_type: Option<HeaderValue>) -> Response<Body> {
    let mut response = Response::new(full_body(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Without it, the viewer would take a 400 for one of the HTTP library.
    response.headers_mut().insert(VIA, HeaderValue::from_static("1.1 localhost"));
    if let Some(content_type) = content_type {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response
}
