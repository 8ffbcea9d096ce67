//! The functions' zips: how they are built, and the bucket that holds them.
//!
//! The key of a zip contains the stack's name, below which the stack's role can write, and the hash of the zip. An object is
//! written once, with its checksum, and is compared with the zip before it is used again. A template names its version, so
//! that nothing written later can take its place.

use std::path::Path;

use aws_sdk_s3::{
    error::ProvideErrorMetadata as _,
    operation::{create_bucket::CreateBucketError, head_object::HeadObjectError},
    primitives::ByteStream,
    types::{BucketVersioningStatus, ChecksumMode, VersioningConfiguration},
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
    /// The zip of the other regional functions.
    pub regional: Artifact,
}

impl Artifacts {
    /// Builds the zips for this machine: the edge function and the others at the same time, because they have separate target
    /// folders, and cargo's check of what is up to date uses one processor.
    ///
    /// # Errors
    /// The error of the compiler or the file system.
    pub fn build(repository: &Path, prefix: &Prefix, out: &Path) -> Result<Self, BundleError> {
        std::thread::scope(|scope| {
            let edge = scope.spawn(|| build_edge(repository, prefix, EdgeProfile::Dev, out));
            let [counter, regional] = vitae_bundle::lambdas(repository, out)?;
            let edge = edge.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            Ok(Self { edge, counter, regional })
        })
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
        Ok(Self { edge, counter: build(Lambda::Counter)?, regional: build(Lambda::Regional)? })
    }

    /// Reads the zips of a folder.
    ///
    /// # Errors
    /// The file that cannot be read, or a zip of the edge function that was built for another stack.
    pub fn read(folder: &Path, prefix: &Prefix) -> Result<Self, BundleError> {
        let read = |name: &str| Artifact::read(name, &folder.join(name).with_extension("zip"));
        let edge = vitae_bundle::read_edge(&folder.join("edge.zip"), prefix.as_str())?;
        Ok(Self { edge, counter: read(Lambda::Counter.name())?, regional: read(Lambda::Regional.name())? })
    }

    /// The three zips.
    #[must_use]
    pub const fn each(&self) -> [&Artifact; 3] {
        [&self.edge, &self.counter, &self.regional]
    }
}

/// Builds the zip of the edge function into the folder `out`.
///
/// # Errors
/// The error of the compiler or the file system.
pub fn build_edge(
    repository: &Path,
    prefix: &Prefix,
    profile: EdgeProfile,
    out: &Path,
) -> Result<Artifact, BundleError> {
    vitae_bundle::edge(&EdgeOptions {
        repository: repository.to_owned(),
        prefix: prefix.as_str().to_owned(),
        region: REGION.to_owned(),
        profile,
        out: out.join("edge.zip"),
    })
}

/// The version of a zip that a plan does not find in the bucket: a deployment uploads it first.
pub const NOT_UPLOADED: &str = "not-uploaded";

/// An object in the bucket, as a template's parameters name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// Its key: `<stack>/<name>/<sha256>.zip`.
    pub key: String,
    /// Its version, or [`NOT_UPLOADED`].
    pub version: String,
}

/// The zips of a stack in the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredArtifacts {
    /// The bucket.
    pub bucket: String,
    /// The edge function's zip.
    pub edge: StoredObject,
    /// The SHA-256 of the edge function's zip in base64, which its version must have.
    pub edge_sha256: String,
    /// The counter's zip.
    pub counter: StoredObject,
    /// The zip of the other regional functions.
    pub regional: StoredObject,
}

impl StoredArtifacts {
    /// Finds a stack's zips in the bucket.
    ///
    /// # Errors
    /// The call that failed, or an object that differs from its zip.
    pub async fn find(aws: &AwsClients, bucket: &str, stack: &str, artifacts: &Artifacts) -> Result<Self, CallError> {
        let Artifacts { edge, counter, regional } = artifacts;
        let stored = async |artifact: &Artifact| -> Result<StoredObject, CallError> {
            let version = find(aws, bucket, stack, artifact).await?.unwrap_or_else(|| NOT_UPLOADED.to_owned());
            Ok(StoredObject { key: key(stack, artifact), version })
        };
        Ok(Self {
            bucket: bucket.to_owned(),
            edge: stored(edge).await?,
            edge_sha256: edge.sha256_base64(),
            counter: stored(counter).await?,
            regional: stored(regional).await?,
        })
    }
}

/// Creates the bucket of a local cloud if it is missing. In an account, `bootstrap.yaml` creates it, with encryption and a
/// lifecycle.
///
/// # Errors
/// The call that failed.
pub async fn create_bucket(root: &AwsClients, bucket: &str) -> Result<(), CallError> {
    match root.s3().create_bucket().bucket(bucket).send().await {
        Ok(_) => {}
        // In this region S3 returns 200 for a bucket that the caller owns, in every other region this error.
        Err(error) if error.as_service_error().is_some_and(CreateBucketError::is_bucket_already_owned_by_you) => {}
        Err(error) => return Err(CallError::new(format!("CreateBucket of {bucket}"), &error)),
    }
    let versioning = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    let put = root.s3().put_bucket_versioning().bucket(bucket).versioning_configuration(versioning).send().await;
    put.map(drop).map_err(|error| CallError::new(format!("PutBucketVersioning of {bucket}"), &error))
}

/// Uploads an artifact unless it is there already. Returns whether it was uploaded.
///
/// # Errors
/// The call that failed, the file that cannot be read, or an object that differs from the artifact.
pub async fn upload(aws: &AwsClients, bucket: &str, stack: &str, artifact: &Artifact) -> Result<bool, CallError> {
    if find(aws, bucket, stack, artifact).await?.is_some() {
        return Ok(false);
    }
    let key = key(stack, artifact);
    let call = format!("PutObject of {key}");
    let body = ByteStream::from_path(artifact.path()).await.map_err(|error| CallError::from_error(&call, &error))?;
    let put = aws
        .s3()
        .put_object()
        .bucket(bucket)
        .key(&key)
        .content_type("application/zip")
        .checksum_sha256(artifact.sha256_base64())
        .if_none_match("*")
        .body(body);
    match put.send().await {
        Ok(_) => Ok(true),
        // Another deployment wrote it in the meantime.
        Err(error) if error.code() == Some("PreconditionFailed") => {
            find(aws, bucket, stack, artifact).await?;
            Ok(false)
        }
        Err(error) => Err(CallError::new(&call, &error)),
    }
}

/// The version of an artifact in the bucket, if it is there.
async fn find(aws: &AwsClients, bucket: &str, stack: &str, artifact: &Artifact) -> Result<Option<String>, CallError> {
    let key = key(stack, artifact);
    let call = format!("HeadObject of {key}");
    let head = aws.s3().head_object().bucket(bucket).key(&key).checksum_mode(ChecksumMode::Enabled);
    let object = match head.send().await {
        Ok(object) => object,
        Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => return Ok(None),
        Err(error) => return Err(CallError::new(call, &error)),
    };
    let unusable = |reason: String| CallError { call: call.clone(), reason };
    let expected = artifact.sha256_base64();
    match object.checksum_sha256() {
        Some(found) if found == expected => {}
        found => {
            let found = found.unwrap_or("missing");
            return Err(unusable(format!(
                "the object's SHA-256 is {found} and the zip's is {expected}: find out who wrote the object, then delete it"
            )));
        }
    }
    let version = object.version_id().map(str::to_owned);
    version.map(Some).ok_or_else(|| unusable(format!("the bucket {bucket} has no versions: enable versioning")))
}

/// The key of an artifact in the bucket.
#[must_use]
pub fn key(stack: &str, artifact: &Artifact) -> String {
    format!("{stack}/{}", artifact.key())
}
