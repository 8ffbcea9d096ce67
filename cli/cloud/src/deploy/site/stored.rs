//! What a bucket holds.

use aws_sdk_s3::{
    Client,
    operation::head_object::{HeadObjectError, HeadObjectOutput},
    types::ChecksumMode,
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::AT_ONCE;
use crate::aws::CallError;

/// What is known of an object in the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its key.
    pub key: String,
    /// What S3 gave it when it was written: another one with every change of its content.
    pub etag: String,
    /// Its media type.
    pub content_type: String,
    /// Its `Cache-Control`.
    pub cache_control: String,
    /// Its SHA-256 in base64, as S3 tells it; empty if it was uploaded with another checksum.
    pub sha256: String,
}

/// Hidden files are never uploaded, so a hidden object is somebody else's, such as the probe of the keys function.
pub(super) fn is_hidden(key: &str) -> bool {
    key.split('/').any(|segment| segment.starts_with('.'))
}

/// What the bucket holds, with the metadata that a listing does not tell, in the order of the keys.
pub(super) async fn look(s3: &Client, bucket: &str) -> Result<Vec<Stored>, CallError> {
    let mut keys = Vec::new();
    let mut pages = s3.list_objects_v2().bucket(bucket).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new(format!("ListObjectsV2 of {bucket}"), &error))?;
        let visible = page.contents().iter().filter_map(|object| object.key()).filter(|key| !is_hidden(key));
        keys.extend(visible.map(str::to_owned));
    }
    let heads = stream::iter(keys).map(|key| head(s3, bucket, key)).buffered(AT_ONCE);
    heads.try_filter_map(async |stored| Ok(stored)).try_collect().await
}

/// An object; `None` if it is not there.
pub(super) async fn head(s3: &Client, bucket: &str, key: String) -> Result<Option<Stored>, CallError> {
    match s3.head_object().bucket(bucket).key(&key).checksum_mode(ChecksumMode::Enabled).send().await {
        Ok(head) => Ok(Some(read(key, &head))),
        Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(None),
        Err(error) => Err(CallError::new(format!("HeadObject of {key}"), &error)),
    }
}

fn read(key: String, head: &HeadObjectOutput) -> Stored {
    Stored {
        key,
        etag: head.e_tag().unwrap_or_default().to_owned(),
        content_type: head.content_type().unwrap_or_default().to_owned(),
        cache_control: head.cache_control().unwrap_or_default().to_owned(),
        sha256: head.checksum_sha256().unwrap_or_default().to_owned(),
    }
}
