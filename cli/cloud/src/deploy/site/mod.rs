//! The site's and the CV's objects: what the buckets should hold, what they hold, and the way from one to the other.
//!
//! [`plan()`] looks and decides, [`apply()`] does what was decided, under a [`Lock`] and with conditional requests; [`upload`] is
//! the short way of `vitae dev`, which is alone with its buckets. In an account this takes, of the site's and the CV's bucket,
//! `s3:ListBucket`, `s3:GetObject`, `s3:PutObject` and `s3:DeleteObject`, and of the distribution
//! `cloudfront:CreateInvalidation` and `cloudfront:GetInvalidation`.
//!
//! At no moment does a page in the bucket refer to an asset that is not there: assets that are new go first, then those that
//! change, then pages; pages that end are deleted before assets that end. Before assets are deleted, the edges have dropped
//! the old pages, and a grace has passed for browsers that had just loaded one.

mod apply;
mod folder;
mod invalidation;
mod lock;
mod moved;
mod object;
mod plan;
mod saved;
mod stored;
mod table;

use std::path::{Path, PathBuf};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

pub use self::{
    apply::{Applied, Apply, apply},
    folder::{IGNORE_FILE, Unreadable},
    lock::{LEASE, Lock, LockError},
    moved::Moved,
    object::Object,
    plan::{Delete, Phase, Plan, Put, Replaced},
    saved::{BucketPlan, NotAPlan, SavedPlan},
    stored::Stored,
    table::table,
};
use crate::aws::{AwsClients, CallError};

/// The folder of the site whose files go to the CV's bucket, under the same keys: `cv/resume.pdf`. They never reach the
/// site's bucket, from which anyone may read.
pub const CV_FOLDER: &str = "cv";

/// How many requests run at once. S3 takes thousands per second of one prefix; a laptop's line is full long before.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>
const AT_ONCE: usize = 32;

/// Why an upload failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that cannot be read or is none.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The bucket or the folder is no longer what the plan was made from.
    #[error(transparent)]
    Moved(#[from] Moved),
    /// The lock could not be had or kept.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// More would be deleted than is allowed.
    #[error(
        "{deletes} objects would be deleted, more than {max}: look at the plan, and give --max-deletes {deletes} if that is meant"
    )]
    TooManyDeletes {
        /// How many would be.
        deletes: usize,
        /// How many may be.
        max: usize,
    },
}

/// What a bucket is to hold, and where it is on disk.
#[derive(Clone, Debug)]
pub struct Source {
    /// The bucket.
    pub bucket: String,
    /// The folder of the site, in which the ignore file is.
    pub site: PathBuf,
    /// The folder whose files are meant: the site's, or one in it.
    pub folder: PathBuf,
    /// What their keys begin with, such as `cv/`; the rest is the path below the folder.
    pub prefix: &'static str,
}

impl Source {
    /// The site, for its bucket: the folder without the CV's.
    #[must_use]
    pub fn site(folder: &Path, bucket: &str) -> Self {
        Self { bucket: bucket.to_owned(), site: folder.to_owned(), folder: folder.to_owned(), prefix: "" }
    }

    /// The CV's folder, for its bucket.
    #[must_use]
    pub fn cv(folder: &Path, bucket: &str) -> Self {
        Self { bucket: bucket.to_owned(), site: folder.to_owned(), folder: folder.join(CV_FOLDER), prefix: "cv/" }
    }
}

/// Both sources of a site. Without a folder of the CV its bucket is left as it is: the owner puts the CV there by other means.
#[must_use]
pub fn sources(folder: &Path, site_bucket: &str, cv_bucket: &str) -> Vec<Source> {
    let cv = Source::cv(folder, cv_bucket);
    let has_cv = cv.folder.is_dir();
    [Source::site(folder, site_bucket)].into_iter().chain(has_cv.then_some(cv)).collect()
}

/// Makes the bucket hold what the folder holds: new and changed objects first, pages after what they refer to, then the
/// end of what is no longer there. What was done. For a bucket that nobody else writes to: no lock, no conditions, no grace.
///
/// # Errors
/// See [`Error`]. What was uploaded before stays.
pub async fn upload(aws: &AwsClients, source: &Source) -> Result<Plan, Error> {
    let wanted = folder::read(source)?;
    let s3 = aws.s3();
    let stored = stored::look(&s3, &source.bucket).await?;
    let plan = Plan::new(&wanted, &stored);
    for phase in Phase::ALL {
        let puts = plan.put.iter().filter(|put| put.phase() == phase);
        stream::iter(puts)
            .map(|put| {
                let object = wanted.iter().find(|object| object.key == put.key);
                let request = object.map(|object| apply::put_request(&s3, &source.bucket, object));
                async move {
                    let Some(request) = request else { return Ok(()) };
                    let sent = request.send().await;
                    sent.map(drop).map_err(|error| CallError::new(format!("PutObject of {}", put.key), &error))
                }
            })
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
    }
    for delete in &plan.delete {
        let key = &delete.key;
        let deleted = s3.delete_object().bucket(&source.bucket).key(key).send().await;
        deleted.map_err(|error| CallError::new(format!("DeleteObject of {key}"), &error))?;
    }
    Ok(plan)
}

/// What must be done so that the buckets hold what the sources hold.
///
/// # Errors
/// See [`Error`].
pub async fn plan(
    aws: &AwsClients,
    distribution_id: &str,
    cv_bucket: &str,
    sources: &[Source],
) -> Result<SavedPlan, Error> {
    let s3 = aws.s3();
    let left_over = lock::left_over(&s3, cv_bucket).await?;
    let mut buckets = Vec::new();
    for source in sources {
        let wanted = folder::read(source)?;
        let stored = stored::look(&s3, &source.bucket).await?;
        buckets.push(BucketPlan::new(&source.bucket, &wanted, &stored));
    }
    Ok(SavedPlan::new(distribution_id, buckets, left_over))
}
