//! Handles one event: stores what it says, then takes every step that is due. A run that is interrupted, repeated or concurrent
//! with another ends in the same place: each step is idempotent, and is followed by a conditional write.

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use vitae_lambda::epoch_ms;

use super::event::Event;
use super::log::Context;
use crate::content;
use crate::error::Error;
use crate::notice::Notice;
use crate::objects::{Objects, VersionContent};
use crate::record::{Content, Record};
use crate::store::Store;
use crate::summary::process::Summarizer;
use crate::transition::{Change, Destination, Observation, Step, apply, next_step};
use crate::upload_id::UploadId;

/// How many steps one event takes at most. A record has six; the rest is for concurrent runs.
const STEPS: u32 = 24;

/// Handles events, also concurrent ones.
#[derive(Clone)]
pub struct Handler {
    /// The table.
    pub store: Store,
    /// The buckets.
    pub objects: Objects,
    /// The client of the notices.
    pub sns: aws_sdk_sns::Client,
    /// The topic of the notices.
    pub topic: String,
    /// The program that summarizes a clean file.
    pub summarizer: Summarizer,
    /// The clock.
    pub clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    /// Writes a log line.
    pub log: Arc<dyn Fn(&Value) + Send + Sync>,
}

impl Handler {
    /// Handles one event.
    ///
    /// # Errors
    /// [`Error`] if a call failed. Lambda then retries the event, which is safe.
    pub async fn handle(&self, event: &Value, request_id: &str) -> Result<(), Error> {
        let result = match Event::parse(event, self.objects.upload_bucket()) {
            None => Err(Error::UnknownEvent),
            Some(Event::Ignored) => {
                (self.log)(&self.context(request_id).ignored("another object, or an unknown scan result"));
                Ok(())
            }
            Some(Event::Observed { id, version, observation }) => {
                Box::pin(self.observe(&id, &version, &observation, request_id)).await
            }
            Some(Event::Sweep) => Box::pin(self.sweep(request_id)).await,
        };
        if let Err(error) = &result {
            (self.log)(&self.context(request_id).failed(&error.to_string()));
        }
        result
    }

    fn context<'a>(&self, request_id: &'a str) -> Context<'a> {
        Context { now_ms: epoch_ms((self.clock)()), request_id }
    }

    fn now(&self) -> u64 {
        epoch_ms((self.clock)()) / 1000
    }

    /// Finds what lost events would have said, and takes the steps of every open record.
    async fn sweep(&self, request_id: &str) -> Result<(), Error> {
        let open = self.store.open().await?;
        let (mut failed, mut first) = (0, None);
        for record in &open {
            if let Err(error) = self.catch_up(record, request_id).await {
                failed += 1;
                first.get_or_insert(error);
            }
        }
        first.map_or(Ok(()), |first| Err(Error::Sweep { failed, open: open.len(), first: Box::new(first) }))
    }

    async fn catch_up(&self, record: &Record, request_id: &str) -> Result<(), Error> {
        let version = match &record.version {
            Some(version) => Some(version.clone()),
            None => self.objects.versions(&record.id).await?.into_iter().next(),
        };
        if let Some(version) = version {
            let result =
                if record.scan.is_none() { self.objects.scan_result(&record.id, &version).await? } else { None };
            let observation = result.map_or(Observation::Arrived, Observation::Scanned);
            self.observe(&record.id, &version, &observation, request_id).await
        } else {
            self.advance(&record.id, request_id).await
        }
    }

    async fn observe(
        &self,
        id: &UploadId,
        version: &str,
        observation: &Observation,
        request_id: &str,
    ) -> Result<(), Error> {
        for _ in 0..STEPS {
            let Some(record) = self.store.get(id).await? else {
                (self.log)(&self.context(request_id).ignored("the upload has no record"));
                return Ok(());
            };
            let is_stored = match apply(&record, version, observation) {
                Change::Nothing => true,
                Change::Adopt => {
                    self.store.adopt(id, version, self.now()).await?;
                    // The same observation may change more, now that the record is about this version.
                    false
                }
                Change::Scan(result) => self.store.set_scan(id, version, result, self.now()).await?,
                Change::Conclude(reason) => self.store.conclude(&record, Some(reason), self.now()).await?,
                Change::DeleteStray => {
                    self.objects.delete(id, version).await?;
                    (self.log)(&self.context(request_id).stray());
                    true
                }
            };
            if is_stored {
                return self.advance(id, request_id).await;
            }
        }
        Err(Error::Contended(STEPS))
    }

    /// Takes every step that is due.
    async fn advance(&self, id: &UploadId, request_id: &str) -> Result<(), Error> {
        for _ in 0..STEPS {
            let Some(record) = self.store.get(id).await? else { return Ok(()) };
            match next_step(&record, self.now()) {
                Step::Wait | Step::Done => return Ok(()),
                // Whether the write was first does not matter: the record is read again.
                step => Box::pin(self.take(step, &record, request_id)).await?,
            }
        }
        Err(Error::Contended(STEPS))
    }

    async fn take(&self, step: Step, record: &Record, request_id: &str) -> Result<(), Error> {
        let version = record.version.as_deref().unwrap_or_default();
        match step {
            Step::Wait | Step::Done => {}
            Step::Check => self.check(record, version).await?,
            Step::Conclude(reason) => {
                self.store.conclude(record, reason, self.now()).await?;
            }
            Step::Copy(destination) => self.copy(record, version, destination, request_id).await?,
            Step::Delete => {
                // Other versions too, whose events may be lost.
                for version in self.objects.versions(&record.id).await? {
                    self.objects.delete(&record.id, &version).await?;
                }
                self.store.deleted(&record.id, self.now()).await?;
            }
            Step::Notify => {
                // A notice is sent at least once: a run that is interrupted here sends it again.
                Notice::new(record).publish(&self.sns, &self.topic).await?;
                if self.store.notified(&record.id, self.now()).await? {
                    (self.log)(&self.context(request_id).finished(record));
                }
            }
        }
        Ok(())
    }

    async fn check(&self, record: &Record, version: &str) -> Result<(), Error> {
        let id = &record.id;
        match self.objects.read(id, version).await? {
            VersionContent::Gone => {
                let reason = Some(crate::record::Reason::FileGone);
                self.store.conclude(record, reason, self.now()).await?;
            }
            VersionContent::TooLarge => {
                self.store.set_content(id, Content::Mismatch, "", self.now()).await?;
            }
            VersionContent::Bytes(bytes) => {
                let is_size = u64::try_from(bytes.len()).is_ok_and(|size| size == record.size);
                let matches = is_size && content::check(&bytes, record.file_type).is_ok();
                let content = if matches { Content::Matches } else { Content::Mismatch };
                self.store.set_content(id, content, &hex::encode(Sha256::digest(&bytes)), self.now()).await?;
            }
        }
        Ok(())
    }

    async fn copy(
        &self,
        record: &Record,
        version: &str,
        destination: Destination,
        request_id: &str,
    ) -> Result<(), Error> {
        let id = &record.id;
        let is_copied = self.objects.copy(id, version, destination).await?;
        if is_copied {
            if destination == Destination::Inbox {
                self.summarize(record, version, request_id).await?;
            }
            self.store.copied(record, self.now()).await?;
        } else {
            // Has no effect if another run has copied and deleted the version meanwhile.
            self.store.not_copied(id, self.now()).await?;
        }
        Ok(())
    }

    /// Writes the summary. Its failure never fails the file: the summary then says why it is empty.
    async fn summarize(&self, record: &Record, version: &str, request_id: &str) -> Result<(), Error> {
        let mut summary = json!({
            "type": record.file_type.media_type(), "size": record.size, "sha256": record.sha256,
        });
        let VersionContent::Bytes(bytes) = self.objects.read(&record.id, version).await? else { return Ok(()) };
        match self.summarizer.summarize(&bytes, record.file_type).await {
            Ok(counts) => {
                let counts = serde_json::to_value(counts).unwrap_or_default();
                if let (Some(summary), Value::Object(counts)) = (summary.as_object_mut(), counts) {
                    summary.extend(counts);
                }
            }
            Err(error) => {
                (self.log)(&self.context(request_id).no_summary(&error.to_string()));
                summary["error"] = error.to_string().into();
            }
        }
        self.objects.put_summary(&record.id, &summary).await
    }
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handler").field("objects", &self.objects).field("topic", &self.topic).finish_non_exhaustive()
    }
}
