//! One apply at a time.
//!
//! Conditional writes alone do not keep two applies from breaking a page between them: the one's pages may refer to an asset
//! that both found there, which the one keeps and the other deletes. So whoever applies holds a lock: an object in the CV's
//! bucket, outside of `cv/`, where no visitor reaches it. It is taken, kept and given back by conditional writes, of which S3
//! lets one through: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>.
//!
//! The holder writes it anew every few seconds. Who waits takes it over when it has not changed for [`LEASE`] by the waiter's own
//! clock, so that no two clocks are compared, and a holder that was killed blocks nobody for long. A holder writes it
//! again before each phase and each batch of deletes, so that one that was asleep for longer than the lease finds
//! that it lost it. Between that write and the requests of one batch the machine could still fall asleep; those requests are
//! conditional on what is there, which is the second line.
//!
//! The lock also remembers what an apply that was cut off had yet to have invalidated: in the bucket that apply's objects
//! look finished, and nothing else would tell the next one that edges keep the old ones.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use aws_sdk_s3::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    primitives::ByteStream,
};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::Mutex,
    task::JoinHandle,
    time::{Instant, sleep},
};
use uuid::Uuid;

use crate::aws::CallError;

/// The lock's key in the CV's bucket. The distribution asks that bucket for nothing but `cv/`.
const KEY: &str = ".applying";
/// After how long without a sign of its holder the lock is taken over.
pub const LEASE: Duration = Duration::from_secs(30);
/// The holder writes this many times within a lease.
const BEATS: u32 = 6;

/// The lock, held.
#[derive(Debug)]
pub struct Lock {
    held: Arc<Mutex<Held>>,
    beats: JoinHandle<()>,
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Someone else took it over.
    #[error(
        "another apply took over, since this one had not been heard of for too long: look at what it did, and run this again"
    )]
    Lost,
}

#[derive(Debug)]
struct Held {
    s3: Client,
    bucket: String,
    etag: String,
    state: State,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct State {
    /// Whose it is; nobody's if `None`.
    holder: Option<String>,
    /// Another number each time, so that the object is another.
    beat: u64,
    /// The paths that edges may keep an old answer for.
    invalidate: BTreeSet<String>,
}

impl Lock {
    /// Takes it, waiting for whoever has it; `waiting` is told once if there is someone.
    ///
    /// # Errors
    /// [`LockError::Call`].
    pub async fn take(s3: Client, bucket: &str, lease: Duration, waiting: impl FnOnce()) -> Result<Self, LockError> {
        let mut waiting = Some(waiting);
        let mut seen: Option<(String, Instant)> = None;
        loop {
            let (found, state) = read(&s3, bucket).await?.unzip();
            let state = state.unwrap_or_default();
            let is_free = state.holder.is_none();
            let is_silent =
                seen.as_ref().is_some_and(|(etag, since)| Some(etag) == found.as_ref() && since.elapsed() >= lease);
            if is_free || is_silent {
                let state = State { holder: Some(Uuid::new_v4().to_string()), beat: state.beat + 1, ..state };
                if let Some(etag) = write(&s3, bucket, &state, found.as_deref()).await? {
                    let held = Held { s3, bucket: bucket.to_owned(), etag, state };
                    let held = Arc::new(Mutex::new(held));
                    let beats = tokio::spawn(beat(Arc::clone(&held), lease / BEATS));
                    return Ok(Self { held, beats });
                }
            } else {
                if let Some(waiting) = waiting.take() {
                    waiting();
                }
                if seen.as_ref().map(|(etag, _)| etag) != found.as_ref() {
                    seen = found.map(|etag| (etag, Instant::now()));
                }
            }
            sleep(lease / BEATS / 4).await;
        }
    }

    /// Makes sure that it is still held.
    ///
    /// # Errors
    /// [`LockError`].
    pub(super) async fn keep(&self) -> Result<(), LockError> {
        self.held.lock().await.write(|_| {}).await
    }

    /// Notes paths that are about to need an invalidation, and returns those that do: these, and what was left before.
    ///
    /// # Errors
    /// [`LockError`].
    pub(super) async fn must_invalidate(&self, paths: &[String]) -> Result<BTreeSet<String>, LockError> {
        let mut held = self.held.lock().await;
        held.write(|state| state.invalidate.extend(paths.iter().cloned())).await?;
        Ok(held.state.invalidate.clone())
    }

    /// Notes that these need no invalidation any more.
    ///
    /// # Errors
    /// [`LockError`].
    pub(super) async fn invalidated(&self, paths: &BTreeSet<String>) -> Result<(), LockError> {
        self.held.lock().await.write(|state| state.invalidate.retain(|path| !paths.contains(path))).await
    }

    /// Gives it back.
    ///
    /// # Errors
    /// [`LockError`]; it is then free when its lease is over.
    pub async fn release(self) -> Result<(), LockError> {
        self.beats.abort();
        self.held.lock().await.write(|state| state.holder = None).await
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.beats.abort();
    }
}

impl Held {
    async fn write(&mut self, change: impl FnOnce(&mut State)) -> Result<(), LockError> {
        let mut state = self.state.clone();
        change(&mut state);
        loop {
            state.beat += 1;
            if let Some(etag) = write(&self.s3, &self.bucket, &state, Some(&self.etag)).await? {
                (self.etag, self.state) = (etag, state);
                return Ok(());
            }
            // A write of ours that was dropped on its way may have arrived all the same.
            match read(&self.s3, &self.bucket).await? {
                Some((etag, now)) if now.holder == self.state.holder => {
                    self.etag = etag;
                    state.beat = now.beat;
                }
                _ => return Err(LockError::Lost),
            }
        }
    }
}

/// Shows that its holder lives, until it does not or the lock is another's.
async fn beat(held: Arc<Mutex<Held>>, every: Duration) {
    loop {
        sleep(every).await;
        // One that failed is tried again; one that was lost is told to the holder by the next thing it does.
        if let Err(LockError::Lost) = held.lock().await.write(|_| {}).await {
            return;
        }
    }
}

/// The paths that an apply which was cut off had yet to have invalidated.
pub(super) async fn left_over(s3: &Client, bucket: &str) -> Result<BTreeSet<String>, CallError> {
    Ok(read(s3, bucket).await?.map(|(_, state)| state.invalidate).unwrap_or_default())
}

async fn read(s3: &Client, bucket: &str) -> Result<Option<(String, State)>, CallError> {
    let call = || format!("GetObject of {KEY} of {bucket}");
    match s3.get_object().bucket(bucket).key(KEY).send().await {
        Ok(found) => {
            let etag = found.e_tag().unwrap_or_default().to_owned();
            let body = found.body.collect().await.map_err(|error| CallError::of(call(), &error))?;
            // What cannot be read is nobody's lock: whoever wrote it is no apply of this version.
            Ok(Some((etag, serde_json::from_slice(&body.into_bytes()).unwrap_or_default())))
        }
        Err(error) if error.code() == Some("NoSuchKey") => Ok(None),
        Err(error) => Err(CallError::new(call(), &error)),
    }
}

/// Writes it if it still is what it was. Its new ETag; `None` if someone else was faster.
async fn write(s3: &Client, bucket: &str, state: &State, was: Option<&str>) -> Result<Option<String>, CallError> {
    let call = || format!("PutObject of {KEY} of {bucket}");
    let body = serde_json::to_vec(state).map_err(|error| CallError::of(call(), &error))?;
    let put =
        s3.put_object().bucket(bucket).key(KEY).content_type("application/json").body(ByteStream::from(body.clone()));
    let put = match was {
        Some(etag) => put.if_match(etag),
        None => put.if_none_match("*"),
    };
    match put.send().await {
        Ok(written) => Ok(Some(written.e_tag().unwrap_or_default().to_owned())),
        // It may have been written by this very request, whose answer was lost, and which the SDK then sent again.
        Err(error) if is_refused(&error) => {
            let now = read(s3, bucket).await?;
            let is_ours = now.as_ref().is_some_and(|(_, now)| (&now.holder, now.beat) == (&state.holder, state.beat));
            Ok(now.filter(|_| is_ours).map(|(etag, _)| etag))
        }
        Err(error) => Err(CallError::new(call(), &error)),
    }
}

/// Whether S3 refused a conditional request for its condition. 404 is its answer to If-Match where nothing is.
pub(super) fn is_refused<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error.code(), Some("PreconditionFailed" | "ConditionalRequestConflict" | "NoSuchKey"))
}
