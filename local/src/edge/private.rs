//! CloudFront's own refusals: a method that is not allowed, a private file without a valid signature.

use std::time::Instant;

use http::StatusCode;
use serde_json::json;

use super::Edge;
use crate::distribution::Behavior;
use crate::journal::Journal;
use crate::response::{Answer, ResultType, error_page, refusal};
use crate::signed_url::{Asked, Grant, Refusal, strip_reserved, verify};
use crate::trusted_keys;
use crate::viewer::{VIEWER_ADDRESS, ViewerRequest};

impl Edge {
    /// CloudFront's own refusals of a request that reached its behavior.
    pub(super) async fn judge(
        &self,
        behavior: &Behavior,
        viewer: &ViewerRequest,
        journal: &mut Journal,
    ) -> Option<Answer> {
        if !behavior.allowed_methods.contains(&viewer.method) {
            let reason =
                "This distribution is not configured to allow the HTTP request method that was used for this request.";
            return Some(error_page(StatusCode::FORBIDDEN, ResultType::Error, reason));
        }
        if behavior.key_groups.is_empty() {
            return None;
        }
        let started = Instant::now();
        let judged = self.signature(behavior, viewer).await;
        let mut exchange = journal.exchange();
        exchange.event(|| json!({ "method": viewer.method.as_str(), "uri": viewer.path, "querystring": viewer.query }));
        exchange.result(|| match &judged {
            Ok(()) => json!("granted"),
            Err(Judgement::Refused(why)) => json!(why.code()),
            Err(Judgement::Unknown(_)) => json!("the trusted keys cannot be read"),
        });
        journal.signature(started.elapsed(), exchange);
        match judged {
            Ok(()) => None,
            Err(Judgement::Refused(why)) => Some(refusal(why)),
            Err(Judgement::Unknown(cause)) => {
                tracing::warn!(target: "vitae::edge", "the trusted keys cannot be read: {cause}");
                Some(error_page(StatusCode::BAD_GATEWAY, ResultType::Error, "The trusted keys cannot be read."))
            }
        }
    }

    async fn signature(&self, behavior: &Behavior, viewer: &ViewerRequest) -> Result<(), Judgement> {
        let grant = Grant::read(&viewer.query, &viewer.cookies()).map_err(Judgement::Refused)?;
        let key = trusted_keys::find(&self.cloud, &behavior.key_groups, &grant.key_pair_id)
            .await
            .map_err(Judgement::Unknown)?;
        let key = key.ok_or(Judgement::Refused(Refusal::InvalidKey))?;
        let base = format!("{}://{}{}", viewer.scheme, viewer.host, viewer.path);
        let query = strip_reserved(&viewer.query);
        let asked = Asked { base: &base, query: &query, viewer: VIEWER_ADDRESS, now: self.clock.since_epoch() };
        verify(asked, &grant, &key).map_err(Judgement::Refused)
    }
}

/// Why a signature does not open the door.
enum Judgement {
    Refused(Refusal),
    /// The CloudFront API did not say which keys are trusted.
    Unknown(String),
}
