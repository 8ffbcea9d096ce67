//! Headers that CloudFront adds to every response, and removes from an origin's.

use http::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, VIA,
};
use http::{Response, Version};

use super::{Body, EdgeResponse};
use crate::request_id::POP;

/// Sets `X-Cache`, `Via`, `X-Amz-Cf-Pop` and `X-Amz-Cf-Id`, replacing any that the origin sent.
pub(crate) fn add_cloudfront_headers(
    response: EdgeResponse,
    distribution_id: &str,
    request_id: &str,
) -> Response<Body> {
    let EdgeResponse { mut response, result } = response;
    *response.version_mut() = Version::HTTP_11;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(HeaderName::from_static("x-cache"), &format!("{} from cloudfront", result.as_str()));
    set(VIA, &format!("1.1 {}.cloudfront.net (CloudFront)", distribution_id.to_ascii_lowercase()));
    set(HeaderName::from_static("x-amz-cf-pop"), POP);
    set(HeaderName::from_static("x-amz-cf-id"), request_id);
    response
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
        assert_eq!(finished.headers()["via"], "1.1 e1.cloudfront.net (CloudFront)");
        assert_eq!(finished.headers()["x-amz-cf-id"], "id==");
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
