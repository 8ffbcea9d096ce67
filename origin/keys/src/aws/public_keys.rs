//! The stack's public keys. <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_PublicKeyConfig.html>

use aws_sdk_cloudfront::types::PublicKeyConfig;
use vitae_parameters::SignerParameter;

use super::{AwsClients, sdk_error};
use crate::error::Error;
use crate::observed::RegisteredKey;
use crate::public_key::PublicKey;
use crate::stack::Stack;

impl AwsClients {
    /// The stack's public keys, and the number of public keys in the account.
    pub(super) async fn public_keys(&self, stack: &Stack) -> Result<(Vec<RegisteredKey>, usize), Error> {
        let (mut keys, mut in_account, mut marker) = (Vec::new(), 0, None);
        loop {
            let listed = self.cloudfront.list_public_keys().set_marker(marker).send().await;
            let list = listed.map_err(|error| sdk_error("ListPublicKeys", &error, true))?.public_key_list;
            let Some(list) = list else { return Ok((keys, in_account)) };
            marker = list.next_marker;
            for key in list.items.into_iter().flatten() {
                in_account += 1;
                if stack.owns(&key.name) {
                    let since = key.created_time.secs().try_into().unwrap_or_default();
                    keys.push(RegisteredKey { public_key: PublicKey::from_pem(&key.encoded_key), id: key.id, since });
                }
            }
            if marker.is_none() {
                return Ok((keys, in_account));
            }
        }
    }

    pub(super) async fn register(&self, stack: &Stack, pair: &SignerParameter) -> Result<(), Error> {
        let pem = pair.private_key().public_key_pem();
        let name = stack.public_key_name(&PublicKey::from_pem(&pem));
        let config = PublicKeyConfig::builder().caller_reference(&name).name(&name).encoded_key(pem);
        let config = config.comment(stack.comment()).build().map_err(|_| Error::Internal)?;
        let created = self.cloudfront.create_public_key().public_key_config(config).send().await;
        created.map(drop).map_err(|error| sdk_error("CreatePublicKey", &error, true))
    }

    pub(super) async fn delete_public_key(&self, id: &str) -> Result<(), Error> {
        let got = self.cloudfront.get_public_key().id(id).send().await;
        let etag = got.map_err(|error| sdk_error("GetPublicKey", &error, true))?.e_tag;
        let deleted = self.cloudfront.delete_public_key().id(id).set_if_match(etag).send().await;
        deleted.map(drop).map_err(|error| sdk_error("DeletePublicKey", &error, true))
    }
}
