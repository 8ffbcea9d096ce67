//! The files that visitors sent: lists, gets and deletes them.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use serde::Serialize;
use vitae_inbox::{
    objects::{file_key, summary_key},
    record::{Record, Status},
    store::Store,
};
use vitae_parameters::log::timestamp;

use crate::{
    aws::{AwsClients, CallError},
    deploy::{self, InboxOutputs},
    table::align,
};

/// What is appended to the name of a quarantined file, so that no program opens it by its extension.
const QUARANTINED: &str = "quarantined";

/// The inbox of a system.
#[derive(Debug)]
pub struct Inbox {
    aws: AwsClients,
    outputs: InboxOutputs,
    store: Store,
}

/// A file, as `--json` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// The id of the upload.
    pub id: String,
    /// The name that the visitor gave it.
    pub name: String,
    /// The declared type.
    pub r#type: String,
    /// The size in bytes.
    pub size: u64,
    /// `pending`, `scanning`, `clean`, `quarantined` or `failed`.
    pub status: String,
    /// Why it is not clean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The SHA-256 of the content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// When the upload was requested, as `2026-11-26T19:30:00.000Z`.
    pub created: String,
    /// The summary of a clean file, in the result of `show`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<serde_json::Value>,
}

/// Why a command of the inbox failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system has no inbox.
    #[error("the system {0} has no inbox: deploy it with the parameter Inbox=true")]
    NoInbox(String),
    /// The stack cannot be read.
    #[error(transparent)]
    Deploy(#[from] deploy::Error),
    /// The table cannot be read or written.
    #[error(transparent)]
    Store(#[from] vitae_inbox::error::Error),
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// No upload has this id, or several have it.
    #[error("{found} uploads have an id that begins with {id:?}: use an id of `cargo vitae inbox list`")]
    Id {
        /// The given id.
        id: String,
        /// How many uploads match.
        found: usize,
    },
    /// The upload has not arrived, or its file has disappeared.
    #[error("the upload {id} is {status}: there is no file to get")]
    NoFile {
        /// The upload.
        id: String,
        /// Its status.
        status: Status,
    },
    /// The file may be dangerous.
    #[error("the file is {status} ({reason}) and may be dangerous: pass --quarantined to get it anyway")]
    Quarantined {
        /// The status.
        status: Status,
        /// Why.
        reason: String,
    },
    /// The file cannot be written.
    #[error("{}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl Inbox {
    /// The inbox of a system.
    ///
    /// # Errors
    /// [`Error::NoInbox`], or the call that failed.
    pub async fn find(aws: AwsClients, system: &str) -> Result<Self, Error> {
        let outputs = deploy::inbox_outputs(&aws, system).await?.ok_or_else(|| Error::NoInbox(system.to_owned()))?;
        let store = Store::new(aws.dynamodb(), outputs.inbox_table.clone());
        Ok(Self { aws, outputs, store })
    }

    /// All uploads, newest first.
    ///
    /// # Errors
    /// The table cannot be read.
    pub async fn list(&self) -> Result<Vec<File>, Error> {
        let mut records = self.store.all().await?;
        records.sort_by(|one, other| other.created.cmp(&one.created).then_with(|| one.id.cmp(&other.id)));
        Ok(records.iter().map(File::new).collect())
    }

    /// One upload, with the summary of a clean file. `id` may be the beginning of an id.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn show(&self, id: &str) -> Result<File, Error> {
        let record = self.record(id).await?;
        let mut file = File::new(&record);
        if record.status == Status::Clean {
            let summary = self.content(&self.outputs.inbox_bucket, &summary_key(&record.id)).await?;
            file.summary = serde_json::from_slice(&summary).ok();
        }
        Ok(file)
    }

    /// Writes a file into a folder, readable by its owner only, and returns its path. An existing file is not replaced.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get(&self, id: &str, folder: &Path, quarantined: bool) -> Result<PathBuf, Error> {
        let record = self.record(id).await?;
        let (bucket, name) = self.source(&record, quarantined)?;
        let content = self.content(bucket, &file_key(&record.id)).await?;
        let path = folder.join(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let written = file.and_then(|mut file| file.write_all(&content));
        written.map_err(|source| Error::Write { path: path.clone(), source })?;
        Ok(path)
    }

    /// The bucket of a file, and the name to write it under.
    fn source(&self, record: &Record, quarantined: bool) -> Result<(&str, String), Error> {
        let (id, status) = (record.id.to_string(), record.status);
        match (status, record.reason) {
            (Status::Clean, _) => Ok((self.outputs.inbox_bucket.as_str(), record.name.clone())),
            (Status::Quarantined | Status::Failed, Some(reason)) if reason.has_file() => {
                if quarantined {
                    Ok((self.outputs.quarantine_bucket.as_str(), format!("{}.{QUARANTINED}", record.name)))
                } else {
                    Err(Error::Quarantined { status, reason: reason.to_string() })
                }
            }
            _ => Err(Error::NoFile { id, status }),
        }
    }

    /// Deletes a file, its summary and its record.
    ///
    /// # Errors
    /// See [`Error`]. The record is deleted last, so that the command can be repeated.
    pub async fn delete(&self, file: &File) -> Result<(), Error> {
        let id = self.record(&file.id).await?.id;
        for (bucket, key) in [
            (&self.outputs.inbox_bucket, file_key(&id)),
            (&self.outputs.inbox_bucket, summary_key(&id)),
            (&self.outputs.quarantine_bucket, file_key(&id)),
        ] {
            let deleted = self.aws.s3().delete_object().bucket(bucket).key(&key).send().await;
            deleted.map_err(|error| CallError::new(format!("DeleteObject of {key} in {bucket}"), &error))?;
        }
        Ok(self.store.delete(&id).await?)
    }

    async fn record(&self, id: &str) -> Result<Record, Error> {
        let mut found = self.store.all().await?;
        found.retain(|record| !id.is_empty() && record.id.as_str().starts_with(id));
        match (found.pop(), found.len()) {
            (Some(record), 0) => Ok(record),
            (record, others) => Err(Error::Id { id: id.to_owned(), found: others + usize::from(record.is_some()) }),
        }
    }

    async fn content(&self, bucket: &str, key: &str) -> Result<Vec<u8>, CallError> {
        let call = || format!("GetObject of {key} in {bucket}");
        let output = self.aws.s3().get_object().bucket(bucket).key(key).send().await;
        let output = output.map_err(|error| CallError::new(call(), &error))?;
        let body = output.body.collect().await.map_err(|error| CallError::from_error(call(), &error))?;
        Ok(body.to_vec())
    }
}

impl File {
    fn new(record: &Record) -> Self {
        Self {
            id: record.id.to_string(),
            name: record.name.clone(),
            r#type: record.file_type.to_string(),
            size: record.size,
            status: record.status.to_string(),
            reason: record.reason.map(|reason| reason.to_string()),
            sha256: record.sha256.clone(),
            created: timestamp(record.created.saturating_mul(1000)),
            summary: None,
        }
    }
}

/// A table of files.
#[must_use]
pub fn table(files: &[File]) -> String {
    let head = ["ID", "RECEIVED", "STATUS", "SIZE", "NAME"].map(str::to_owned);
    let rows = files.iter().map(|file| {
        let reason = file.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        let received = file.created.get(..16).unwrap_or_default().replace('T', " ");
        [file.id.clone(), received, format!("{}{reason}", file.status), file.size.to_string(), file.name.clone()]
    });
    align(&[head].into_iter().chain(rows).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use vitae_inbox::{file_type::FileType, record::Reason, upload_id::UploadId};

    use super::*;

    #[test]
    fn a_file_that_is_not_clean_is_listed_with_its_reason() {
        let id = UploadId::parse("0123456789-_3456789abc").unwrap();
        let record = Record {
            status: Status::Quarantined,
            reason: Some(Reason::ThreatsFound),
            ..Record::new(id, "brief.pdf".into(), FileType::Pdf, 4711, 1_795_219_140)
        };
        let text = table(&[File::new(&record)]);
        let rows: Vec<Vec<_>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        let row =
            ["0123456789-_3456789abc", "2026-11-20", "23:59", "quarantined", "(threats_found)", "4711", "brief.pdf"];
        assert_eq!(rows, [vec!["ID", "RECEIVED", "STATUS", "SIZE", "NAME"], row.to_vec()]);
    }
}
