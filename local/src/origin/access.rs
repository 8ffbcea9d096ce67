//! Would the origin take this request from CloudFront? Asked before `local-edge` signs it, which the origin would always take.

use aws_lc_rs::digest::{SHA256, digest};
use http::{HeaderValue, Method, Response, StatusCode};

use super::bucket_policy::BucketPolicy;
use super::function_policy;
use super::request::OriginRequest;
use crate::cloud::Cloud;
use crate::distribution::Distribution;
use crate::hex;
use crate::response::{Body, whole};

/// The answer of an origin that does not take the request, and why it does not.
pub(super) struct Refused {
    pub(super) response: Response<Body>,
    pub(super) why: String,
}

/// What a bucket's own answer depends on besides.
pub(super) struct BucketAccess {
    /// Whether a missing object may be told from a forbidden one.
    pub(super) may_list: bool,
}

/// A signed request for an object, or for the list of objects at the bucket's root.
pub(super) async fn to_bucket(
    cloud: &Cloud,
    bucket: &str,
    distribution: &Distribution,
    request: &OriginRequest,
    key: &str,
) -> Result<BucketAccess, Refused> {
    let refused = |why: String| Refused { response: s3_access_denied(), why };
    no_viewer_host(request).map_err(refused)?;
    let policy = BucketPolicy::read(cloud, bucket, distribution).await.map_err(refused)?;
    policy.check(&request.method, key).map_err(refused)?;
    Ok(BucketAccess { may_list: policy.may_list() })
}

/// A signed request for a Function URL. Returns the hash of the body that is signed.
pub(super) async fn to_function_url(
    cloud: &Cloud,
    function: &str,
    qualifier: Option<&str>,
    distribution: &Distribution,
    request: &OriginRequest,
) -> Result<String, Refused> {
    let mismatch = |why: String| Refused { response: signature_mismatch(), why };
    no_viewer_host(request).map_err(mismatch)?;
    let hash = payload_hash(request).map_err(mismatch)?;
    let checked = function_policy::check(cloud, function, qualifier, distribution).await;
    checked.map_err(|why| Refused { response: forbidden(), why })?;
    Ok(hash)
}

/// The signature covers the origin's own Host.
fn no_viewer_host(request: &OriginRequest) -> Result<(), String> {
    if request.has_viewer_host() {
        return Err("the origin request policy forwards the viewer's Host, which breaks the signature of origin access control: use \
                    AllViewerExceptHostHeader"
            .to_owned());
    }
    Ok(())
}

/// Lambda takes no unsigned payload: a request with a body needs its hash from the viewer or from an edge function.
/// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html>
fn payload_hash(request: &OriginRequest) -> Result<String, String> {
    let actual = sha256_hex(&request.body);
    let needs_one = matches!(request.method, Method::POST | Method::PUT | Method::PATCH) || !request.body.is_empty();
    if !needs_one {
        return Ok(actual);
    }
    match request.headers.get("x-amz-content-sha256").and_then(|value| value.to_str().ok()) {
        None => Err(format!("{} without x-amz-content-sha256: Lambda takes no unsigned payload", request.method)),
        Some(given) if given == actual => Ok(actual),
        Some(_) => Err("x-amz-content-sha256 is not the hash of the body".to_owned()),
    }
}

pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes).as_ref())
}

fn answer(status: StatusCode, content_type: &'static str, body: &'static str) -> Response<Body> {
    let mut response = Response::new(whole(body));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// S3's answer to whom it does not let in, and to whom it does not tell that an object is missing.
pub(super) fn s3_access_denied() -> Response<Body> {
    let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
    let mut response = answer(StatusCode::FORBIDDEN, "application/xml", body);
    response.headers_mut().insert(http::header::SERVER, HeaderValue::from_static("AmazonS3"));
    response
}

fn forbidden() -> Response<Body> {
    let mut response = answer(StatusCode::FORBIDDEN, "application/json", "{\"Message\":\"Forbidden\"}");
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static("AccessDeniedException"));
    response
}

fn signature_mismatch() -> Response<Body> {
    let body = "{\"message\":\"The request signature we calculated does not match the signature you provided.\"}";
    let mut response = answer(StatusCode::FORBIDDEN, "application/json", body);
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static("InvalidSignatureException"));
    response
}

#[cfg(test)]
mod tests {
    use super::{no_viewer_host, payload_hash, sha256_hex};
    use crate::origin::request::OriginRequest;
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method};

    fn request(method: Method, body: &'static str, hash: Option<&str>) -> OriginRequest {
        let mut headers = HeaderMap::new();
        if let Some(hash) = hash {
            headers.insert("x-amz-content-sha256", HeaderValue::from_str(hash).unwrap());
        }
        OriginRequest {
            method,
            path: "/".to_owned(),
            query: String::new(),
            headers,
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_post_needs_the_hash_of_its_body() {
        assert!(payload_hash(&request(Method::POST, "{}", None)).unwrap_err().contains("without x-amz-content-sha256"));
        assert!(payload_hash(&request(Method::POST, "", None)).is_err());
        assert!(payload_hash(&request(Method::POST, "{}", Some(EMPTY))).unwrap_err().contains("not the hash"));
        assert_eq!(payload_hash(&request(Method::POST, "{}", Some(&sha256_hex(b"{}")))).unwrap(), sha256_hex(b"{}"));
        assert_eq!(payload_hash(&request(Method::POST, "", Some(EMPTY))).unwrap(), EMPTY);
    }

    #[test]
    fn a_get_needs_none() {
        assert_eq!(payload_hash(&request(Method::GET, "", None)).unwrap(), EMPTY);
    }

    #[test]
    fn the_viewers_host_breaks_the_signature() {
        let mut forwarded = request(Method::GET, "", None);
        forwarded.headers.insert("host", HeaderValue::from_static("localhost:8787"));
        assert!(no_viewer_host(&forwarded).unwrap_err().contains("AllViewerExceptHostHeader"));
    }
}
