//! The keys that a behavior trusts, read anew for every signed request.
//!
//! Keys rotate while the edge runs, and a laptop sees few signed requests: the API is asked each time, so that a key works as
//! soon as it is in the group and no longer when it is out. A real edge takes minutes for both.

use aws_sdk_cloudfront::types::PublicKeyConfig;

use crate::cloud::{Cloud, api_error};
use crate::signed_url::PublicKey;

/// The key if its id is in one of the groups. A key that CloudFront would never have taken counts as unknown.
///
/// # Errors
/// The API does not answer.
pub(crate) async fn find(cloud: &Cloud, key_groups: &[String], key_pair_id: &str) -> Result<Option<PublicKey>, String> {
    for group in key_groups {
        let output = cloud.cloudfront.get_key_group().id(group).send().await;
        let output = output.map_err(|error| api_error(format!("cloudfront:GetKeyGroup {group}"), error).to_string())?;
        let config = output.key_group().and_then(|group| group.key_group_config());
        if !config.is_some_and(|config| config.items().iter().any(|id| id == key_pair_id)) {
            continue;
        }
        let output = cloud.cloudfront.get_public_key().id(key_pair_id).send().await;
        let output =
            output.map_err(|error| api_error(format!("cloudfront:GetPublicKey {key_pair_id}"), error).to_string())?;
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
