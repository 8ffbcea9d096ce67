//! The site lock: one apply at a time.
//!
//! Conditional writes alone do not protect pages from two concurrent applies: the pages of one may refer to an asset that it keeps
//! and the other deletes. The lock is an object in the CV bucket, outside of `cv/`, so that no visitor can read it. It is acquired,
//! renewed and released with conditional writes, of which S3 accepts one:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>.
//!
//! The lock is a lease. Its holder renews it every few seconds. A waiting process takes it over if it has not changed for [`LEASE`]
//! by its own clock, so that no two clocks are compared, and a killed holder blocks others for a short time only. The holder
//! also renews it before each phase and each batch of deletions, so that a process that was suspended for longer than the lease
//! finds that it lost the lock. A process can still be suspended between this renewal and the requests of one batch; therefore
//! those requests are conditional on the objects too.
//!
//! The lock also stores the paths that an interrupted apply had not yet invalidated. The next apply cannot find them by comparison,
//! since the objects of the interrupted one are up to date.

use std::{collections::BTreeSet, env, fmt, sync::Arc, time::Duration, time::SystemTime};

use aws_sdk_s3::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    primitives::ByteStream,
};
use aws_smithy_types::date_time::{DateTime, Format};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::Mutex,
    task::JoinHandle,
    time::{Instant, sleep},
};
use uuid::Uuid;

use crate::aws::CallError;

/// The key of the lock in the CV bucket. The distribution reads `cv/` only.
const KEY: &str = ".site-lock";
/// The time without a renewal after which another process takes the lock over.
pub const LEASE: Duration = Duration::from_secs(30);
/// The number of renewals within a lease.
const RENEWALS: u32 = 6;

/// The lock, held by this process.
#[derive(Debug)]
pub struct Lock {
    lease: Arc<Mutex<Lease>>,
    renewal: JoinHandle<()>,
}

/// Who holds the lock. `Display` is the block of lines in error messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockInfo {
    /// The id of this lock, for `--force-unlock`.
    pub id: String,
    /// The command that holds it.
    pub operation: String,
    /// User and host.
    pub who: String,
    /// When it was acquired, in UTC.
    pub created: String,
}

/// Why the lock could not be acquired, renewed or released.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Another process holds the lock.
    #[error(
        "Error acquiring the site lock: another process holds it\n{0}\n\
         It is released when that process ends, at most {lease} s after a crash. If that process hangs, pass --force-unlock {id}.",
        lease = LEASE.as_secs(), id = .0.id
    )]
    Held(Box<LockInfo>),
    /// Another process took the lock over or released it.
    #[error(
        "Error renewing the site lock: another process took over or released lock {id}\n{}\
         Check the result of that process, then run this command again.",
        holder.as_ref().map(|holder| format!("{holder}\n")).unwrap_or_default()
    )]
    Lost {
        /// The id of the lost lock.
        id: String,
        /// The current holder.
        holder: Option<Box<LockInfo>>,
    },
    /// The lock has another id.
    #[error("Error releasing the site lock: {id:?} is not the id of the lock\n{held}")]
    IdMismatch {
        /// The id that was passed.
        id: String,
        /// The lock.
        held: Box<LockInfo>,
    },
    /// There is no lock to release.
    #[error("Error releasing the site lock: the site is not locked; run this command without --force-unlock")]
    NotHeld,
}

#[derive(Debug)]
struct Lease {
    s3: Client,
    bucket: String,
    etag: String,
    id: String,
    state: State,
}

/// The content of the object.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct State {
    /// The holder, if the site is locked.
    holder: Option<LockInfo>,
    /// Incremented by each write, so that each has another ETag.
    revision: u64,
    /// The paths that still need an invalidation.
    invalidate: BTreeSet<String>,
}

impl LockInfo {
    fn new(operation: &str) -> Self {
        let user = env::var("USER").or_else(|_| env::var("LOGNAME")).unwrap_or_else(|_| "unknown".to_owned());
        let host = rustix::system::uname();
        let now = DateTime::from(SystemTime::now());
        Self {
            id: Uuid::new_v4().to_string(),
            operation: operation.to_owned(),
            who: format!("{user}@{}", host.nodename().to_string_lossy()),
            created: DateTime::from_secs(now.secs()).fmt(Format::DateTime).unwrap_or_default(),
        }
    }
}

impl fmt::Display for LockInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, operation, who, created } = self;
        write!(f, "  ID:         {id}\n  Operation:  {operation}\n  Who:        {who}\n  Created:    {created}")
    }
}

impl Lock {
    /// Acquires the lock for an operation, such as `site apply`. Waits while another process holds it, after one call of
    /// `on_wait`.
    ///
    /// # Errors
    /// [`LockError::Call`].
    pub async fn acquire(
        s3: Client,
        bucket: &str,
        lease: Duration,
        operation: &str,
        on_wait: impl FnOnce(&LockInfo),
    ) -> Result<Self, LockError> {
        let mut on_wait = Some(on_wait);
        let mut seen: Option<(String, Instant)> = None;
        loop {
            let (etag, state) = read(&s3, bucket).await?.unzip();
            let state = state.unwrap_or_default();
            let is_expired =
                seen.as_ref().is_some_and(|(seen, since)| Some(seen) == etag.as_ref() && since.elapsed() >= lease);
            match state.holder {
                Some(holder) if !is_expired => {
                    if let Some(on_wait) = on_wait.take() {
                        on_wait(&holder);
                    }
                    if seen.as_ref().map(|(seen, _)| seen) != etag.as_ref() {
                        seen = etag.map(|etag| (etag, Instant::now()));
                    }
                }
                _ => {
                    let info = LockInfo::new(operation);
                    let id = info.id.clone();
                    let state = State { holder: Some(info), revision: state.revision + 1, ..state };
                    if let Some(etag) = write(&s3, bucket, &state, etag.as_deref()).await? {
                        let held = Arc::new(Mutex::new(Lease { s3, bucket: bucket.to_owned(), etag, id, state }));
                        let renewal = tokio::spawn(renew(Arc::clone(&held), lease / RENEWALS));
                        return Ok(Self { lease: held, renewal });
                    }
                }
            }
            sleep(lease / RENEWALS / 4).await;
        }
    }

    /// Releases the lock of another process by its id. That process fails at its next renewal.
    ///
    /// # Errors
    /// [`LockError::IdMismatch`], [`LockError::NotHeld`], [`LockError::Call`].
    pub async fn force_unlock(s3: &Client, bucket: &str, id: &str) -> Result<LockInfo, LockError> {
        loop {
            let Some((etag, state)) = read(s3, bucket).await? else { return Err(LockError::NotHeld) };
            let Some(held) = state.holder else { return Err(LockError::NotHeld) };
            if held.id != id {
                return Err(LockError::IdMismatch { id: id.to_owned(), held: Box::new(held) });
            }
            let released = State { holder: None, revision: state.revision + 1, ..state };
            // The holder may have renewed it meanwhile.
            if write(s3, bucket, &released, Some(&etag)).await?.is_some() {
                return Ok(held);
            }
        }
    }

    /// Renews the lock, which also checks that it is still held.
    ///
    /// # Errors
    /// [`LockError`].
    pub(super) async fn renew(&self) -> Result<(), LockError> {
        self.lease.lock().await.update(|_| {}).await
    }

    /// Adds paths to those that need an invalidation. Returns all of them, with those of interrupted applies.
    ///
    /// # Errors
    /// [`LockError`].
    pub(super) async fn add_invalidations(&self, paths: &[String]) -> Result<BTreeSet<String>, LockError> {
        let mut lease = self.lease.lock().await;
        lease.update(|state| state.invalidate.extend(paths.iter().cloned())).await?;
        Ok(lease.state.invalidate.clone())
    }

    /// Removes paths from those that need an invalidation.
    ///
    /// # Errors
    /// [`LockError`].
    pub(super) async fn remove_invalidations(&self, paths: &BTreeSet<String>) -> Result<(), LockError> {
        self.lease.lock().await.update(|state| state.invalidate.retain(|path| !paths.contains(path))).await
    }

    /// Releases the lock.
    ///
    /// # Errors
    /// [`LockError`]; the lock then expires with its lease.
    pub async fn release(self) -> Result<(), LockError> {
        self.renewal.abort();
        self.lease.lock().await.update(|state| state.holder = None).await
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

impl Lease {
    async fn update(&mut self, change: impl FnOnce(&mut State)) -> Result<(), LockError> {
        let mut state = self.state.clone();
        change(&mut state);
        loop {
            state.revision += 1;
            if let Some(etag) = write(&self.s3, &self.bucket, &state, Some(&self.etag)).await? {
                (self.etag, self.state) = (etag, state);
                return Ok(());
            }
            // A cancelled write of this process may have reached S3 all the same.
            match read(&self.s3, &self.bucket).await? {
                Some((etag, now)) if now.holder == self.state.holder => {
                    self.etag = etag;
                    state.revision = now.revision;
                }
                now => {
                    let holder = now.and_then(|(_, state)| state.holder).map(Box::new);
                    return Err(LockError::Lost { id: self.id.clone(), holder });
                }
            }
        }
    }
}

/// Renews the lock until it is lost.
async fn renew(lease: Arc<Mutex<Lease>>, interval: Duration) {
    loop {
        sleep(interval).await;
        // Another failure is retried. A lost lock is reported by the next operation of the holder.
        if let Err(LockError::Lost { .. }) = lease.lock().await.update(|_| {}).await {
            return;
        }
    }
}

/// The paths that an interrupted apply had not yet invalidated.
pub(super) async fn pending_invalidations(s3: &Client, bucket: &str) -> Result<BTreeSet<String>, CallError> {
    Ok(read(s3, bucket).await?.map(|(_, state)| state.invalidate).unwrap_or_default())
}

async fn read(s3: &Client, bucket: &str) -> Result<Option<(String, State)>, CallError> {
    let call = || format!("GetObject of {KEY} of {bucket}");
    match s3.get_object().bucket(bucket).key(KEY).send().await {
        Ok(found) => {
            let etag = found.e_tag().unwrap_or_default().to_owned();
            let body = found.body.collect().await.map_err(|error| CallError::from_error(call(), &error))?;
            // An object that cannot be parsed was not written by this version and holds no lock.
            Ok(Some((etag, serde_json::from_slice(&body.into_bytes()).unwrap_or_default())))
        }
        Err(error) if error.code() == Some("NoSuchKey") => Ok(None),
        Err(error) => Err(CallError::new(call(), &error)),
    }
}

/// Writes the object if it still has the ETag `previous`. Returns the new ETag, or `None` if another process wrote first.
async fn write(s3: &Client, bucket: &str, state: &State, previous: Option<&str>) -> Result<Option<String>, CallError> {
    let call = || format!("PutObject of {KEY} of {bucket}");
    let body = serde_json::to_vec(state).map_err(|error| CallError::from_error(call(), &error))?;
    let put = s3.put_object().bucket(bucket).key(KEY).content_type("application/json").body(ByteStream::from(body));
    let put = match previous {
        Some(etag) => put.if_match(etag),
        None => put.if_none_match("*"),
    };
    match put.send().await {
        Ok(written) => Ok(Some(written.e_tag().unwrap_or_default().to_owned())),
        // This request may have written it: the SDK retries a request whose response was lost.
        Err(error) if is_condition_failed(&error) => {
            let now = read(s3, bucket).await?;
            let is_ours =
                now.as_ref().is_some_and(|(_, now)| (&now.holder, now.revision) == (&state.holder, state.revision));
            Ok(now.filter(|_| is_ours).map(|(etag, _)| etag))
        }
        Err(error) => Err(CallError::new(call(), &error)),
    }
}

/// Whether S3 rejected a conditional request for its condition. For If-Match on a missing object, S3 returns 404.
pub(super) fn is_condition_failed<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error.code(), Some("PreconditionFailed" | "ConditionalRequestConflict" | "NoSuchKey"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> LockInfo {
        LockInfo {
            id: "0b5c".into(),
            operation: "site apply".into(),
            who: "ines@laptop".into(),
            created: "2026-11-20T10:00:00Z".into(),
        }
    }

    #[test]
    fn an_error_has_the_holder_and_the_next_step() {
        let expected = "\
Error acquiring the site lock: another process holds it
  ID:         0b5c
  Operation:  site apply
  Who:        ines@laptop
  Created:    2026-11-20T10:00:00Z
It is released when that process ends, at most 30 s after a crash. If that process hangs, pass --force-unlock 0b5c.";
        assert_eq!(LockError::Held(Box::new(info())).to_string(), expected);
        let lost = LockError::Lost { id: "9d1e".into(), holder: None }.to_string();
        assert!(lost.contains("lock 9d1e\nCheck"), "{lost}");
    }

    #[test]
    fn a_new_lock_has_user_host_and_time() {
        let LockInfo { id, operation, who, created } = LockInfo::new("site apply");
        assert_eq!((id.len(), operation.as_str()), (36, "site apply"));
        assert!(who.contains('@'), "{who}");
        assert!(created.len() == "2026-11-20T10:00:00Z".len() && created.ends_with('Z'), "{created}");
    }
}
