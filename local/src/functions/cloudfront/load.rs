//! Loads a CloudFront Function from the CloudFront API.

use aws_sdk_cloudfront::types::{FunctionRuntime, FunctionStage, KeyValueStoreAssociations};

use super::key_value_store::KeyValueStore;
use super::{CloudFrontFunction, RuntimeVersion};
use crate::aws_clients::AwsClients;
use crate::error::Error;
use crate::limits::STORES_PER_FUNCTION_MAX;

impl CloudFrontFunction {
    /// Reads the live stage, which a distribution runs.
    ///
    /// # Errors
    /// A runtime that is not modelled, an unreadable key value store, or code that the runtime would reject.
    pub(crate) async fn load(aws: &AwsClients, arn: &str) -> Result<Self, Error> {
        // arn:aws:cloudfront::account:function/name
        let name = arn.rsplit_once(":function/").map_or(arn, |(_, name)| name).to_owned();
        let action = format!("cloudfront:DescribeFunction {name}");
        let described = aws.cloudfront.describe_function().name(&name).stage(FunctionStage::Live).send().await;
        let described = described.map_err(|e| Error::api(&action, &e))?;
        let config = described.function_summary().and_then(|summary| summary.function_config());
        let config = config.ok_or_else(|| Error::no_configuration(action))?;
        let version = match config.runtime() {
            FunctionRuntime::CloudfrontJs10 => RuntimeVersion::First,
            FunctionRuntime::CloudfrontJs20 => RuntimeVersion::Second,
            other => {
                return Err(Error::NotModelled { what: format!("runtime {:?} of function {name:?}", other.as_str()) });
            }
        };
        let stores = config.key_value_store_associations().map(KeyValueStoreAssociations::items).unwrap_or_default();
        if stores.len() > STORES_PER_FUNCTION_MAX {
            let what =
                format!("{} key value stores of function {name:?}, at most {STORES_PER_FUNCTION_MAX}", stores.len());
            return Err(Error::Refused { what });
        }
        let store =
            stores.first().map(|store| KeyValueStore::new(aws.stores.clone(), store.key_value_store_arn().to_owned()));
        if let Some(store) = &store {
            let read = store.meta().await;
            read.map_err(|cause| Error::Api {
                action: format!("reading the key value store of function {name}"),
                cause,
            })?;
        }
        let output = aws.cloudfront.get_function().name(&name).stage(FunctionStage::Live).send().await;
        let output = output.map_err(|e| Error::api(format!("cloudfront:GetFunction {name}"), &e))?;
        let code = output.function_code().map(AsRef::as_ref).unwrap_or_default();
        let function = Self::new(&name, version, code, store);
        let function = function.map_err(|error| Error::Function { function: name, cause: error.to_string() })?;
        function.report_findings();
        Ok(function)
    }
}
