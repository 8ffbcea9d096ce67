//! The public keys of a behavior's trusted key groups.
//!
//! They are read from the API for every signed request, because keys rotate while the edge runs and a laptop gets few
//! signed requests. A change of a key group therefore takes effect at once; at a real edge it takes minutes.

use aws_sdk_cloudfront::types::PublicKeyConfig;

use crate::aws_clients::AwsClients;
use crate::error::Error;
use crate::limits;
use crate::signed_url::PublicKey;

/// Checks key groups as CloudFront does.
///
/// # Errors
/// There are too many groups, or a group does not exist, is empty or has too many keys.
pub(super) async fn check(aws: &AwsClients, key_groups: &[String], pattern: &str) -> Result<(), Error> {
    let refused = |what: String| Err(Error::Refused { what: format!("behavior {pattern:?}: {what}") });
    if key_groups.len() > limits::KEY_GROUPS_MAX {
        return refused(format!("{} trusted key groups, at most {}", key_groups.len(), limits::KEY_GROUPS_MAX));
    }
    for group in key_groups {
        let keys = key_ids(aws, group).await?.len();
        if !(1..=limits::KEYS_PER_GROUP_MAX).contains(&keys) {
            return refused(format!("key group {group} has {keys} keys, it needs 1 to {}", limits::KEYS_PER_GROUP_MAX));
        }
    }
    Ok(())
}

/// Returns the key if one of the groups has its id. A key that CloudFront would have rejected counts as unknown.
///
/// # Errors
/// The API call failed.
pub(crate) async fn find(
    aws: &AwsClients,
    key_groups: &[String],
    key_pair_id: &str,
) -> Result<Option<PublicKey>, Error> {
    for group in key_groups {
        if !key_ids(aws, group).await?.iter().any(|id| id == key_pair_id) {
            continue;
        }
        let output = aws.cloudfront.get_public_key().id(key_pair_id).send().await;
        let output = output.map_err(|e| Error::api(format!("cloudfront:GetPublicKey {key_pair_id}"), &e))?;
        let pem = output.public_key().and_then(|key| key.public_key_config()).map(PublicKeyConfig::encoded_key);
        return match PublicKey::from_pem(pem.unwrap_or_default()) {
            Ok(key) => Ok(Some(key)),
            Err(reason) => {
                tracing::warn!(target: "vitae::edge", "CloudFront would reject the public key {key_pair_id}: {reason}");
                Ok(None)
            }
        };
    }
    Ok(None)
}

async fn key_ids(aws: &AwsClients, group: &str) -> Result<Vec<String>, Error> {
    let output = aws.cloudfront.get_key_group().id(group).send().await;
    let output = output.map_err(|e| Error::api(format!("cloudfront:GetKeyGroup {group}"), &e))?;
    let config = output.key_group().and_then(|group| group.key_group_config());
    Ok(config.map(|config| config.items().to_vec()).unwrap_or_default())
}
