//! Origins and origin groups: where a behavior's requests go, and where they go if the first origin fails.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html>

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_cloudfront::types::{OriginGroup, OriginGroupSelectionCriteria};
use http::{Method, StatusCode};

use super::OriginConfig;
use crate::error::Error;

/// The statuses that an origin group may fail over on.
const STATUSES: [u16; 8] = [403, 404, 416, 429, 500, 502, 503, 504];

/// The origins of a distribution by id, and its origin groups.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    origins: HashMap<String, Arc<OriginConfig>>,
    groups: HashMap<String, (Arc<OriginConfig>, Failover)>,
}

/// The second origin of a group, and when it is used.
#[derive(Clone, Debug)]
pub(crate) struct Failover {
    pub(crate) origin: Arc<OriginConfig>,
    statuses: Vec<u16>,
}

impl Failover {
    /// Whether the second origin gets the request: only GET, HEAD and OPTIONS fail over, if the first origin cannot be
    /// reached, does not respond in time, or responds with one of the group's statuses.
    pub(crate) fn applies(&self, method: &Method, status: StatusCode, is_unreachable: bool) -> bool {
        matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
            && (is_unreachable || self.statuses.contains(&status.as_u16()))
    }
}

impl Origins {
    pub(super) fn insert(&mut self, origin: OriginConfig) {
        self.origins.insert(origin.id.clone(), Arc::new(origin));
    }

    /// Adds a group of two origins that have been added before.
    ///
    /// # Errors
    /// CloudFront would reject the group, or it selects origins by media quality.
    pub(super) fn insert_group(&mut self, group: &OriginGroup) -> Result<(), Error> {
        let refused = |what: String| Error::Refused { what: format!("origin group {:?}: {what}", group.id()) };
        if group.selection_criteria() == Some(&OriginGroupSelectionCriteria::MediaQualityBased) {
            let what = format!("media-quality-based selection, in the origin group {:?}", group.id());
            return Err(Error::NotModelled { what });
        }
        let members = group.members().map_or(&[][..], |members| members.items());
        let [first, second] = members else {
            return Err(refused(format!("{} members, it needs 2", members.len())));
        };
        let member =
            |id: &str| self.origins.get(id).cloned().ok_or_else(|| refused(format!("no origin has the id {id:?}")));
        let codes = group.failover_criteria().and_then(|criteria| criteria.status_codes());
        let mut statuses = Vec::new();
        for code in codes.map_or(&[][..], |codes| codes.items()) {
            let status = u16::try_from(*code).ok().filter(|code| STATUSES.contains(code));
            statuses.push(status.ok_or_else(|| refused(format!("{code} is not a status to fail over on")))?);
        }
        let failover = Failover { origin: member(second.origin_id())?, statuses };
        self.groups.insert(group.id().to_owned(), (member(first.origin_id())?, failover));
        Ok(())
    }

    /// The origin, or the first origin of the group, with this id.
    pub(super) fn target(&self, id: &str) -> Option<(Arc<OriginConfig>, Option<Failover>)> {
        match self.groups.get(id) {
            Some((origin, failover)) => Some((Arc::clone(origin), Some(failover.clone()))),
            None => self.origins.get(id).map(|origin| (Arc::clone(origin), None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Failover, Origins};
    use crate::distribution::OriginConfig;
    use aws_sdk_cloudfront::types as t;
    use http::{Method, StatusCode};
    use std::sync::Arc;

    fn group(members: &[&str], statuses: &[i32]) -> t::OriginGroup {
        let member = |id: &&str| t::OriginGroupMember::builder().origin_id(*id).build().unwrap();
        let quantity = |length: usize| i32::try_from(length).unwrap();
        let list = members.iter().map(member).collect();
        let list = t::OriginGroupMembers::builder().quantity(quantity(members.len())).set_items(Some(list));
        let codes = t::StatusCodes::builder().quantity(quantity(statuses.len())).set_items(Some(statuses.to_vec()));
        let criteria = t::OriginGroupFailoverCriteria::builder().status_codes(codes.build().unwrap()).build();
        let group = t::OriginGroup::builder().id("g").members(list.build().unwrap());
        group.failover_criteria(criteria).build().unwrap()
    }

    fn origins() -> Origins {
        let mut origins = Origins::default();
        for id in ["a", "b"] {
            origins.insert(OriginConfig { id: id.to_owned(), ..OriginConfig::bucket(id) });
        }
        origins
    }

    #[test]
    fn only_safe_methods_fail_over_on_the_groups_statuses_or_without_a_response() {
        let failover = Failover { origin: Arc::new(OriginConfig::bucket("b")), statuses: vec![500, 404] };
        let applies = |method: Method, status: u16, unreachable| {
            failover.applies(&method, StatusCode::from_u16(status).unwrap(), unreachable)
        };
        assert!(applies(Method::GET, 500, false) && applies(Method::HEAD, 404, false));
        assert!(applies(Method::OPTIONS, 502, true));
        assert!(!applies(Method::GET, 502, false) && !applies(Method::GET, 200, false));
        assert!(!applies(Method::POST, 500, false) && !applies(Method::POST, 502, true));
    }

    #[test]
    fn a_group_has_two_members_that_exist_and_documented_statuses() {
        let mut origins = origins();
        origins.insert_group(&group(&["a", "b"], &[503, 429])).unwrap();
        let (origin, failover) = origins.target("g").unwrap();
        assert_eq!((origin.id.as_str(), failover.unwrap().origin.id.as_str()), ("a", "b"));
        assert!(origins.target("a").unwrap().1.is_none() && origins.target("c").is_none());
        for (members, statuses, reason) in
            [(&["a"][..], &[500][..], "1 members"), (&["a", "c"], &[500], "\"c\""), (&["a", "b"], &[501], "501")]
        {
            let error = origins.insert_group(&group(members, statuses)).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
