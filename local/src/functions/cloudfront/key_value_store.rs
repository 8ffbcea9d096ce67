//! The key value store of a CloudFront Function, read with the data API while the function runs.
//!
//! CloudFront replicates a store to every edge, and a change takes seconds to propagate. Here every read returns the
//! latest value.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions.html>

use aws_sdk_cloudfrontkeyvaluestore::Client;
use aws_sdk_cloudfrontkeyvaluestore::operation::get_key::GetKeyError;
use aws_smithy_types::date_time::{DateTime, Format};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::error::service_error;
use crate::limits::{KEY_MAX_BYTES, STORE_READ_TIMEOUT};

/// A function's associated store.
#[derive(Clone, Debug)]
pub(crate) struct KeyValueStore {
    client: Client,
    arn: String,
}

impl KeyValueStore {
    pub(crate) const fn new(client: Client, arn: String) -> Self {
        Self { client, arn }
    }

    /// The id by which a function may refer to it: the last part of its ARN.
    pub(crate) fn id(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }

    /// The value of a key, or `None` if the store does not have the key.
    ///
    /// # Errors
    /// The key's length is not valid, or the API call failed.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<String>, String> {
        if key.is_empty() || key.len() > KEY_MAX_BYTES {
            return Err(format!("a key must have 1 to {KEY_MAX_BYTES} bytes, this one has {}", key.len()));
        }
        let sent = timeout(STORE_READ_TIMEOUT, self.client.get_key().kvs_arn(&self.arn).key(key).send()).await;
        match sent.map_err(|_| self.timed_out())? {
            Ok(output) => Ok(Some(output.value)),
            // The key is missing, not the store: loading the function checks that the store exists.
            Err(error) if error.as_service_error().is_some_and(GetKeyError::is_resource_not_found_exception) => {
                Ok(None)
            }
            Err(error) => Err(format!("cannot read the key value store: {}", service_error(&error))),
        }
    }

    /// When the store was created and last modified, and how many keys it has.
    ///
    /// # Errors
    /// The API call failed.
    pub(crate) async fn meta(&self) -> Result<Value, String> {
        let sent = timeout(STORE_READ_TIMEOUT, self.client.describe_key_value_store().kvs_arn(&self.arn).send()).await;
        let output = sent.map_err(|_| self.timed_out())?;
        let output = output.map_err(|error| format!("{}: {}", self.arn, service_error(&error)))?;
        Ok(json!({
            "creationDateTime": iso_8601(output.created()),
            "lastUpdatedDateTime": iso_8601(output.last_modified().unwrap_or(output.created())),
            "keyCount": output.item_count(),
        }))
    }

    fn timed_out(&self) -> String {
        format!("{} did not respond within {} s", self.arn, STORE_READ_TIMEOUT.as_secs())
    }
}

fn iso_8601(time: &DateTime) -> String {
    time.fmt(Format::DateTime).unwrap_or_default()
}
