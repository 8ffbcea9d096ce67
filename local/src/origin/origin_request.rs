//! The origin request: the forwarded parts of the viewer's request, and what CloudFront adds.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html>

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, EXPECT, HeaderMap, HeaderName, HeaderValue,
    IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE, USER_AGENT, VIA,
};

use crate::distribution::{Forwarding, OriginConfig};
use crate::response::remove_hop_by_hop_headers;
use crate::viewer_request::{VIEWER_ADDRESS, ViewerRequest};

/// A request to the origin, before it is signed. It has no `Debug`, because it may contain the viewer's cookies.
#[derive(Clone)]
pub(crate) struct OriginRequest {
    pub(crate) origin: Arc<OriginConfig>,
    pub(crate) viewer_scheme: &'static str,
    pub(crate) method: Method,
    /// As in the request line. [`Self::complete`] prepends the origin's path.
    pub(crate) path: String,
    pub(crate) query: String,
    /// With `Host` only if the policies forward the viewer's. [`Self::complete`] adds the origin's custom headers.
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Range and conditional headers are always forwarded if the cache does not handle them.
const ALWAYS: [HeaderName; 6] = [RANGE, IF_RANGE, IF_MATCH, IF_NONE_MATCH, IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE];

/// Never forwarded, whatever the policies are.
const NEVER: [&str; 4] = ["x-forwarded-proto", "x-real-ip", "x-accel-redirect", "x-cache"];

impl OriginRequest {
    pub(crate) fn new(
        viewer: &ViewerRequest,
        path: &str,
        forwarding: &Forwarding,
        origin: &Arc<OriginConfig>,
        request_id: &str,
    ) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in &viewer.headers {
            let lower = name.as_str();
            let never = NEVER.contains(&lower) || lower.starts_with("x-edge-") || lower.starts_with("x-amz-cf-");
            let special = [ACCEPT_ENCODING, COOKIE, CONTENT_LENGTH, EXPECT].contains(name);
            // A body is useless without its type. The documentation says so only for behaviors without policies.
            let with_body = name == CONTENT_TYPE && !viewer.body.is_empty();
            let is_credential = forwarding.is_legacy
                && name == AUTHORIZATION
                && [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(&viewer.method);
            let is_forwarded = with_body || is_credential || ALWAYS.contains(name) || forwarding.has_header(lower);
            if !never && !special && is_forwarded {
                headers.append(name.clone(), value.clone());
            }
        }
        remove_hop_by_hop_headers(&mut headers);
        set_accept_encoding(viewer, forwarding, &mut headers);
        set_cookies(viewer, forwarding, &mut headers);
        if !forwarding.has_header("user-agent") {
            headers.insert(USER_AGENT, HeaderValue::from_static("Amazon CloudFront"));
        }
        let forwarded_for = match headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()) {
            Some(earlier) => format!("{earlier}, {VIEWER_ADDRESS}"),
            None => VIEWER_ADDRESS.to_string(),
        };
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(HeaderName::from_static("x-forwarded-for"), &forwarded_for);
        set(HeaderName::from_static("x-amz-cf-id"), request_id);
        set(VIA, "1.1 localhost.cloudfront.net (CloudFront)");
        Self {
            origin: Arc::clone(origin),
            viewer_scheme: viewer.scheme,
            method: viewer.method.clone(),
            path: path.to_owned(),
            query: forwarded_query(&viewer.query, forwarding),
            headers,
            body: viewer.body.clone(),
        }
    }

    /// The request without conditions and ranges.
    pub(super) fn whole(mut self) -> Self {
        for name in &ALWAYS {
            self.headers.remove(name);
        }
        self
    }

    /// Adds the origin's path and custom headers, which functions do not see as parts of the request.
    pub(super) fn complete(mut self) -> Self {
        self.path = format!("{}{}", self.origin.path, self.path);
        for (name, value) in &self.origin.custom_headers {
            self.headers.insert(name.clone(), value.clone());
        }
        self
    }
}

/// Sets the normalised header if the cache policy enables compression. Otherwise the policies decide.
fn set_accept_encoding(viewer: &ViewerRequest, forwarding: &Forwarding, headers: &mut HeaderMap) {
    if let Some(normalised) = forwarding.encoding(viewer) {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(normalised));
    } else if !forwarding.normalises_encodings()
        && forwarding.has_header("accept-encoding")
        && let Some(value) = viewer.headers.get(ACCEPT_ENCODING)
    {
        headers.insert(ACCEPT_ENCODING, value.clone());
    }
}

fn set_cookies(viewer: &ViewerRequest, forwarding: &Forwarding, headers: &mut HeaderMap) {
    let forwarded: Vec<String> = viewer
        .cookies()
        .iter()
        .filter(|(name, _)| forwarding.has_cookie(name))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if !forwarded.is_empty()
        && let Ok(value) = HeaderValue::from_str(&forwarded.join("; "))
    {
        headers.insert(COOKIE, value);
    }
}

fn forwarded_query(query: &str, forwarding: &Forwarding) -> String {
    let forwarded: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            !pair.is_empty() && forwarding.has_parameter(pair.split_once('=').map_or(*pair, |(name, _)| name))
        })
        .collect();
    forwarded.join("&")
}

#[cfg(test)]
impl OriginRequest {
    /// A request for `/` without headers, for tests.
    pub(super) fn empty(method: Method) -> Self {
        Self {
            origin: Arc::new(OriginConfig::bucket("b")),
            viewer_scheme: "https",
            method,
            path: "/".to_owned(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OriginRequest;
    use crate::distribution::{Forwarding, OriginConfig, Selection};
    use crate::viewer_request::ViewerRequest;
    use bytes::Bytes;
    use http::{HeaderMap, HeaderName, HeaderValue, Method};
    use std::sync::Arc;

    fn viewer(query: &str, headers: &[(&'static str, &'static str)], body: &'static str) -> ViewerRequest {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        ViewerRequest {
            method: Method::POST,
            scheme: "http",
            host: "localhost:8787".to_owned(),
            path: "/a".to_owned(),
            query: query.to_owned(),
            headers: map,
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    fn sent(viewer: &ViewerRequest, forwarding: &Forwarding) -> OriginRequest {
        let origin = OriginConfig {
            path: "/prefix".to_owned(),
            custom_headers: vec![(HeaderName::from_static("x-custom"), HeaderValue::from_static("1"))],
            ..OriginConfig::bucket("b")
        };
        OriginRequest::new(viewer, "/a", forwarding, &Arc::new(origin), "id==").complete()
    }

    fn only(names: &[&str]) -> Selection {
        Selection::Only(names.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn without_policies_nothing_of_the_viewers_request_is_forwarded() {
        let viewer = viewer(
            "a=1",
            &[
                ("host", "localhost:8787"),
                ("accept", "*/*"),
                ("cookie", "a=1"),
                ("origin", "null"),
                ("user-agent", "u"),
            ],
            "",
        );
        let sent = sent(&viewer, &Forwarding::default());
        assert_eq!((sent.path.as_str(), sent.query.as_str()), ("/prefix/a", ""));
        let mut names: Vec<&str> = sent.headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["user-agent", "via", "x-amz-cf-id", "x-custom", "x-forwarded-for"]);
        assert_eq!(sent.headers["user-agent"], "Amazon CloudFront");
    }

    /// The developer guide's page `QueryStringParameters`: CloudFront removes the parameters of a signature if the
    /// behavior has trusted signers. The pipeline does so before.
    #[test]
    fn parameters_named_like_those_of_a_signature_are_forwarded() {
        let viewer = viewer("a=1&Expires=2&Signature=s&Key-Pair-Id=k&Policy=p&b", &[], "");
        let forwarding = Forwarding { query: [Selection::None, Selection::All], ..Forwarding::default() };
        assert_eq!(sent(&viewer, &forwarding).query, viewer.query);
        let forwarding = Forwarding { query: [only(&["b"]), Selection::None], ..Forwarding::default() };
        assert_eq!(sent(&viewer, &forwarding).query, "b");
    }

    #[test]
    fn all_except_host_forwards_headers_that_a_function_added() {
        let viewer = viewer(
            "",
            &[("host", "localhost:8787"), ("x-amz-content-sha256", "ab"), ("x-vitae-allow-origin", "http://a")],
            "{}",
        );
        let forwarding = Forwarding {
            headers: [Selection::None, Selection::AllExcept(vec!["host".to_owned()])],
            ..Forwarding::default()
        };
        let sent = sent(&viewer, &forwarding);
        assert!(!sent.headers.contains_key("host"));
        assert_eq!(sent.headers["x-amz-content-sha256"], "ab");
        assert_eq!(sent.headers["x-vitae-allow-origin"], "http://a");
    }

    #[test]
    fn the_viewers_connection_and_cloudfront_headers_are_never_forwarded() {
        let viewer = viewer(
            "",
            &[
                ("connection", "x-private"),
                ("x-private", "1"),
                ("te", "trailers"),
                ("x-edge-a", "1"),
                ("x-amz-cf-id", "forged"),
                ("x-forwarded-proto", "http"),
            ],
            "",
        );
        let sent = sent(&viewer, &Forwarding { headers: [Selection::None, Selection::All], ..Forwarding::default() });
        for name in ["connection", "x-private", "te", "x-edge-a", "x-forwarded-proto"] {
            assert!(!sent.headers.contains_key(name), "{name}");
        }
        assert_eq!(sent.headers["x-amz-cf-id"], "id==");
    }

    #[test]
    fn range_and_conditional_headers_are_always_forwarded() {
        let sent = sent(&viewer("", &[("range", "bytes=0-1"), ("if-none-match", "\"1\"")], ""), &Forwarding::default());
        assert!(sent.headers.contains_key("range") && sent.headers.contains_key("if-none-match"));
    }

    #[test]
    fn accept_encoding_is_normalised() {
        let compressing = Forwarding { gzip: true, brotli: true, ..Forwarding::default() };
        let with = |value: &'static str, forwarding: &Forwarding| {
            sent(&viewer("", &[("accept-encoding", value)], ""), forwarding).headers.get("accept-encoding").cloned()
        };
        assert_eq!(with("gzip, deflate, br;q=0.9", &compressing).unwrap(), "br,gzip");
        assert_eq!(with("gzip", &compressing).unwrap(), "gzip");
        assert_eq!(with("zstd", &compressing), None);
        assert_eq!(with("gzip", &Forwarding::default()), None);
    }

    #[test]
    fn only_named_cookies_are_forwarded() {
        let sent = sent(
            &viewer("", &[("cookie", "a=1; b=2; c=3")], ""),
            &Forwarding { cookies: [only(&["b"]), only(&["c"])], ..Forwarding::default() },
        );
        assert_eq!(sent.headers["cookie"], "b=2; c=3");
    }

    #[test]
    fn x_forwarded_for_is_appended_to() {
        let forwarding = Forwarding { headers: [Selection::None, Selection::All], ..Forwarding::default() };
        let sent = sent(&viewer("", &[("x-forwarded-for", "192.0.2.1")], ""), &forwarding);
        assert_eq!(sent.headers["x-forwarded-for"], "192.0.2.1, 127.0.0.1");
    }
}
