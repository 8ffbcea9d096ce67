//! The inputs and the results of a CloudFront Function on viewer request and on viewer response.

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

/// A viewer's request before cache, policies and origin. It has no body, because functions do not see one.
#[derive(Clone, Debug)]
pub(crate) struct ViewerRequestEvent {
    /// The distribution's domain name, `d111111abcdef8.cloudfront.net`.
    pub(crate) distribution_domain_name: String,
    /// The distribution's id, `EDFDVBD6EXAMPLE`.
    pub(crate) distribution_id: String,
    /// The request id in `X-Amz-Cf-Id`.
    pub(crate) request_id: String,
    /// The address of the viewer or of its proxy.
    pub(crate) viewer_ip: IpAddr,
    /// The method, which is read-only.
    pub(crate) method: Method,
    /// The path as the viewer sent it, percent-encoded.
    pub(crate) uri: String,
    /// The raw query, without its `?`; empty if the request has none.
    pub(crate) querystring: String,
    /// All of the viewer's headers, including those that CloudFront hides from functions.
    pub(crate) headers: HeaderMap,
}

/// A response before it is sent to the viewer, and its request. Functions do not see its body.
#[derive(Clone, Debug)]
pub(crate) struct ViewerResponseEvent {
    /// The request as it was sent to cache and origin.
    pub(crate) request: ViewerRequestEvent,
    /// The status from cache or origin.
    pub(crate) status: StatusCode,
    /// All of its headers, including those that CloudFront hides from functions.
    pub(crate) headers: HeaderMap,
}

/// The result of a function on viewer response, which satisfies CloudFront's rules. The body is unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ViewerResponse {
    /// 200 to 599.
    pub(crate) status: StatusCode,
    /// The headers, including those that are hidden from functions.
    pub(crate) headers: HeaderMap,
}

/// The result of a function on viewer request, which satisfies CloudFront's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FunctionResult {
    /// The request, perhaps changed, continues to cache and origin.
    Request {
        /// The viewer's method.
        method: Method,
        /// The path. It begins with `/` and is percent-encoded for a request line.
        uri: String,
        /// The query without its `?`, encoded likewise; may be empty.
        querystring: String,
        /// The headers, including those that are hidden from functions.
        headers: HeaderMap,
    },
    /// The response to the viewer, without cache and origin.
    Response {
        /// 200 to 599.
        status: u16,
        /// `statusDescription`, if set.
        reason: Option<String>,
        /// The headers.
        headers: HeaderMap,
        /// The body, decoded.
        body: Bytes,
    },
}

#[cfg(test)]
impl ViewerRequestEvent {
    /// A GET request, for tests.
    pub(crate) fn get(uri: &str, querystring: &str, headers: &[(&'static str, &str)]) -> Self {
        let mut map = HeaderMap::new();
        map.insert("host", "d111111abcdef8.cloudfront.net".parse().unwrap());
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Self {
            distribution_domain_name: "d111111abcdef8.cloudfront.net".to_owned(),
            distribution_id: "EDFDVBD6EXAMPLE".to_owned(),
            request_id: "EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu3EqEXAMPLE==".to_owned(),
            viewer_ip: IpAddr::from([198, 51, 100, 11]),
            method: Method::GET,
            uri: uri.to_owned(),
            querystring: querystring.to_owned(),
            headers: map,
        }
    }
}
