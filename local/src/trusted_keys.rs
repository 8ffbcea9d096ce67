//! The keys that a behavior trusts, read anew for every signed request.
//!
//! Keys rotate while the edge runs, and a laptop sees few signed requests: the API is asked each time, so that a key works as
//! soon as it is in the group and no longer when it is out. A real edge takes minutes for both.

use aws_sdk_cloudfront::types::PublicKeyConfig;

use crate::cloud::{Cloud, api_error};
use crate::signed_url::PublicKey;
use crate::{Error, limits};

/// Refuses key groups that CloudFront would not take.
///
/// # Errors
/// Too many groups, a group that is not there, is empty or has too many keys.
pub(crate) async fn check(cloud: &Cloud, key_groups: &[String], pattern: &str) -> Result<(), Error> {
    let refused = |what: String| Err(Error::Refused { what: format!("behavior {pattern:?}: {what}") });
    if key_groups.len() > limits::KEY_GROUPS_MAX {
        return refused(format!("{} trusted key groups, at most {}", key_groups.len(), limits::KEY_GROUPS_MAX));
    }
    for group in key_groups {
        let action = format!("cloudfront:GetKeyGroup {group}");
        let output = cloud.cloudfront.get_key_group().id(group).send().await.map_err(|e| api_error(action, &e))?;
        let config = output.key_group().and_then(|group| group.key_group_config());
        let keys = config.map_or(0, |config| config.items().len());
        if !(1..=limits::KEYS_PER_GROUP_MAX).contains(&keys) {
            return refused(format!(
                "key group {group} has {keys} keys, and needs 1 to {}",
                limits::KEYS_PER_GROUP_MAX
            ));
        }
    }
    Ok(())
}

/// The key if its id is in one of the groups. A key that CloudFront would never have taken counts as unknown.
///
/// # Errors
/// The API does not answer.
pub(crate) async fn find(cloud: &Cloud, key_groups: &[String], key_pair_id: &str) -> Result<Option<PublicKey>, String> {
    for group in key_groups {
        let output = cloud.cloudfront.get_key_group().id(group).send().await;
        let output =
            output.map_err(|error| api_error(format!("cloudfront:GetKeyGroup {group}"), &error).to_string())?;
        let config = output.key_group().and_then(|group| group.key_group_config());
        if !config.is_some_and(|config| config.items().iter().any(|id| id == key_pair_id)) {
            continue;
        }
        let output = cloud.cloudfront.get_public_key().id(key_pair_id).send().await;
        let output =
            output.map_err(|error| api_error(format!("cloudfront:GetPublicKey {key_pair_id}"), &error).to_string())?;
        let pem = output.public_key().and_then(|key| key.public_key_config()).map(PublicKeyConfig::encoded_key);
        return match PublicKey::from_pem(pem.unwrap_or_default()) {
            Ok(key) => Ok(Some(key)),
            Err(why) => {
                tracing::warn!(target: "vitae::edge", "the public key {key_pair_id} is not one that CloudFront takes: {why}");
                Ok(None)
            }
        };
    }
    Ok(None)
}
