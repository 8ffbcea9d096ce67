//! The objects in a bucket.

use aws_sdk_s3::{
    Client,
    operation::head_object::{HeadObjectError, HeadObjectOutput},
    types::ChecksumMode,
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::CONCURRENCY;
use crate::aws::CallError;

/// The metadata of an object in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// The key.
    pub key: String,
    /// The ETag, which changes with the content.
    pub etag: String,
    /// The media type.
    pub content_type: String,
    /// The `Cache-Control` header.
    pub cache_control: String,
    /// The SHA-256 in base64; empty if the object was uploaded with another checksum.
    pub sha256: String,
}

/// Whether an object is hidden. Hidden files are never uploaded, so another program wrote it, such as the keys function its probe.
pub(super) fn is_hidden(key: &str) -> bool {
    key.split('/').any(|segment| segment.starts_with('.'))
}

/// Lists the objects in the order of their keys, with the metadata that a listing omits. Hidden objects are left out.
pub(super) async fn list(s3: &Client, bucket: &str) -> Result<Vec<StoredObject>, CallError> {
    let mut keys = Vec::new();
    let mut pages = s3.list_objects_v2().bucket(bucket).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new(format!("ListObjectsV2 of {bucket}"), &error))?;
        let visible = page.contents().iter().filter_map(|object| object.key()).filter(|key| !is_hidden(key));
        keys.extend(visible.map(str::to_owned));
    }
    let heads = stream::iter(keys).map(|key| head(s3, bucket, key)).buffered(CONCURRENCY);
    heads.try_filter_map(async |stored| Ok(stored)).try_collect().await
}

/// Reads the metadata of an object; `None` if it does not exist.
pub(super) async fn head(s3: &Client, bucket: &str, key: String) -> Result<Option<StoredObject>, CallError> {
    match s3.head_object().bucket(bucket).key(&key).checksum_mode(ChecksumMode::Enabled).send().await {
        Ok(head) => Ok(Some(StoredObject::new(key, &head))),
        Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(None),
        Err(error) => Err(CallError::new(format!("HeadObject of {key}"), &error)),
    }
}

impl StoredObject {
    fn new(key: String, head: &HeadObjectOutput) -> Self {
        Self {
            key,
            etag: head.e_tag().unwrap_or_default().to_owned(),
            content_type: head.content_type().unwrap_or_default().to_owned(),
            cache_control: head.cache_control().unwrap_or_default().to_owned(),
            sha256: head.checksum_sha256().unwrap_or_default().to_owned(),
        }
    }
}
