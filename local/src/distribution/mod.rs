//! The configuration of a distribution: every setting that the local edge models, and no other.

mod behavior;
mod caching;
mod custom_error;
mod failover;
mod forwarded_values;
mod forwarding;
mod geo_restriction;
mod load;
mod origin_access_control;
mod origin_config;
mod origin_replacement;
mod response_headers_policy;
pub(crate) mod trusted_keys;
mod unmodelled;
mod website;

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

pub(crate) use behavior::{Behavior, FunctionAssociation, LambdaAssociation, ViewerProtocolPolicy};
pub(crate) use caching::Caching;
pub(crate) use custom_error::CustomErrorResponse;
pub(crate) use failover::{Failover, Origins};
pub(crate) use forwarding::{Forwarding, Selection};
pub(crate) use load::load;
pub(crate) use origin_access_control::{OriginAccessIdentity, SigningBehavior};
pub(crate) use origin_config::{CustomOrigin, OriginConfig, OriginKind, OriginProtocol, bucket_name};
pub use origin_replacement::OriginReplacement;
pub(crate) use origin_replacement::{OriginReplacements, Replacement};
pub(crate) use response_headers_policy::ResponseHeadersPolicy;
pub(crate) use website::Website;

use crate::limits;
use crate::path_pattern;
use geo_restriction::GeoRestriction;

/// A distribution whose every setting is modelled.
#[derive(Debug)]
pub(crate) struct Distribution {
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) domain_name: String,
    pub(crate) aliases: Vec<String>,
    /// Whether viewers may use HTTP/2, over TLS.
    pub(crate) http2: bool,
    /// Without a leading slash.
    pub(crate) default_root_object: Option<String>,
    /// In the distribution's order, with the default behavior last.
    pub(crate) behaviors: Vec<Arc<Behavior>>,
    pub(crate) custom_errors: Vec<CustomErrorResponse>,
    pub(crate) geo_restriction: GeoRestriction,
}

impl Distribution {
    /// The first behavior whose pattern matches the normalised path.
    pub(crate) fn behavior_for(&self, raw_path: &str) -> Arc<Behavior> {
        let path = path_pattern::normalise(raw_path);
        let mut behaviors = self.behaviors.iter();
        let default = self.behaviors.last();
        let found = behaviors.find(|behavior| behavior.pattern.matches(&path)).or(default);
        Arc::clone(found.expect("a distribution is loaded with its default behavior"))
    }

    /// The minimum time for which an error of this status is cached.
    pub(crate) fn error_caching_min(&self, status: StatusCode) -> Duration {
        let entry = self.custom_errors.iter().find(|entry| entry.error == status);
        entry.map_or(limits::ERROR_CACHING_MIN_TTL, |entry| entry.caching_min)
    }
}
