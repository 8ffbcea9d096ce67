//! A CloudFront Function that a behavior names, read from the CloudFront API.

use std::sync::atomic::AtomicBool;

use aws_sdk_cloudfront::types::{FunctionRuntime, FunctionStage, KeyValueStoreAssociations};

use crate::Error;
use crate::cloud::{Cloud, api_error};
use crate::cloudfront_function::Function;
use crate::key_value_store::KeyValueStore;
use crate::limits::STORES_PER_FUNCTION_MAX;

/// A function with the name that the log calls it by.
#[derive(Debug)]
pub(crate) struct PublishedFunction {
    pub(crate) name: String,
    pub(crate) function: Function,
    /// Whether its compute was warned about.
    pub(crate) warned: AtomicBool,
}

/// Reads the live stage, which is what a distribution runs.
///
/// # Errors
/// A runtime that is not modelled, a key value store that cannot be read, or code that the runtime would not take.
pub(super) async fn load(cloud: &Cloud, arn: &str) -> Result<PublishedFunction, Error> {
    // arn:aws:cloudfront::account:function/name
    let name = arn.rsplit_once(":function/").map_or(arn, |(_, name)| name).to_owned();
    let action = format!("cloudfront:DescribeFunction {name}");
    let described = cloud.cloudfront.describe_function().name(&name).stage(FunctionStage::Live).send().await;
    let described = described.map_err(|e| api_error(&action, &e))?;
    let config = described.function_summary().and_then(|summary| summary.function_config());
    let config = config.ok_or_else(|| Error::Api { action, cause: "the answer holds no configuration".to_owned() })?;
    if *config.runtime() != FunctionRuntime::CloudfrontJs20 {
        return Err(Error::NotModelled {
            what: format!("runtime {:?} of function {name:?}", config.runtime().as_str()),
        });
    }
    let stores = config.key_value_store_associations().map(KeyValueStoreAssociations::items).unwrap_or_default();
    if stores.len() > STORES_PER_FUNCTION_MAX {
        let what =
            format!("{} key value stores of function {name:?}: {STORES_PER_FUNCTION_MAX} is the most", stores.len());
        return Err(Error::Refused { what });
    }
    let store =
        stores.first().map(|store| KeyValueStore::new(cloud.stores.clone(), store.key_value_store_arn().to_owned()));
    if let Some(store) = &store {
        let read = store.meta().await;
        read.map_err(|cause| Error::Api { action: format!("reading the key value store of function {name}"), cause })?;
    }
    let output = cloud.cloudfront.get_function().name(&name).stage(FunctionStage::Live).send().await;
    let output = output.map_err(|e| api_error(format!("cloudfront:GetFunction {name}"), &e))?;
    let code = output.function_code().map(AsRef::as_ref).unwrap_or_default();
    let function = Function::new(&name, code, store)
        .map_err(|refusal| Error::Function { function: name.clone(), cause: refusal.to_string() })?;
    Ok(PublishedFunction { name, function, warned: AtomicBool::new(false) })
}
