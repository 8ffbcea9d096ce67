//! HTTP servers other than S3 and Function URLs, at their own host.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html>

use http::header::HOST;
use http::uri::Authority;

use super::origin_request::OriginRequest;
use super::{Origin, OriginResult};
use crate::distribution::CustomOrigin;
use crate::endpoint::Target;

/// `Host` is the viewer's if the policies forward it, else the origin's domain name.
pub(super) async fn fetch(origin: &Origin<'_>, custom: &CustomOrigin, request: OriginRequest) -> OriginResult {
    let (scheme, port) = custom.scheme_and_port(request.viewer_scheme);
    let authority = format!("{}:{port}", origin.config.domain_name);
    fetch_at(origin, scheme, authority, request).await
}

/// Sends the request to a server on this machine that takes the place of the origin, with the origin's `Host`.
pub(super) async fn fetch_from_local(origin: &Origin<'_>, server: &Authority, request: OriginRequest) -> OriginResult {
    fetch_at(origin, "http", server.to_string(), request).await
}

async fn fetch_at(
    origin: &Origin<'_>,
    scheme: &'static str,
    authority: String,
    request: OriginRequest,
) -> OriginResult {
    let domain = &origin.config.domain_name;
    let host = request.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or(domain).to_owned();
    let target = Target { scheme, authority, host, path: request.path.clone() };
    origin.send(&target, request, None).await
}
