//! Whether an origin would accept a signed request from CloudFront.
//!
//! The local edge signs as the user `local-edge`, which an origin always accepts. So it first evaluates the
//! policy that CloudFront's own request would have to satisfy.

use aws_lc_rs::digest::{SHA256, digest};
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use http::{Response, StatusCode};

use super::origin_request::OriginRequest;
use super::policy_document::{Decision, PolicyDocument, PolicyRequest, Principal};
use crate::distribution::Distribution;
use crate::response::{Body, full_body};

/// The response of an origin that rejects the request, and the reason for the log.
pub(super) struct Denied {
    pub(super) response: Response<Body>,
    pub(super) reason: String,
}

/// A Function URL and a bucket respond with 403 to a host that is not theirs:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html>,
/// `AllViewerExceptHostHeader`, and aws/aws-cdk#20090.
pub(super) const UNKNOWN_HOST: &str = "the origin request policy forwards the viewer's Host, which this origin does not \
                                      know; use AllViewerExceptHostHeader";

/// Checks that the viewer's own `Host` is not forwarded: the signature covers the origin's.
pub(super) fn check_host(request: &OriginRequest) -> Result<(), String> {
    if request.headers.contains_key(HOST) {
        return Err(
            "the origin request policy forwards the viewer's Host, which makes the signature of origin access control \
                    invalid; use AllViewerExceptHostHeader"
                .to_owned(),
        );
    }
    Ok(())
}

/// Checks that the resource policy of `owner` allows a request of this distribution.
///
/// # Errors
/// A sentence that names the missing permission or the statement that denies it.
pub(super) fn check_policy(
    policy: Option<&PolicyDocument>,
    owner: &str,
    distribution_arn: &str,
    request: PolicyRequest<'_>,
) -> Result<(), String> {
    let PolicyRequest { action, resource, .. } = request;
    let decision = policy.map_or(Decision::NotAllowed(Vec::new()), |policy| policy.evaluate(request));
    match decision {
        Decision::Allowed => Ok(()),
        Decision::Denied(reason) => Err(format!("the policy of {owner} denies {action} to CloudFront: {reason}")),
        Decision::NotAllowed(reasons) => {
            let reasons: String = reasons.iter().flat_map(|reason| ["; ", reason]).collect();
            let sender = match request.principal {
                Principal::Service => {
                    format!("the service cloudfront.amazonaws.com with AWS:SourceArn {distribution_arn}")
                }
                Principal::Identity { id, .. } => format!("the origin access identity {id}"),
            };
            Err(format!("the policy of {owner} does not allow {action} on {resource} to {sender}{reasons}"))
        }
    }
}

/// The account of a distribution: `000000000000` of `arn:aws:cloudfront::000000000000:distribution/E1`.
pub(super) fn account(distribution: &Distribution) -> &str {
    distribution.arn.split(':').nth(4).unwrap_or_default()
}

/// A 403 in the format of the service behind the origin.
pub(super) fn forbidden(content_type: &'static str, body: &'static str) -> Response<Body> {
    let mut response = Response::new(full_body(body));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

#[cfg(test)]
mod tests {
    use super::check_host;
    use crate::origin::origin_request::OriginRequest;
    use http::{HeaderValue, Method};

    #[test]
    fn the_viewers_host_makes_the_signature_invalid() {
        let mut request = OriginRequest::empty(Method::GET);
        assert!(check_host(&request).is_ok());
        request.headers.insert("host", HeaderValue::from_static("localhost:8787"));
        assert!(check_host(&request).unwrap_err().contains("AllViewerExceptHostHeader"));
    }
}
