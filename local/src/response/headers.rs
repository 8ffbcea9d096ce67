//! Headers that CloudFront adds to every response, and removes from an origin's.

use aws_lc_rs::digest::{SHA256, digest};
use http::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, VIA,
};
use http::{Response, Version};

use super::{Body, EdgeResponse};
use crate::request_id::POP;

/// Sets `X-Cache`, `X-Amz-Cf-Pop` and `X-Amz-Cf-Id`, replacing any that the origin sent, and appends to its `Via`.
pub(crate) fn add_cloudfront_headers(
    response: EdgeResponse,
    distribution_id: &str,
    request_id: &str,
) -> Response<Body> {
    let EdgeResponse { mut response, result } = response;
    *response.version_mut() = Version::HTTP_11;
    let headers = response.headers_mut();
    let mut via: Vec<String> = Vec::new();
    via.extend(headers.get_all(VIA).iter().filter_map(|value| value.to_str().ok()).map(ToOwned::to_owned));
    via.push(format!("1.1 {}.cloudfront.net (CloudFront)", server_label(distribution_id)));
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(HeaderName::from_static("x-cache"), &format!("{} from cloudfront", result.as_str()));
    set(VIA, &via.join(", "));
    set(HeaderName::from_static("x-amz-cf-pop"), POP);
    set(HeaderName::from_static("x-amz-cf-id"), request_id);
    response
}

/// The 32 hexadecimal digits that name a server in `Via`. Here there is one server for each distribution.
fn server_label(distribution_id: &str) -> String {
    hex::encode(&digest(&SHA256, distribution_id.as_bytes()).as_ref()[..16])
}

/// Removes the headers of a single connection: RFC 9110, section 7.6.1.
pub(crate) fn remove_hop_by_hop_headers(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in [CONNECTION, PROXY_AUTHENTICATE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE] {
        headers.remove(name);
    }
    for name in ["keep-alive", "proxy-authorization", "proxy-connection"] {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::{add_cloudfront_headers, remove_hop_by_hop_headers};
    use crate::response::{EdgeResponse, ResultType, full_body};
    use http::header::HeaderMap;
    use http::{HeaderValue, Response};

    #[test]
    fn an_origins_own_x_cache_is_replaced() {
        let mut response = Response::new(full_body(""));
        response.headers_mut().insert("x-cache", HeaderValue::from_static("Hit from elsewhere"));
        let finished = add_cloudfront_headers(EdgeResponse { response, result: ResultType::Miss }, "E1", "id==");
        assert_eq!(finished.headers()["x-cache"], "Miss from cloudfront");
        assert_eq!(finished.headers()["x-amz-cf-id"], "id==");
    }

    /// Capture of a site behind fly.io: `1.1 fly.io, 1.1 <32 hexadecimal digits>.cloudfront.net (CloudFront)`.
    #[test]
    fn via_is_appended_to_the_origins_own() {
        let mut response = Response::new(full_body(""));
        response.headers_mut().insert("via", HeaderValue::from_static("1.1 fly.io"));
        let finished = add_cloudfront_headers(EdgeResponse { response, result: ResultType::Miss }, "E1", "id==");
        let via = finished.headers()["via"].to_str().unwrap();
        let label = via.strip_prefix("1.1 fly.io, 1.1 ").unwrap().strip_suffix(".cloudfront.net (CloudFront)").unwrap();
        assert!(label.len() == 32 && label.bytes().all(|byte| byte.is_ascii_hexdigit()), "{via}");
    }

    #[test]
    fn headers_listed_in_connection_are_removed_with_it() {
        let mut headers = HeaderMap::new();
        headers.insert("connection", HeaderValue::from_static("close, X-Private"));
        headers.insert("x-private", HeaderValue::from_static("1"));
        headers.insert("keep-alive", HeaderValue::from_static("timeout=5"));
        headers.insert("etag", HeaderValue::from_static("\"1\""));
        remove_hop_by_hop_headers(&mut headers);
        assert_eq!(headers.len(), 1);
    }
}
