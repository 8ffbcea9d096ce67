//! What CloudFront adds to every answer, and takes away from an origin's.

use http::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, VIA,
};
use http::{Response, Version};

use super::{Answer, Body};

/// Where the local edge is. Real codes are three letters of an airport and a number.
pub(super) const POP: &str = "LOCAL0-P0";

/// Adds `X-Cache`, `Via`, `X-Amz-Cf-Pop` and `X-Amz-Cf-Id` in place of any that the origin sent.
pub(crate) fn finish(answer: Answer, distribution_id: &str, request_id: &str) -> Response<Body> {
    let mut response = answer.response;
    *response.version_mut() = Version::HTTP_11;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(HeaderName::from_static("x-cache"), &format!("{} from cloudfront", answer.result.as_str()));
    set(VIA, &format!("1.1 {}.cloudfront.net (CloudFront)", distribution_id.to_ascii_lowercase()));
    set(HeaderName::from_static("x-amz-cf-pop"), POP);
    set(HeaderName::from_static("x-amz-cf-id"), request_id);
    response
}

/// Removes what belongs to one connection only: RFC 9110, section 7.6.1.
pub(crate) fn remove_hop_by_hop(headers: &mut HeaderMap) {
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
    use super::{finish, remove_hop_by_hop};
    use crate::response::{Answer, ResultType, whole};
    use http::header::HeaderMap;
    use http::{HeaderValue, Response};

    #[test]
    fn an_origins_own_x_cache_is_replaced() {
        let mut response = Response::new(whole(""));
        response.headers_mut().insert("x-cache", HeaderValue::from_static("Hit from elsewhere"));
        let finished = finish(Answer { response, result: ResultType::Miss }, "E1", "id==");
        assert_eq!(finished.headers()["x-cache"], "Miss from cloudfront");
        assert_eq!(finished.headers()["via"], "1.1 e1.cloudfront.net (CloudFront)");
        assert_eq!(finished.headers()["x-amz-cf-id"], "id==");
    }

    #[test]
    fn headers_that_connection_names_go_with_it() {
        let mut headers = HeaderMap::new();
        headers.insert("connection", HeaderValue::from_static("close, X-Private"));
        headers.insert("x-private", HeaderValue::from_static("1"));
        headers.insert("keep-alive", HeaderValue::from_static("timeout=5"));
        headers.insert("etag", HeaderValue::from_static("\"1\""));
        remove_hop_by_hop(&mut headers);
        assert_eq!(headers.len(), 1);
    }
}
