//! The distribution as the local edge serves it: what is modelled, and nothing else.

mod access;
mod behavior;
mod caching;
mod forwarding;
mod function;
mod load;
mod origins;
mod unmodelled;

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};

pub(crate) use caching::Caching;
pub(crate) use forwarding::{Forwarding, Selection};
pub(crate) use function::PublishedFunction;
pub(crate) use load::load;
pub(crate) use origins::{Origin, OriginKind, Signing};

use crate::lambda_at_edge::LambdaFunction;
use crate::limits;
use crate::path_pattern::{self, PathPattern};
use crate::response::{CustomErrorResponse, ResponseHeadersPolicy};
use crate::viewer::ViewerProtocolPolicy;

/// A distribution that was found to be modelled in every part.
#[derive(Debug)]
pub(crate) struct Distribution {
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) domain_name: String,
    pub(crate) aliases: Vec<String>,
    /// Whether viewers may speak HTTP/2, where there is TLS.
    pub(crate) http2: bool,
    /// Without a leading slash; `None` if none is set.
    pub(crate) default_root_object: Option<String>,
    /// In the distribution's order, the default behavior last.
    pub(crate) behaviors: Vec<Arc<Behavior>>,
    pub(crate) custom_errors: Vec<CustomErrorResponse>,
}

/// One cache behavior.
#[derive(Debug)]
pub(crate) struct Behavior {
    pub(crate) pattern: PathPattern,
    pub(crate) origin: Arc<Origin>,
    pub(crate) protocol: ViewerProtocolPolicy,
    pub(crate) allowed_methods: Vec<Method>,
    /// Ids of trusted key groups; empty if the behavior is public.
    pub(crate) key_groups: Vec<String>,
    pub(crate) viewer_request: Option<ViewerRequestFunction>,
    pub(crate) forwarding: Forwarding,
    pub(crate) caching: Caching,
    pub(crate) response_headers: Option<Arc<ResponseHeadersPolicy>>,
}

/// The one function that may see a behavior's viewer requests.
#[derive(Debug)]
pub(crate) enum ViewerRequestFunction {
    CloudFront(Arc<PublishedFunction>),
    Lambda { function: Arc<LambdaFunction>, include_body: bool },
}

impl Distribution {
    /// The first behavior whose pattern matches the raw path, once normalised.
    pub(crate) fn behavior_for(&self, raw_path: &str) -> Arc<Behavior> {
        let path = path_pattern::normalise(raw_path);
        let mut behaviors = self.behaviors.iter();
        let default = self.behaviors.last();
        let found = behaviors.find(|behavior| behavior.pattern.matches(&path)).or(default);
        Arc::clone(found.expect("a distribution is loaded with its default behavior"))
    }

    /// The least time that an error of this status is kept.
    pub(crate) fn error_caching_min(&self, status: StatusCode) -> Duration {
        let entry = self.custom_errors.iter().find(|entry| entry.error == status);
        entry.map_or(limits::ERROR_CACHING_MIN_TTL, |entry| entry.caching_min)
    }
}

#[cfg(test)]
impl Behavior {
    /// A behavior for everything, for tests of what its policies do.
    pub(crate) fn plain(forwarding: Forwarding, caching: Caching) -> Self {
        let origin = Origin {
            id: "o".to_owned(),
            kind: OriginKind::Bucket { name: "b".to_owned() },
            path: String::new(),
            custom_headers: Vec::new(),
            signing: Signing::Never,
            response_timeout: Duration::from_secs(1),
        };
        Self {
            pattern: PathPattern::new("*"),
            origin: Arc::new(origin),
            protocol: ViewerProtocolPolicy::AllowAll,
            allowed_methods: vec![Method::GET, Method::HEAD],
            key_groups: Vec::new(),
            viewer_request: None,
            forwarding,
            caching,
            response_headers: None,
        }
    }
}
