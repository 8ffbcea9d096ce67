//! Doing what was planned, in the order that keeps every page whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use aws_sdk_s3::{
    Client,
    operation::put_object::builders::PutObjectFluentBuilder,
    primitives::ByteStream,
    types::{Delete as DeleteBatch, ObjectIdentifier},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::sleep;

use super::{
    AT_ONCE, Delete, Error, Lock, Moved, Object, Phase, Plan, Put, SavedPlan, Source, folder, invalidation,
    lock::is_refused, stored,
};
use crate::{
    aws::{AwsClients, CallError},
    progress::Step,
};

/// The most objects that one DeleteObjects takes.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>
const BATCH: usize = 1000;

/// How a plan is applied.
#[derive(Clone, Copy, Debug)]
pub struct Apply {
    /// How long browsers that loaded an old page may still ask for its assets.
    pub grace: Duration,
    /// How many objects may be deleted.
    pub max_deletes: usize,
    /// Whether to wait until the edges have forgotten what changed, though nothing is deleted after it.
    pub wait: bool,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Objects uploaded.
    pub put: usize,
    /// Objects deleted.
    pub deleted: usize,
    /// Paths invalidated.
    pub invalidated: usize,
}

/// A bucket, what is left to do in it, and the files for it.
struct Work {
    bucket: String,
    plan: Plan,
    objects: BTreeMap<String, Object>,
}

/// Does what is left of a plan. Run again after it was cut off, it goes on where it was.
///
/// # Errors
/// See [`Error`]. [`Error::Moved`] and [`Error::TooManyDeletes`] come before anything is written, unless someone who does not
/// take the lock writes meanwhile.
pub async fn apply(
    aws: &AwsClients,
    lock: &Lock,
    saved: &SavedPlan,
    sources: &[Source],
    how: Apply,
    step: &Step,
) -> Result<Applied, Error> {
    let (s3, cloudfront) = (aws.s3(), aws.cloudfront());
    let mut work = Vec::new();
    for planned in &saved.buckets {
        let source = sources.iter().find(|source| source.bucket == planned.bucket);
        let source = source
            .ok_or_else(|| Moved { what: format!("the bucket {}, which is not this stack's,", planned.bucket) })?;
        step.at(format_args!("looking at {}", planned.bucket));
        let wanted = folder::read(source)?;
        let plan = planned.left_to_do(&wanted, &stored::look(&s3, &planned.bucket).await?)?;
        let objects = wanted.into_iter().map(|object| (object.key.clone(), object)).collect();
        work.push(Work { bucket: planned.bucket.clone(), plan, objects });
    }
    let deletes: usize = work.iter().map(|work| work.plan.delete.len()).sum();
    if deletes > how.max_deletes {
        return Err(Error::TooManyDeletes { deletes, max: how.max_deletes });
    }
    let mut applied = Applied { deleted: deletes, ..Applied::default() };
    // Before anything changes: what is cut off from here on is invalidated by the next apply. What goes last, assets that
    // end, is noted now and invalidated last.
    let last: BTreeSet<String> = assets(&work).flat_map(|(_, delete)| invalidation::of_key(&delete.key)).collect();
    // What an earlier try did is in the lock.
    let noted: Vec<String> = work.iter().flat_map(|work| invalidation::paths(&work.plan)).collect();
    let paths = lock.must_invalidate(&noted).await?;
    let first: BTreeSet<String> = paths.difference(&last).cloned().collect();

    for phase in Phase::ALL {
        applied.put += put_all(&s3, lock, &work, phase, step).await?;
    }
    delete_all(&s3, lock, &pages(&work), step).await?;
    applied.invalidated += invalidate(&cloudfront, lock, saved, first, how.wait || !last.is_empty(), step).await?;
    if !last.is_empty() {
        step.at(format_args!("a grace of {} s before assets are deleted", how.grace.as_secs_f64()));
        sleep(how.grace).await;
        delete_all(&s3, lock, &assets(&work).collect::<Vec<_>>(), step).await?;
        applied.invalidated += invalidate(&cloudfront, lock, saved, last, how.wait, step).await?;
    }
    Ok(applied)
}

fn pages(work: &[Work]) -> Vec<(&str, &Delete)> {
    deletes(work).filter(|(_, delete)| delete.page).collect()
}

fn assets(work: &[Work]) -> impl Iterator<Item = (&str, &Delete)> {
    deletes(work).filter(|(_, delete)| !delete.page)
}

fn deletes(work: &[Work]) -> impl Iterator<Item = (&str, &Delete)> {
    work.iter().flat_map(|work| work.plan.delete.iter().map(|delete| (work.bucket.as_str(), delete)))
}

/// Uploads what belongs to a phase. How many objects.
async fn put_all(s3: &Client, lock: &Lock, work: &[Work], phase: Phase, step: &Step) -> Result<usize, Error> {
    let mut puts = Vec::new();
    for Work { bucket, plan, objects } in work {
        let of_phase = plan.put.iter().filter(|put| put.phase() == phase);
        puts.extend(of_phase.filter_map(|put| Some((bucket.as_str(), put, objects.get(&put.key)?))));
    }
    if puts.is_empty() {
        return Ok(0);
    }
    lock.keep().await?;
    let count = puts.len();
    let mut sent =
        stream::iter(puts).map(|(bucket, put, object)| put_one(s3, bucket, put, object)).buffer_unordered(AT_ONCE);
    let mut done = 0;
    while sent.try_next().await?.is_some() {
        done += 1;
        step.at(format_args!("{} {done} of {count}", what(phase)));
    }
    Ok(count)
}

const fn what(phase: Phase) -> &'static str {
    match phase {
        Phase::NewAssets => "new assets",
        Phase::ChangedAssets => "changed assets",
        Phase::Pages => "pages",
    }
}

/// Uploads an object if what it replaces is still what it was.
async fn put_one(s3: &Client, bucket: &str, put: &Put, object: &Object) -> Result<(), Error> {
    let request = put_request(s3, bucket, object);
    let request = match &put.replaces {
        Some(replaced) => request.if_match(&replaced.etag),
        None => request.if_none_match("*"),
    };
    match request.send().await {
        Ok(_) => Ok(()),
        // It may be there by this very request, whose answer was lost, and which the SDK then sent again.
        Err(error) if is_refused(&error) => match stored::head(s3, bucket, put.key.clone()).await? {
            Some(stored) if put.is_done(&stored) => Ok(()),
            _ => Err(Moved::object(bucket, &put.key).into()),
        },
        Err(error) => Err(CallError::new(format!("PutObject of {}", put.key), &error).into()),
    }
}

/// The upload of an object.
pub(super) fn put_request(s3: &Client, bucket: &str, object: &Object) -> PutObjectFluentBuilder {
    s3.put_object()
        .bucket(bucket)
        .key(&object.key)
        .content_type(&object.content_type)
        .cache_control(object.cache_control)
        // S3 checks it, keeps it and tells it: its ETag is no hash of the content for every way of uploading.
        .checksum_sha256(&object.sha256)
        .body(ByteStream::from(object.content.clone()))
}

/// Deletes what is still what it was, in batches.
async fn delete_all(s3: &Client, lock: &Lock, deletes: &[(&str, &Delete)], step: &Step) -> Result<(), Error> {
    let mut by_bucket: BTreeMap<&str, Vec<&Delete>> = BTreeMap::new();
    for (bucket, delete) in deletes {
        by_bucket.entry(bucket).or_default().push(delete);
    }
    let mut done = 0;
    for (bucket, deletes) in by_bucket {
        for batch in deletes.chunks(BATCH) {
            lock.keep().await?;
            delete_batch(s3, bucket, batch).await?;
            done += batch.len();
            step.at(format_args!("{done} deleted"));
        }
    }
    Ok(())
}

async fn delete_batch(s3: &Client, bucket: &str, batch: &[&Delete]) -> Result<(), Error> {
    let call = || format!("DeleteObjects of {bucket}");
    let identifiers =
        batch.iter().map(|delete| ObjectIdentifier::builder().key(&delete.key).e_tag(&delete.etag).build());
    let identifiers: Result<Vec<_>, _> = identifiers.collect();
    let identifiers = identifiers.map_err(|error| CallError::of(call(), &error))?;
    let delete = DeleteBatch::builder().set_objects(Some(identifiers)).quiet(true).build();
    let delete = delete.map_err(|error| CallError::of(call(), &error))?;
    let deleted = s3.delete_objects().bucket(bucket).delete(delete).send().await;
    let deleted = deleted.map_err(|error| CallError::new(call(), &error))?;
    for error in deleted.errors() {
        let key = error.key().unwrap_or_default();
        match error.code().unwrap_or_default() {
            // Gone is what it was to be: the request was sent twice, say.
            "NoSuchKey" => {}
            "PreconditionFailed" => return Err(Moved::object(bucket, key).into()),
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
    saved: &SavedPlan,
    paths: BTreeSet<String>,
    wait: bool,
    step: &Step,
) -> Result<usize, Error> {
    let folded = invalidation::fold(paths.iter().cloned());
    let id = invalidation::create(cloudfront, &saved.distribution_id, &folded).await?;
    lock.invalidated(&paths).await?;
    if let Some(id) = id.filter(|_| wait) {
        step.at(format_args!("waiting for the invalidation {id}"));
        invalidation::done(cloudfront, &saved.distribution_id, &id).await?;
    }
    Ok(folded.len())
}
