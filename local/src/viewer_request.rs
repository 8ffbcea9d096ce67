//! A viewer's request, as behaviors, functions and policies see it.

use std::net::Ipv4Addr;

use bytes::Bytes;
use http::header::COOKIE;
use http::{HeaderMap, Method};

/// The address of every viewer that functions and policies see. The peer's real address is never logged.
pub(crate) const VIEWER_ADDRESS: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// An accepted request. It has no `Debug`, because its query may be a credential.
#[derive(Clone)]
pub(crate) struct ViewerRequest {
    pub(crate) method: Method,
    /// `http` for the name `localhost`, `https` for every other: without TLS, plain HTTP on loopback counts as HTTPS.
    pub(crate) scheme: &'static str,
    /// As the viewer sent it, with its port.
    pub(crate) host: String,
    /// As the viewer sent it: neither decoded nor normalised.
    pub(crate) path: String,
    /// Without the question mark; empty if the request has no query.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl ViewerRequest {
    /// The cookies as they are sent, in order.
    pub(crate) fn cookies(&self) -> Vec<(String, String)> {
        let headers = self.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = headers.flat_map(|header| header.split(';')).map(str::trim).filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (name.to_owned(), value.to_owned())
            })
            .collect()
    }
}

#[cfg(test)]
impl ViewerRequest {
    /// A GET request, for tests.
    pub(crate) fn get(path: &str, query: &str, headers: &[(&'static str, &'static str)]) -> Self {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, http::HeaderValue::from_static(value));
        }
        Self {
            method: Method::GET,
            scheme: "http",
            host: "localhost:8787".to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: map,
            body: Bytes::new(),
        }
    }
}
