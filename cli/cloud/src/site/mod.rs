//! Uploading the site and the CV: what changed by content or metadata, nothing else.

mod object;
mod plan;

use std::path::{Path, PathBuf};

use aws_sdk_s3::{Client, operation::head_object::HeadObjectOutput, primitives::ByteStream, types::ChecksumMode};

pub use self::{
    object::{Object, Unreadable},
    plan::{Plan, Stored},
};
use crate::cloud::{CallError, Cloud};

/// The folder of the site whose files go to the CV's bucket, under the same keys: `cv/resume.pdf`. They never reach the
/// site's bucket, from which anyone may read.
pub const CV_FOLDER: &str = "cv";

/// Why an upload failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that cannot be read or is none.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// What a bucket is to hold, and where it is on disk.
#[derive(Clone, Debug)]
pub struct Source {
    /// The bucket.
    pub bucket: String,
    /// The folder whose files are meant.
    pub folder: PathBuf,
    /// What their keys begin with, such as `cv/`; the rest is the path below the folder.
    pub prefix: &'static str,
}

impl Source {
    /// The site, for its bucket: the folder without the CV's.
    #[must_use]
    pub fn site(folder: &Path, bucket: &str) -> Self {
        Self { bucket: bucket.to_owned(), folder: folder.to_owned(), prefix: "" }
    }

    /// The CV's folder, for its bucket.
    #[must_use]
    pub fn cv(folder: &Path, bucket: &str) -> Self {
        Self { bucket: bucket.to_owned(), folder: folder.join(CV_FOLDER), prefix: "cv/" }
    }
}

/// Makes the bucket hold what the folder holds: new and changed objects first, pages after what they refer to, then the
/// end of what is no longer there. What was done.
///
/// # Errors
/// See [`Error`]. What was uploaded before stays.
pub async fn upload(cloud: &Cloud, source: &Source) -> Result<Plan, Error> {
    let wanted = object::read_folder(source)?;
    let s3 = cloud.s3();
    let stored = stored(&s3, &source.bucket).await?;
    let plan = Plan::new(&wanted, &stored);
    for object in &plan.put {
        put(&s3, &source.bucket, object).await?;
    }
    for key in &plan.delete {
        let deleted = s3.delete_object().bucket(&source.bucket).key(key).send().await;
        deleted.map_err(|error| CallError::new(format!("DeleteObject of {key}"), &error))?;
    }
    Ok(plan)
}

async fn put(s3: &Client, bucket: &str, object: &Object) -> Result<(), CallError> {
    let put = s3
        .put_object()
        .bucket(bucket)
        .key(&object.key)
        .content_type(&object.content_type)
        .cache_control(object.cache_control)
        // S3 checks it, keeps it and tells it: its ETag is no hash of the content for every way of uploading.
        .checksum_sha256(&object.sha256)
        .body(ByteStream::from(object.content.clone()));
    put.send().await.map(drop).map_err(|error| CallError::new(format!("PutObject of {}", object.key), &error))
}

/// What the bucket holds, with the metadata that a listing does not tell.
async fn stored(s3: &Client, bucket: &str) -> Result<Vec<Stored>, CallError> {
    let mut stored = Vec::new();
    let mut pages = s3.list_objects_v2().bucket(bucket).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new(format!("ListObjectsV2 of {bucket}"), &error))?;
        for key in page.contents().iter().filter_map(|object| object.key()) {
            let head = s3.head_object().bucket(bucket).key(key).checksum_mode(ChecksumMode::Enabled).send().await;
            let head = head.map_err(|error| CallError::new(format!("HeadObject of {key}"), &error))?;
            stored.push(read(key, &head));
        }
    }
    Ok(stored)
}

fn read(key: &str, head: &HeadObjectOutput) -> Stored {
    Stored {
        key: key.to_owned(),
        content_type: head.content_type().unwrap_or_default().to_owned(),
        cache_control: head.cache_control().unwrap_or_default().to_owned(),
        sha256: head.checksum_sha256().unwrap_or_default().to_owned(),
    }
}
