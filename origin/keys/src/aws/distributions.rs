//! The distributions that trust the key group. The stack cannot pass the distribution to this function: that would be a
//! circular dependency, since the distribution needs the group.
//! <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListDistributions.html>

use aws_sdk_cloudfront::types::{CacheBehaviors, DistributionSummary, TrustedKeyGroups};

use super::{AwsClients, sdk_error};
use crate::error::Error;
use crate::observed::Distribution;

/// The status of a distribution that has reached every edge.
const DEPLOYED: &str = "Deployed";

impl AwsClients {
    pub(super) async fn distributions(&self, group_id: &str) -> Result<Vec<Distribution>, Error> {
        let (mut found, mut marker) = (Vec::new(), None);
        loop {
            let listed = self.cloudfront.list_distributions().set_marker(marker).send().await;
            let list = listed.map_err(|error| sdk_error("ListDistributions", &error, true))?.distribution_list;
            let Some(list) = list else { return Ok(found) };
            for summary in list.items.iter().flatten().filter(|summary| trusts(summary, group_id)) {
                let is_deployed = summary.status == DEPLOYED;
                found.push(Distribution { domain_name: summary.domain_name.clone(), is_deployed });
            }
            marker = list.next_marker.filter(|_| list.is_truncated);
            if marker.is_none() {
                return Ok(found);
            }
        }
    }
}

fn trusts(summary: &DistributionSummary, group_id: &str) -> bool {
    let names = |trusted: Option<&TrustedKeyGroups>| {
        trusted.is_some_and(|trusted| trusted.items().iter().any(|item| item == group_id))
    };
    let default = summary.default_cache_behavior.as_ref().and_then(|behavior| behavior.trusted_key_groups.as_ref());
    let behaviors = summary.cache_behaviors.iter().flat_map(CacheBehaviors::items);
    names(default) || behaviors.into_iter().any(|behavior| names(behavior.trusted_key_groups.as_ref()))
}
