//! Applies a plan, in an order in which no page refers to a missing asset.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use aws_sdk_s3::{
    Client,
    operation::put_object::builders::PutObjectFluentBuilder,
    primitives::ByteStream,
    types::{Delete, ObjectIdentifier},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::sleep;
use vitae_setup::Step;

use super::{
    CONCURRENCY, Deletion, Error, Lock, Object, Phase, Plan, SitePlan, Source, StalePlan, Upload, bucket, folder,
    invalidation, lock::is_condition_failed,
};
use crate::aws::{AwsClients, CallError};

/// The maximum number of objects in one DeleteObjects request.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>
const MAX_BATCH: usize = 1000;

/// Options of an apply.
#[derive(Clone, Copy, Debug)]
pub struct ApplyOptions {
    /// The wait before assets are deleted, for browsers that have just loaded an old page.
    pub grace: Duration,
    /// The maximum number of deletions.
    pub max_deletions: usize,
    /// Whether to wait until the last invalidation is complete.
    pub wait: bool,
}

/// The result of an apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ApplyResult {
    /// Objects uploaded.
    pub uploaded: usize,
    /// Objects deleted.
    pub deleted: usize,
    /// Paths invalidated.
    pub invalidated: usize,
}

/// The remaining plan for a bucket, and the objects to upload.
struct BucketWork {
    bucket: String,
    plan: Plan,
    objects: BTreeMap<String, Object>,
}

/// Applies the part of a plan that is not done yet, so that a second run continues an interrupted one.
///
/// # Errors
/// See [`Error`]. [`Error::Stale`] and [`Error::TooManyDeletions`] are returned before anything is written, unless another
/// process writes without the lock.
pub async fn apply(
    aws: &AwsClients,
    lock: &Lock,
    plan: &SitePlan,
    sources: &[Source],
    options: ApplyOptions,
    step: &Step,
) -> Result<ApplyResult, Error> {
    let (s3, cloudfront) = (aws.s3(), aws.cloudfront());
    let mut work = Vec::new();
    for planned in &plan.buckets {
        let source = sources.iter().find(|source| source.bucket == planned.bucket);
        let source = source
            .ok_or_else(|| StalePlan { subject: format!("the stack, which does not use bucket {}", planned.bucket) })?;
        step.update(format_args!("comparing {}", planned.bucket));
        let objects = folder::read(source)?;
        let plan = planned.remaining(&objects, &bucket::list(&s3, &planned.bucket).await?)?;
        let objects = objects.into_iter().map(|object| (object.key.clone(), object)).collect();
        work.push(BucketWork { bucket: planned.bucket.clone(), plan, objects });
    }
    let deletions: usize = work.iter().map(|work| work.plan.deletions.len()).sum();
    if deletions > options.max_deletions {
        return Err(Error::TooManyDeletions { deletions, max: options.max_deletions });
    }
    let mut result = ApplyResult { deleted: deletions, ..ApplyResult::default() };
    // Store the paths before any write, so that the next apply invalidates them if this one is interrupted. Deleted assets are
    // stored now too, and invalidated last.
    let last: BTreeSet<String> =
        assets(&work).flat_map(|(_, deletion)| invalidation::key_paths(&deletion.key)).collect();
    // The paths of an interrupted apply are in the lock.
    let changed: Vec<String> = work.iter().flat_map(|work| invalidation::paths(&work.plan)).collect();
    let paths = lock.add_invalidations(&changed).await?;
    let first: BTreeSet<String> = paths.difference(&last).cloned().collect();

    for phase in Phase::ALL {
        result.uploaded += upload_all(&s3, lock, &work, phase, step).await?;
    }
    delete_all(&s3, lock, &pages(&work), step).await?;
    result.invalidated += invalidate(&cloudfront, lock, plan, first, options.wait || !last.is_empty(), step).await?;
    if !last.is_empty() {
        step.update(format_args!("waiting {} s before old assets are deleted", options.grace.as_secs_f64()));
        sleep(options.grace).await;
        delete_all(&s3, lock, &assets(&work).collect::<Vec<_>>(), step).await?;
        result.invalidated += invalidate(&cloudfront, lock, plan, last, options.wait, step).await?;
    }
    Ok(result)
}

fn pages(work: &[BucketWork]) -> Vec<(&str, &Deletion)> {
    deletions(work).filter(|(_, deletion)| deletion.page).collect()
}

fn assets(work: &[BucketWork]) -> impl Iterator<Item = (&str, &Deletion)> {
    deletions(work).filter(|(_, deletion)| !deletion.page)
}

fn deletions(work: &[BucketWork]) -> impl Iterator<Item = (&str, &Deletion)> {
    work.iter().flat_map(|work| work.plan.deletions.iter().map(|deletion| (work.bucket.as_str(), deletion)))
}

/// Uploads the objects of a phase. Returns their number.
async fn upload_all(s3: &Client, lock: &Lock, work: &[BucketWork], phase: Phase, step: &Step) -> Result<usize, Error> {
    let mut uploads = Vec::new();
    for BucketWork { bucket, plan, objects } in work {
        let of_phase = plan.uploads.iter().filter(|upload| upload.phase() == phase);
        uploads.extend(of_phase.filter_map(|upload| Some((bucket.as_str(), upload, objects.get(&upload.key)?))));
    }
    if uploads.is_empty() {
        return Ok(0);
    }
    lock.renew().await?;
    let count = uploads.len();
    let mut sent = stream::iter(uploads)
        .map(|(bucket, upload, object)| upload_one(s3, bucket, upload, object))
        .buffer_unordered(CONCURRENCY);
    let mut done = 0;
    while sent.try_next().await?.is_some() {
        done += 1;
        step.update(format_args!("{} {done} of {count}", label(phase)));
    }
    Ok(count)
}

const fn label(phase: Phase) -> &'static str {
    match phase {
        Phase::NewAssets => "new assets",
        Phase::ChangedAssets => "changed assets",
        Phase::Pages => "pages",
    }
}

/// Uploads an object if the object that it replaces has not changed.
async fn upload_one(s3: &Client, name: &str, upload: &Upload, object: &Object) -> Result<(), Error> {
    let request = put_request(s3, name, object);
    let request = match &upload.replaces {
        Some(previous) => request.if_match(&previous.etag),
        None => request.if_none_match("*"),
    };
    match request.send().await {
        Ok(_) => Ok(()),
        // This request may have uploaded it: the SDK retries a request whose response was lost.
        Err(error) if is_condition_failed(&error) => match bucket::head(s3, name, upload.key.clone()).await? {
            Some(stored) if upload.is_done(&stored) => Ok(()),
            _ => Err(StalePlan::object(name, &upload.key).into()),
        },
        Err(error) => Err(CallError::new(format!("PutObject of {}", upload.key), &error).into()),
    }
}

/// The request that uploads an object.
pub(super) fn put_request(s3: &Client, bucket: &str, object: &Object) -> PutObjectFluentBuilder {
    s3.put_object()
        .bucket(bucket)
        .key(&object.key)
        .content_type(&object.content_type)
        .cache_control(object.cache_control)
        // S3 verifies, stores and returns it. The ETag is not a hash of the content for every kind of upload.
        .checksum_sha256(&object.sha256)
        .body(ByteStream::from(object.content.clone()))
}

/// Deletes the objects that have not changed, in batches.
async fn delete_all(s3: &Client, lock: &Lock, deletions: &[(&str, &Deletion)], step: &Step) -> Result<(), Error> {
    let mut by_bucket: BTreeMap<&str, Vec<&Deletion>> = BTreeMap::new();
    for (bucket, deletion) in deletions {
        by_bucket.entry(bucket).or_default().push(deletion);
    }
    let mut done = 0;
    for (bucket, deletions) in by_bucket {
        for batch in deletions.chunks(MAX_BATCH) {
            lock.renew().await?;
            delete_batch(s3, bucket, batch).await?;
            done += batch.len();
            step.update(format_args!("{done} deleted"));
        }
    }
    Ok(())
}

async fn delete_batch(s3: &Client, bucket: &str, batch: &[&Deletion]) -> Result<(), Error> {
    let call = || format!("DeleteObjects of {bucket}");
    let identifiers =
        batch.iter().map(|deletion| ObjectIdentifier::builder().key(&deletion.key).e_tag(&deletion.etag).build());
    let identifiers: Result<Vec<_>, _> = identifiers.collect();
    let identifiers = identifiers.map_err(|error| CallError::from_error(call(), &error))?;
    let delete = Delete::builder().set_objects(Some(identifiers)).quiet(true).build();
    let delete = delete.map_err(|error| CallError::from_error(call(), &error))?;
    let deleted = s3.delete_objects().bucket(bucket).delete(delete).send().await;
    let deleted = deleted.map_err(|error| CallError::new(call(), &error))?;
    for error in deleted.errors() {
        let key = error.key().unwrap_or_default();
        match error.code().unwrap_or_default() {
            // It is deleted already, for example by a retried request.
            "NoSuchKey" => {}
            "PreconditionFailed" => return Err(StalePlan::object(bucket, key).into()),
            code => {
                let reason = format!("{code}: {}", error.message().unwrap_or_default());
                return Err(CallError { call: format!("DeleteObjects of {key}"), reason }.into());
            }
        }
    }
    Ok(())
}

async fn invalidate(
    cloudfront: &aws_sdk_cloudfront::Client,
    lock: &Lock,
    plan: &SitePlan,
    paths: BTreeSet<String>,
    wait: bool,
    step: &Step,
) -> Result<usize, Error> {
    let folded = invalidation::fold(paths.iter().cloned());
    let id = invalidation::create(cloudfront, &plan.distribution_id, &folded).await?;
    lock.remove_invalidations(&paths).await?;
    if let Some(id) = id.filter(|_| wait) {
        step.update(format_args!("waiting for invalidation {id}"));
        invalidation::wait(cloudfront, &plan.distribution_id, &id).await?;
    }
    Ok(folded.len())
}
