//! The progress of a record. Each method returns whether its condition held; if not, another run was first, and the caller
//! reads the record again.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};

use super::{COUNT, REVISION, Store, UPLOADS, number, text};
use crate::error::{Error, has_code};
use crate::limits::{ABANDONED_S, DAY_COUNT_S};
use crate::record::{Content, Key, Reason, Record, ScanResult, Status, Work, attribute, day_key};
use crate::transition::final_status;
use crate::upload_id::UploadId;

impl Store {
    /// Fixes the version of the record. In the same transaction, the upload is no longer pending and the
    /// day's count rises.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be written.
    pub async fn adopt(&self, id: &UploadId, version: &str, now: u64) -> Result<bool, Error> {
        let update = |key: &Key| Update::builder().table_name(&self.table).key(attribute::PK, text(&key.to_string()));
        let record = update(&Key::Upload(id.clone()))
            .update_expression("SET version = :version, arrived = :now, updated = :now, #status = :scanning")
            .condition_expression("#work = :judge AND attribute_not_exists(version)")
            .expression_attribute_names("#status", attribute::STATUS)
            .expression_attribute_names("#work", attribute::WORK)
            .expression_attribute_values(":version", text(version))
            .expression_attribute_values(":now", number(now))
            .expression_attribute_values(":scanning", text(Status::Scanning.as_str()))
            .expression_attribute_values(":judge", text(Work::Judge.as_str()));
        let pending = update(&Key::Pending)
            .update_expression(format!("SET {REVISION} = {REVISION} + :one REMOVE {UPLOADS}.#id"))
            .expression_attribute_names("#id", id.as_str())
            .expression_attribute_values(":one", number(1));
        let day = update(&day_key(now))
            .update_expression(format!("ADD {COUNT} :one SET #ttl = :ttl"))
            .expression_attribute_names("#ttl", attribute::TTL)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":ttl", number(now + DAY_COUNT_S));
        let updates: Result<Vec<_>, _> = [record, pending, day].into_iter().map(UpdateBuilder::build).collect();
        let Ok(updates) = updates else {
            return Err(Error::Rejected { call: "dynamodb:TransactWriteItems", reason: "it is incomplete".to_owned() });
        };
        self.transact(updates.into_iter().map(|update| TransactWriteItem::builder().update(update).build()).collect())
            .await
    }

    /// Stores the result of the scan of the record's version.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be written.
    pub async fn set_scan(&self, id: &UploadId, version: &str, scan: ScanResult, now: u64) -> Result<bool, Error> {
        let update = self
            .update(
                id,
                now,
                Work::Judge,
                "version = :version AND attribute_not_exists(scan_result)",
                "scan_result = :scan",
                "",
            )
            .expression_attribute_values(":version", text(version))
            .expression_attribute_values(":scan", text(scan.as_str()));
        send(update).await
    }

    /// Stores the result of the content check.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be written.
    pub async fn set_content(&self, id: &UploadId, content: Content, sha256: &str, now: u64) -> Result<bool, Error> {
        let update = self
            .update(id, now, Work::Judge, "attribute_not_exists(content)", "content = :content, sha256 = :sha256", "")
            .expression_attribute_values(":content", text(content.as_str()))
            .expression_attribute_values(":sha256", text(sha256));
        send(update).await
    }

    /// Stores the result, from the facts in `record`: if they changed meanwhile, nothing is written.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be written.
    pub async fn conclude(&self, record: &Record, reason: Option<Reason>, now: u64) -> Result<bool, Error> {
        let has = |attribute: &str, is_set: bool| {
            if is_set { format!("attribute_exists({attribute})") } else { format!("attribute_not_exists({attribute})") }
        };
        let facts = [
            has(attribute::VERSION, record.version.is_some()),
            has(attribute::CONTENT, record.content.is_some()),
            has(attribute::SCAN, record.scan.is_some()),
        ];
        let (set, remove) = match reason {
            None => ("#work = :next", ""),
            Some(Reason::NotUploaded) => ("reason = :reason, #status = :status, #ttl = :ttl", "REMOVE #work"),
            Some(Reason::FileGone) => ("reason = :reason, #status = :status, #work = :next", ""),
            Some(_) => ("reason = :reason, #work = :next", ""),
        };
        let mut update = self.update(&record.id, now, Work::Judge, &facts.join(" AND "), set, remove);
        if let Some(reason) = reason {
            update = update.expression_attribute_values(":reason", text(reason.as_str()));
        }
        if reason.is_some_and(|reason| !reason.has_file()) {
            update = update
                .expression_attribute_names("#status", attribute::STATUS)
                .expression_attribute_values(":status", text(final_status(reason).as_str()));
        }
        update = match reason {
            Some(Reason::NotUploaded) => update
                .expression_attribute_names("#ttl", attribute::TTL)
                .expression_attribute_values(":ttl", number(now + ABANDONED_S)),
            Some(Reason::FileGone) => update.expression_attribute_values(":next", text(Work::Notify.as_str())),
            _ => update.expression_attribute_values(":next", text(Work::Copy.as_str())),
        };
        send(update).await
    }

    /// The version is copied: the result becomes visible, and the version may be deleted.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be written.
    pub async fn copied(&self, record: &Record, now: u64) -> Result<bool, Error> {
        let update = self
            .update(&record.id, now, Work::Copy, "", "#status = :status, #work = :next", "")
            .expression_attribute_names("#status", attribute::STATUS)
            .expression_attribute_values(":status", text(final_status(record.reason).as_str()))
            .expression_attribute_values(":next", text(Work::Delete.as_str()));
        send(update).await
    }

    /// The version disappeared before it was copied.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be written.
    pub async fn not_copied(&self, id: &UploadId, now: u64) -> Result<bool, Error> {
        let set = "#status = :status, #work = :next, reason = :reason";
        let update = self
            .update(id, now, Work::Copy, "", set, "")
            .expression_attribute_names("#status", attribute::STATUS)
            .expression_attribute_values(":status", text(Reason::FileGone.status().as_str()))
            .expression_attribute_values(":reason", text(Reason::FileGone.as_str()))
            .expression_attribute_values(":next", text(Work::Notify.as_str()));
        send(update).await
    }

    /// The version is deleted from the upload bucket.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be written.
    pub async fn deleted(&self, id: &UploadId, now: u64) -> Result<bool, Error> {
        let update = self
            .update(id, now, Work::Delete, "", "#work = :next", "")
            .expression_attribute_values(":next", text(Work::Notify.as_str()));
        send(update).await
    }

    /// The owner is notified.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be written.
    pub async fn notified(&self, id: &UploadId, now: u64) -> Result<bool, Error> {
        send(self.update(id, now, Work::Notify, "", "", "REMOVE #work")).await
    }

    /// Deletes a record.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be written.
    pub async fn delete(&self, id: &UploadId) -> Result<(), Error> {
        let key = text(&Key::Upload(id.clone()).to_string());
        let output = self.client.delete_item().table_name(&self.table).key(attribute::PK, key).send().await;
        output.map(drop).map_err(|error| Error::from_sdk("dynamodb:DeleteItem", &error))
    }

    /// An update of a record whose work is `work`.
    fn update(
        &self,
        id: &UploadId,
        now: u64,
        work: Work,
        condition: &str,
        set: &str,
        remove: &str,
    ) -> UpdateItemFluentBuilder {
        let and = if condition.is_empty() { "" } else { " AND " };
        let comma = if set.is_empty() { "" } else { ", " };
        self.client
            .update_item()
            .table_name(&self.table)
            .key(attribute::PK, text(&Key::Upload(id.clone()).to_string()))
            .condition_expression(format!("#work = :work{and}{condition}"))
            .update_expression(format!("SET updated = :now{comma}{set} {remove}"))
            .expression_attribute_names("#work", attribute::WORK)
            .expression_attribute_values(":work", AttributeValue::S(work.as_str().to_owned()))
            .expression_attribute_values(":now", number(now))
    }
}

async fn send(update: UpdateItemFluentBuilder) -> Result<bool, Error> {
    match update.send().await {
        Ok(_) => Ok(true),
        Err(error) if has_code(&error, &["ConditionalCheckFailedException"]) => Ok(false),
        Err(error) => Err(Error::from_sdk("dynamodb:UpdateItem", &error)),
    }
}
