//! HTTP servers other than S3 and Function URLs, at their own host.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html>

use http::header::HOST;

use super::origin_request::OriginRequest;
use super::{Origin, OriginResult};
use crate::distribution::CustomOrigin;
use crate::endpoint::Target;

/// `Host` is the viewer's if the policies forward it, else the origin's domain name.
pub(super) async fn fetch(origin: &Origin<'_>, custom: &CustomOrigin, request: OriginRequest) -> OriginResult {
    let domain = &origin.config.domain_name;
    let (scheme, port) = custom.scheme_and_port(request.viewer_scheme);
    let authority = format!("{domain}:{port}");
    let host = request.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or(domain).to_owned();
    let target = Target { scheme, authority, host, path: request.path.clone() };
    origin.send(&target, request, None).await
}
