//! `vitae site`: uploads of the site and the CV.
//!
//! [`SiteFolder`] builds the site from the resume. [`plan()`] compares the folder with the buckets. [`apply()`] applies the plan, under a [`Lock`] and with conditional requests.
//! [`upload`] is the simple way for `vitae dev`, the only process that writes to its buckets. Required permissions: `s3:ListBucket`,
//! `s3:GetObject`, `s3:PutObject` and `s3:DeleteObject` on both buckets, `cloudfront:CreateInvalidation` and
//! `cloudfront:GetInvalidation` on the distribution.
//!
//! At no point does a page in the bucket refer to a missing asset:
//! 1. New assets are uploaded, then changed assets, then pages.
//! 2. Pages are deleted before assets.
//! 3. Assets are deleted after the old pages were invalidated, and after a delay for browsers that have just loaded one.

mod apply;
mod bucket;
mod build;
mod features;
mod folder;
mod invalidation;
mod lock;
mod object;
mod plan;
mod site_plan;
mod table;

use std::path::{Path, PathBuf};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use vitae_resume::BuildError;

pub use self::{
    apply::{ApplyOptions, ApplyResult, apply},
    bucket::StoredObject,
    build::{SiteFolder, default_out, ignored},
    features::Features,
    folder::{FileError, IGNORE_FILE},
    lock::{LEASE, Lock, LockError, LockInfo},
    object::Object,
    plan::{Deletion, Phase, Plan, PreviousObject, Upload},
    site_plan::{BucketPlan, InvalidPlan, SitePlan, StalePlan},
};
use crate::aws::{AwsClients, CallError};

/// The subfolder whose files are uploaded to the CV bucket, under the same keys, such as `cv/resume.pdf`. They are never uploaded to
/// the site bucket, which is public.
pub const CV_FOLDER: &str = "cv";

/// The number of concurrent requests. S3 allows thousands per second for a prefix, which is more than a laptop can send.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>
const CONCURRENCY: usize = 32;

/// Why an upload failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that cannot be uploaded.
    #[error(transparent)]
    File(#[from] FileError),
    /// The site could not be built from its resume.
    #[error(transparent)]
    Build(#[from] Box<BuildError>),
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The bucket or the folder has changed since the plan was made.
    #[error(transparent)]
    Stale(#[from] StalePlan),
    /// The site lock was not acquired or was lost.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The plan has more deletions than allowed.
    #[error(
        "{deletions} objects would be deleted, more than the maximum of {max}; check the plan, and pass --max-deletes {deletions} to allow it"
    )]
    TooManyDeletions {
        /// The deletions of the plan.
        deletions: usize,
        /// The maximum.
        max: usize,
    },
}

/// The folder of a bucket.
#[derive(Clone, Debug)]
pub struct Source {
    /// The bucket.
    pub bucket: String,
    /// The folder of the site, which has the ignore file.
    pub site: PathBuf,
    /// The folder with the files of this bucket: the site's, or one in it.
    pub folder: PathBuf,
    /// The prefix of the keys, such as `cv/`; the rest is the path below the folder.
    pub prefix: &'static str,
    /// The features of the stack, on which parts of a page may depend.
    pub features: Features,
}

impl Source {
    /// The site without the CV's folder, for the site bucket.
    #[must_use]
    pub fn site(folder: &Path, bucket: &str, features: Features) -> Self {
        Self { bucket: bucket.to_owned(), site: folder.to_owned(), folder: folder.to_owned(), prefix: "", features }
    }

    /// The CV's folder, for the CV bucket.
    #[must_use]
    pub fn cv(folder: &Path, bucket: &str) -> Self {
        let (bucket, site, folder) = (bucket.to_owned(), folder.to_owned(), folder.join(CV_FOLDER));
        Self { bucket, site, folder, prefix: "cv/", features: Features::default() }
    }
}

/// The sources of a site. Without a CV folder the CV bucket is not changed, since the owner uploads the CV by other means.
#[must_use]
pub fn sources(folder: &Path, site_bucket: &str, cv_bucket: &str, features: Features) -> Vec<Source> {
    let cv = Source::cv(folder, cv_bucket);
    let has_cv = cv.folder.is_dir();
    [Source::site(folder, site_bucket, features)].into_iter().chain(has_cv.then_some(cv)).collect()
}

/// Makes a bucket equal to its folder, in the same order as [`apply()`], and returns what was done. It uses no lock, conditions or
/// delay: only this process may write to the bucket.
///
/// # Errors
/// See [`Error`]. Earlier uploads are kept.
pub async fn upload(aws: &AwsClients, source: &Source) -> Result<Plan, Error> {
    let objects = folder::read(source)?;
    let s3 = aws.s3();
    let stored = bucket::list(&s3, &source.bucket).await?;
    let plan = Plan::new(&objects, &stored);
    for phase in Phase::ALL {
        let uploads = plan.uploads.iter().filter(|upload| upload.phase() == phase);
        stream::iter(uploads)
            .map(|upload| {
                let object = objects.iter().find(|object| object.key == upload.key);
                let request = object.map(|object| apply::put_request(&s3, &source.bucket, object));
                async move {
                    let Some(request) = request else { return Ok(()) };
                    let sent = request.send().await;
                    sent.map(drop).map_err(|error| CallError::new(format!("PutObject of {}", upload.key), &error))
                }
            })
            .buffer_unordered(CONCURRENCY)
            .try_collect::<()>()
            .await?;
    }
    for deletion in &plan.deletions {
        let key = &deletion.key;
        let deleted = s3.delete_object().bucket(&source.bucket).key(key).send().await;
        deleted.map_err(|error| CallError::new(format!("DeleteObject of {key}"), &error))?;
    }
    Ok(plan)
}

/// Plans the uploads, deletions and invalidations that make the buckets equal to their folders.
///
/// # Errors
/// See [`Error`].
pub async fn plan(
    aws: &AwsClients,
    distribution_id: &str,
    cv_bucket: &str,
    sources: &[Source],
) -> Result<SitePlan, Error> {
    let s3 = aws.s3();
    let pending = lock::pending_invalidations(&s3, cv_bucket).await?;
    let mut buckets = Vec::new();
    for source in sources {
        let objects = folder::read(source)?;
        let stored = bucket::list(&s3, &source.bucket).await?;
        buckets.push(BucketPlan::new(&source.bucket, &objects, &stored));
    }
    Ok(SitePlan::new(distribution_id, buckets, pending))
}
