//! The inbox's table. Every write is conditional, so that concurrent and repeated runs agree.

mod create;
mod progress;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::Error;
use crate::record::{self, BadItem, Key, Record, attribute};
use crate::upload_id::UploadId;

/// The attribute of the pending uploads: id to expiry.
const UPLOADS: &str = "uploads";

/// The attribute that changes with each write of the pending uploads.
const REVISION: &str = "revision";

/// The attribute of a day's count of arrived files.
const COUNT: &str = "arrived";

/// The table.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
}

impl Store {
    /// The table of this name.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Reads a record; `None` if it is missing.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be read.
    pub async fn get(&self, id: &UploadId) -> Result<Option<Record>, Error> {
        let item = self.item(&Key::Upload(id.clone())).await?;
        Ok(item.map(|item| record::from_item(&item)).transpose()?)
    }

    /// Reads all records that have work left. The table is small: a site takes some files a day, and a record without a file
    /// expires.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be read.
    pub async fn open(&self) -> Result<Vec<Record>, Error> {
        self.scan(|scan| {
            scan.filter_expression("attribute_exists(#work)").expression_attribute_names("#work", attribute::WORK)
        })
        .await
    }

    /// Reads all records.
    ///
    /// # Errors
    /// [`Error`] if the table cannot be read.
    pub async fn all(&self) -> Result<Vec<Record>, Error> {
        self.scan(|scan| scan).await
    }

    async fn scan(&self, filter: impl FnOnce(ScanFluentBuilder) -> ScanFluentBuilder) -> Result<Vec<Record>, Error> {
        let scan = self.client.scan().table_name(&self.table).consistent_read(true);
        let mut items = filter(scan).into_paginator().items().send();
        let mut records = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| Error::from_sdk("dynamodb:Scan", &error))?;
            let is_upload = matches!(item.get(attribute::PK), Some(AttributeValue::S(pk)) if pk.starts_with("upload#"));
            if is_upload {
                records.push(record::from_item(&item)?);
            }
        }
        Ok(records)
    }

    async fn item(&self, key: &Key) -> Result<Option<std::collections::HashMap<String, AttributeValue>>, Error> {
        let get = self.client.get_item().table_name(&self.table).key(attribute::PK, text(&key.to_string()));
        let output = get.consistent_read(true).send().await;
        Ok(output.map_err(|error| Error::from_sdk("dynamodb:GetItem", &error))?.item)
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn parse_number(value: &AttributeValue, attribute: &'static str) -> Result<u64, BadItem> {
    value.as_n().ok().and_then(|number| number.parse().ok()).ok_or(BadItem { attribute })
}
