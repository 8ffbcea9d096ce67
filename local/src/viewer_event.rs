//! What a CloudFront Function is given of a viewer's request, and what it may make of it.

mod header_rules;

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Method};

pub(crate) use header_rules::{check_request_headers, check_response_headers, header_value, hidden, text, visible};

/// A viewer's request as a viewer-request function meets it: before cache, policies and origin. No body: functions see none.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// The distribution's own name, `d111111abcdef8.cloudfront.net`.
    pub(crate) distribution_domain_name: String,
    /// The distribution's id, `EDFDVBD6EXAMPLE`.
    pub(crate) distribution_id: String,
    /// CloudFront's id of the request, as in `X-Amz-Cf-Id`.
    pub(crate) request_id: String,
    /// The viewer's address, or its proxy's.
    pub(crate) viewer_ip: IpAddr,
    /// The method; no function may change it.
    pub(crate) method: Method,
    /// The path as the viewer wrote it, percent-encoding included.
    pub(crate) uri: String,
    /// The raw query, without its `?`; empty if there is none.
    pub(crate) querystring: String,
    /// All header fields of the viewer. Those that CloudFront hides from functions are left out of what a function sees.
    pub(crate) headers: HeaderMap,
}

/// What a function made of a request, checked against CloudFront's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The request goes on to cache and origin, maybe changed.
    Request {
        /// The viewer's method.
        method: Method,
        /// The path; begins with `/` and is percent-encoded as a request line needs it.
        uri: String,
        /// The query without its `?`, encoded likewise; empty if there is none.
        querystring: String,
        /// The header fields, those included that functions are not shown.
        headers: HeaderMap,
    },
    /// The viewer gets this answer; neither cache nor origin is asked.
    Response {
        /// 200 to 599.
        status: u16,
        /// `statusDescription`, if given.
        reason: Option<String>,
        /// The header fields.
        headers: HeaderMap,
        /// The body, decoded.
        body: Bytes,
    },
}

#[cfg(test)]
impl Event {
    /// A GET of `uri` with `headers`, for tests.
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
