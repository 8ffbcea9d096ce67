//! Geographic restrictions, allowed methods, and signed URLs and cookies of behaviors with restricted access.

use http::StatusCode;
use serde_json::json;

use super::Pipeline;
use crate::distribution::{Behavior, Distribution, trusted_keys};
use crate::error::Error;
use crate::request_log::RequestTrace;
use crate::response::{EdgeResponse, ResultType, error_page, signature_rejected};
use crate::signed_url::{Grant, SignatureRejection, SignedRequest, strip_reserved, verify};
use crate::viewer_request::{VIEWER_ADDRESS, ViewerRequest};

/// Why access is denied.
enum Denied {
    Rejected(SignatureRejection),
    /// The trusted keys could not be read from the CloudFront API.
    Unavailable(Error),
}

impl Pipeline {
    /// Returns CloudFront's response to a request that the behavior does not allow.
    pub(super) async fn authorize(
        &self,
        distribution: &Distribution,
        behavior: &Behavior,
        viewer: &ViewerRequest,
        trace: &mut RequestTrace,
    ) -> Option<EdgeResponse> {
        if !distribution.geo_restriction.allows(self.viewer.country()) {
            let reason = "The Amazon CloudFront distribution is configured to block access from your country.";
            return Some(error_page(StatusCode::FORBIDDEN, ResultType::Error, reason));
        }
        if !behavior.allowed_methods.contains(&viewer.method) {
            let reason =
                "This distribution is not configured to allow the HTTP request method that was used for this request.";
            return Some(error_page(StatusCode::FORBIDDEN, ResultType::Error, reason));
        }
        if behavior.key_groups.is_empty() {
            return None;
        }
        let mut stage = trace.stage("signature");
        let verified = self.verify_signature(behavior, viewer).await;
        stage.event(|| json!({ "method": viewer.method.as_str(), "uri": viewer.path, "querystring": viewer.query }));
        stage.result(|| match &verified {
            Ok(()) => json!("granted"),
            Err(Denied::Rejected(rejection)) => json!(rejection.code()),
            Err(Denied::Unavailable(_)) => json!("cannot read the trusted keys"),
        });
        trace.push(stage);
        match verified {
            Ok(()) => None,
            Err(Denied::Rejected(rejection)) => Some(signature_rejected(rejection)),
            Err(Denied::Unavailable(error)) => {
                tracing::warn!(target: "vitae::edge", "cannot read the trusted keys: {error}");
                let reason = "The trusted keys could not be read.";
                Some(error_page(StatusCode::BAD_GATEWAY, ResultType::Error, reason))
            }
        }
    }

    async fn verify_signature(&self, behavior: &Behavior, viewer: &ViewerRequest) -> Result<(), Denied> {
        let grant = Grant::from_request(&viewer.query, &viewer.cookies()).map_err(Denied::Rejected)?;
        let key = trusted_keys::find(&self.aws, &behavior.key_groups, &grant.key_pair_id).await;
        let key = key.map_err(Denied::Unavailable)?.ok_or(Denied::Rejected(SignatureRejection::InvalidKey))?;
        let base = format!("{}://{}{}", viewer.scheme, viewer.host, viewer.path);
        let query = strip_reserved(&viewer.query);
        let request =
            SignedRequest { base: &base, query: &query, viewer: VIEWER_ADDRESS, now: self.clock.since_epoch() };
        verify(request, &grant, &key).map_err(Denied::Rejected)
    }
}
