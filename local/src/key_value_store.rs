//! The key value store of a CloudFront Function, read by its data API while the function runs.
//!
//! There, a store is replicated to every edge and a change takes seconds to arrive; here, every read sees the last change.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions.html>

use aws_sdk_cloudfrontkeyvaluestore::Client;
use aws_sdk_cloudfrontkeyvaluestore::config::endpoint::{Endpoint, EndpointFuture, Params, ResolveEndpoint};
use aws_sdk_cloudfrontkeyvaluestore::operation::get_key::GetKeyError;
use aws_smithy_types::date_time::{DateTime, Format};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::cloud::in_one_line;
use crate::limits::{KEY_MAX_BYTES, STORE_READ_TIMEOUT};

/// The store that is associated with a function.
#[derive(Clone, Debug)]
pub(crate) struct KeyValueStore {
    client: Client,
    arn: String,
}

impl KeyValueStore {
    pub(crate) const fn new(client: Client, arn: String) -> Self {
        Self { client, arn }
    }

    /// What a function may name it by: the last part of its ARN.
    pub(crate) fn id(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }

    /// The value of a key; `None` if the store has no such key.
    ///
    /// # Errors
    /// A key that no store can have, and the API's own words.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<String>, String> {
        if key.is_empty() || key.len() > KEY_MAX_BYTES {
            return Err(format!("a key has 1 to {KEY_MAX_BYTES} bytes, and this one {}", key.len()));
        }
        let sent = timeout(STORE_READ_TIMEOUT, self.client.get_key().kvs_arn(&self.arn).key(key).send()).await;
        match sent.map_err(|_| self.silent())? {
            Ok(output) => Ok(Some(output.value)),
            // The store itself is looked for when the function is loaded.
            Err(error) if error.as_service_error().is_some_and(GetKeyError::is_resource_not_found_exception) => {
                Ok(None)
            }
            Err(error) => Err(format!("the key value store cannot be read: {}", in_one_line(&error))),
        }
    }

    /// When it was made and changed, and how many keys it has.
    ///
    /// # Errors
    /// The API's own words.
    pub(crate) async fn meta(&self) -> Result<Value, String> {
        let sent = timeout(STORE_READ_TIMEOUT, self.client.describe_key_value_store().kvs_arn(&self.arn).send()).await;
        let output = sent.map_err(|_| self.silent())?;
        let output = output.map_err(|error| format!("{}: {}", self.arn, in_one_line(&error)))?;
        Ok(json!({
            "creationDateTime": iso_8601(output.created()),
            "lastUpdatedDateTime": iso_8601(output.last_modified().unwrap_or(output.created())),
            "keyCount": output.item_count(),
        }))
    }

    fn silent(&self) -> String {
        format!("{} did not answer within {} s", self.arn, STORE_READ_TIMEOUT.as_secs())
    }
}

fn iso_8601(time: &DateTime) -> String {
    time.fmt(Format::DateTime).unwrap_or_default()
}

/// The local cloud's one address. The service's own rules would put the account's number before it.
#[derive(Debug)]
pub(crate) struct OneAddress(pub(crate) String);

impl ResolveEndpoint for OneAddress {
    fn resolve_endpoint<'a>(&'a self, _: &'a Params) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(Endpoint::builder().url(self.0.clone()).build()))
    }
}
