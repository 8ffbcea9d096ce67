//! The functions' zips: how they are built, and the bucket that holds them.
//!
//! The key of a zip is the hash of its content, so that a key never changes its meaning and no zip is uploaded twice.

use std::path::Path;

use aws_sdk_s3::{
    operation::{create_bucket::CreateBucketError, head_object::HeadObjectError},
    primitives::ByteStream,
};
use vitae_bundle::{Architecture, Artifact, BundleError, EdgeOptions, EdgeProfile, Lambda};
use vitae_parameters::Prefix;

use crate::aws::{AwsClients, CallError, REGION};

/// The zips of a stack.
#[derive(Clone, Debug)]
pub struct Artifacts {
    /// The zip of the edge function. It contains the parameter prefix of one stack.
    pub edge: Artifact,
    /// The zip of the counter.
    pub counter: Artifact,
    /// The zip of the keys function.
    pub keys: Artifact,
}

impl Artifacts {
    /// Builds the zips for this machine. `report` is called with each part that is begun.
    ///
    /// # Errors
    /// The error of the compiler or the file system.
    pub fn build(
        repository: &Path,
        prefix: &Prefix,
        out: &Path,
        mut report: impl FnMut(&'static str),
    ) -> Result<Self, BundleError> {
        report("edge");
        let edge = build_edge(repository, prefix, EdgeProfile::Dev, out)?;
        report("counter and keys");
        let [counter, keys] = vitae_bundle::lambdas(repository, out)?;
        Ok(Self { edge, counter, keys })
    }

    /// Builds the zips for Lambda, which takes minutes. `report` is called with each part that is begun.
    ///
    /// # Errors
    /// The error of the compiler or the file system.
    pub fn build_for_lambda(
        repository: &Path,
        prefix: &Prefix,
        architecture: Architecture,
        out: &Path,
        mut report: impl FnMut(&'static str),
    ) -> Result<Self, BundleError> {
        report("edge");
        let edge = build_edge(repository, prefix, EdgeProfile::Deploy, out)?;
        let mut build = |lambda: Lambda| {
            report(lambda.name());
            let zip = out.join(lambda.name()).with_extension("zip");
            vitae_bundle::lambda(repository, lambda, architecture, &zip)
        };
        Ok(Self { edge, counter: build(Lambda::Counter)?, keys: build(Lambda::Keys)? })
    }

    /// The three zips.
    #[must_use]
    pub const fn each(&self) -> [&Artifact; 3] {
        [&self.edge, &self.counter, &self.keys]
    }
}

fn build_edge(repository: &Path, prefix: &Prefix, profile: EdgeProfile, out: &Path) -> Result<Artifact, BundleError> {
    vitae_bundle::edge(&EdgeOptions {
        repository: repository.to_owned(),
        prefix: prefix.as_str().to_owned(),
        region: REGION.to_owned(),
        profile,
        out: out.join("edge.zip"),
    })
}

/// Creates the bucket if it does not exist. In an account, `bootstrap.yaml` creates it, with encryption and lifecycle.
///
/// # Errors
/// The call that failed.
pub async fn create_bucket(root: &AwsClients, bucket: &str) -> Result<(), CallError> {
    match root.s3().create_bucket().bucket(bucket).send().await {
        Ok(_) => Ok(()),
        // For a bucket that the caller owns, S3 returns 200 in us-east-1 and this error in other regions.
        Err(error) if error.as_service_error().is_some_and(CreateBucketError::is_bucket_already_owned_by_you) => Ok(()),
        Err(error) => Err(CallError::new(format!("CreateBucket of {bucket}"), &error)),
    }
}

/// Uploads an artifact, unless its key exists. Returns whether it was uploaded.
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
    let body = ByteStream::from_path(artifact.path()).await.map_err(|error| CallError::from_error(&call, &error))?;
    let put = s3.put_object().bucket(bucket).key(&key).content_type("application/zip").body(body).send().await;
    put.map(|_| true).map_err(|error| CallError::new(&call, &error))
}
