//! The artifact bucket: Lambda zips under the hash of their content, so that a name never means two things and nothing
//! is uploaded twice.

use aws_sdk_s3::{
    operation::{create_bucket::CreateBucketError, head_object::HeadObjectError},
    primitives::ByteStream,
};
use vitae_bundle::Artifact;

use crate::aws::{AwsClients, CallError};

/// Makes the bucket if it is missing. In an account `bootstrap.yaml` does this, with encryption and lifecycle.
///
/// # Errors
/// The call that failed.
pub async fn make_bucket(root: &AwsClients, bucket: &str) -> Result<(), CallError> {
    match root.s3().create_bucket().bucket(bucket).send().await {
        Ok(_) => Ok(()),
        // In this region S3 answers 200 for a bucket of one's own, in every other one this.
        Err(error) if error.as_service_error().is_some_and(CreateBucketError::is_bucket_already_owned_by_you) => Ok(()),
        Err(error) => Err(CallError::new(format!("CreateBucket of {bucket}"), &error)),
    }
}

/// Uploads an artifact under its own key, unless it is there already. Whether it was uploaded.
///
/// # Errors
/// The call that failed, or the file that cannot be read.
pub async fn upload(aws: &AwsClients, bucket: &str, artifact: &Artifact) -> Result<bool, CallError> {
    let s3 = aws.s3();
    let key = artifact.key();
    match s3.head_object().bucket(bucket).key(&key).send().await {
        Ok(_) => return Ok(false),
        Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => {}
        Err(error) => return Err(CallError::new(format!("HeadObject of {key}"), &error)),
    }
    let call = format!("PutObject of {key}");
    let body = ByteStream::from_path(artifact.path()).await.map_err(|error| CallError::of(&call, &error))?;
    let put = s3.put_object().bucket(bucket).key(&key).content_type("application/zip").body(body).send().await;
    put.map(|_| true).map_err(|error| CallError::new(&call, &error))
}
