//! The stack's key group. <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_KeyGroup.html>

use aws_sdk_cloudfront::types::KeyGroupConfig;

use super::{AwsClients, sdk_error};
use crate::error::Error;
use crate::observed::Group;
use crate::stack::Stack;

impl AwsClients {
    /// The stack's key group.
    pub(super) async fn group(&self, stack: &Stack) -> Result<Option<Group>, Error> {
        let Some(id) = self.group_id(stack).await? else { return Ok(None) };
        let got = self.cloudfront.get_key_group().id(&id).send().await;
        let got = got.map_err(|error| sdk_error("GetKeyGroup", &error, true));
        match got {
            // It was deleted after it was listed.
            Err(error) if error.is_gone() => Ok(None),
            Err(error) => Err(error),
            Ok(got) => {
                // A group without a date counts as changed in the far future, so it never soaks.
                let since = got.key_group.as_ref().map_or(i64::MAX, |group| group.last_modified_time.secs());
                let keys = got.key_group.and_then(|group| group.key_group_config).map(|config| config.items);
                let (keys, etag) = (keys.unwrap_or_default(), got.e_tag.unwrap_or_default());
                Ok(Some(Group { id, etag, keys, since: since.try_into().unwrap_or_default() }))
            }
        }
    }

    async fn group_id(&self, stack: &Stack) -> Result<Option<String>, Error> {
        let name = stack.group_name();
        let mut marker = None;
        loop {
            let listed = self.cloudfront.list_key_groups().set_marker(marker).send().await;
            let list = listed.map_err(|error| sdk_error("ListKeyGroups", &error, true))?.key_group_list;
            let Some(list) = list else { return Ok(None) };
            marker = list.next_marker;
            for group in list.items.into_iter().flatten().filter_map(|summary| summary.key_group) {
                if group.key_group_config.is_some_and(|config| config.name == name) {
                    return Ok(Some(group.id));
                }
            }
            if marker.is_none() {
                return Ok(None);
            }
        }
    }

    pub(super) async fn create_group(&self, stack: &Stack, key_pair_id: &str) -> Result<(), Error> {
        let config = config(stack, vec![key_pair_id.to_owned()])?;
        let created = self.cloudfront.create_key_group().key_group_config(config).send().await;
        created.map(drop).map_err(|error| sdk_error("CreateKeyGroup", &error, true))
    }

    /// Adds a key to the group, if the group has not changed since it was read.
    pub(super) async fn add_to_group(&self, stack: &Stack, group: &Group, key_pair_id: &str) -> Result<(), Error> {
        self.replace_keys(stack, group, group.keys.iter().cloned().chain([key_pair_id.to_owned()]).collect()).await
    }

    /// Removes keys from the group, if the group has not changed since it was read.
    pub(super) async fn remove_from_group(&self, stack: &Stack, group: &Group, ids: &[String]) -> Result<(), Error> {
        self.replace_keys(stack, group, group.keys.iter().filter(|key| !ids.contains(key)).cloned().collect()).await
    }

    async fn replace_keys(&self, stack: &Stack, group: &Group, keys: Vec<String>) -> Result<(), Error> {
        let update = self.cloudfront.update_key_group().id(&group.id).if_match(&group.etag);
        let updated = update.key_group_config(config(stack, keys)?).send().await;
        updated.map(drop).map_err(|error| sdk_error("UpdateKeyGroup", &error, true))
    }

    pub(super) async fn delete_group(&self, id: &str) -> Result<(), Error> {
        let got = self.cloudfront.get_key_group().id(id).send().await;
        let etag = got.map_err(|error| sdk_error("GetKeyGroup", &error, true))?.e_tag;
        let deleted = self.cloudfront.delete_key_group().id(id).set_if_match(etag).send().await;
        deleted.map(drop).map_err(|error| sdk_error("DeleteKeyGroup", &error, true))
    }
}

fn config(stack: &Stack, keys: Vec<String>) -> Result<KeyGroupConfig, Error> {
    let config = KeyGroupConfig::builder().name(stack.group_name()).comment(stack.comment()).set_items(Some(keys));
    config.build().map_err(|_| Error::Internal)
}
