//! The objects of the three buckets. Nothing reads the quarantine bucket.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::TaggingDirective;

use crate::error::{Error, has_code};
use crate::limits::FILE_BYTES;
use crate::record::{ScanResult, object_key};
use crate::transition::Destination;
use crate::upload_id::UploadId;

/// The tag that GuardDuty adds to a scanned object.
/// <https://docs.aws.amazon.com/guardduty/latest/ug/monitor-enable-s3-object-tagging-malware-protection.html>
pub const SCAN_TAG: &str = "GuardDutyMalwareScanStatus";

/// S3's codes for a version that does not exist.
const MISSING: [&str; 4] = ["NoSuchVersion", "NoSuchKey", "NotFound", "404"];

/// The buckets' names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets {
    /// Where files arrive.
    pub upload: String,
    /// Where clean files go.
    pub inbox: String,
    /// Where other files go.
    pub quarantine: String,
}

/// The buckets.
#[derive(Clone, Debug)]
pub struct Objects {
    client: Client,
    buckets: Buckets,
}

/// The content of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionContent {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// It is larger than a file may be, so it was not read.
    TooLarge,
    /// It does not exist.
    Gone,
}

/// The key of a file in the inbox and quarantine buckets.
#[must_use]
pub fn file_key(id: &UploadId) -> String {
    format!("files/{id}")
}

/// The key of a clean file's summary.
#[must_use]
pub fn summary_key(id: &UploadId) -> String {
    format!("summaries/{id}.json")
}

impl Objects {
    /// The objects of these buckets.
    #[must_use]
    pub fn new(client: Client, buckets: Buckets) -> Self {
        Self { client, buckets }
    }

    /// The name of the upload bucket.
    #[must_use]
    pub fn upload_bucket(&self) -> &str {
        &self.buckets.upload
    }

    /// Reads an uploaded version.
    ///
    /// # Errors
    /// [`Error`] if S3 fails.
    pub async fn read(&self, id: &UploadId, version: &str) -> Result<VersionContent, Error> {
        let get = self.client.get_object().bucket(&self.buckets.upload).key(object_key(id)).version_id(version);
        let output = match get.send().await {
            Ok(output) => output,
            Err(error) if has_code(&error, &MISSING) => return Ok(VersionContent::Gone),
            Err(error) => return Err(Error::from_sdk("s3:GetObject", &error)),
        };
        let size = output.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
        if size > FILE_BYTES {
            return Ok(VersionContent::TooLarge);
        }
        let failed = |error: aws_sdk_s3::primitives::ByteStreamError| Error::Unavailable {
            call: "s3:GetObject",
            reason: error.to_string(),
        };
        Ok(VersionContent::Bytes(output.body.collect().await.map_err(failed)?.to_vec()))
    }

    /// Reads the scan's result from the tag of an uploaded version; `None` if it has not been scanned.
    ///
    /// # Errors
    /// [`Error`] if S3 fails.
    pub async fn scan_result(&self, id: &UploadId, version: &str) -> Result<Option<ScanResult>, Error> {
        let get = self.client.get_object_tagging().bucket(&self.buckets.upload).key(object_key(id)).version_id(version);
        let output = match get.send().await {
            Ok(output) => output,
            Err(error) if has_code(&error, &MISSING) => return Ok(None),
            Err(error) => return Err(Error::from_sdk("s3:GetObjectTagging", &error)),
        };
        let tag = output.tag_set().iter().find(|tag| tag.key() == SCAN_TAG);
        Ok(tag.and_then(|tag| ScanResult::parse(tag.value())))
    }

    /// All versions of an upload, oldest first.
    ///
    /// # Errors
    /// [`Error`] if S3 fails.
    pub async fn versions(&self, id: &UploadId) -> Result<Vec<String>, Error> {
        let key = object_key(id);
        let list = self.client.list_object_versions().bucket(&self.buckets.upload).prefix(&key).send().await;
        let output = list.map_err(|error| Error::from_sdk("s3:ListObjectVersions", &error))?;
        let mut versions: Vec<_> = output.versions().iter().filter(|version| version.key() == Some(&key)).collect();
        // S3 lists the newest first.
        versions.reverse();
        versions.sort_by_key(|version| version.last_modified().map(DateTime::secs));
        Ok(versions.iter().filter_map(|version| version.version_id().map(str::to_owned)).collect())
    }

    /// Copies an uploaded version to its destination, without its tags. Returns `false` if the version does not exist. A
    /// repeated copy writes nothing new.
    ///
    /// # Errors
    /// [`Error`] if S3 fails.
    pub async fn copy(&self, id: &UploadId, version: &str, destination: Destination) -> Result<bool, Error> {
        let bucket = match destination {
            Destination::Inbox => &self.buckets.inbox,
            Destination::Quarantine => &self.buckets.quarantine,
        };
        // A version id consists of characters that need no encoding.
        let source = format!("{}/{}?versionId={version}", self.buckets.upload, object_key(id));
        let copy = self.client.copy_object().bucket(bucket).key(file_key(id)).copy_source(source);
        // No tag of the upload bucket goes along: there a tag is the scanner's word, elsewhere it means nothing.
        match copy.tagging_directive(TaggingDirective::Replace).if_none_match("*").send().await {
            Ok(_) => Ok(true),
            Err(error) if has_code(&error, &["PreconditionFailed"]) => Ok(true),
            Err(error) if has_code(&error, &MISSING) => Ok(false),
            Err(error) => Err(Error::from_sdk("s3:CopyObject", &error)),
        }
    }

    /// Writes the summary of a clean file.
    ///
    /// # Errors
    /// [`Error`] if S3 fails.
    pub async fn put_summary(&self, id: &UploadId, summary: &serde_json::Value) -> Result<(), Error> {
        let body = ByteStream::from(summary.to_string().into_bytes());
        let put = self.client.put_object().bucket(&self.buckets.inbox).key(summary_key(id)).body(body);
        let output = put.content_type("application/json").send().await;
        output.map(drop).map_err(|error| Error::from_sdk("s3:PutObject", &error))
    }

    /// Deletes a version of an upload for good. A version that does not exist counts as deleted.
    ///
    /// # Errors
    /// [`Error`] if S3 fails.
    pub async fn delete(&self, id: &UploadId, version: &str) -> Result<(), Error> {
        let delete = self.client.delete_object().bucket(&self.buckets.upload).key(object_key(id)).version_id(version);
        match delete.send().await {
            Ok(_) => Ok(()),
            Err(error) if has_code(&error, &MISSING) => Ok(()),
            Err(error) => Err(Error::from_sdk("s3:DeleteObject", &error)),
        }
    }
}
