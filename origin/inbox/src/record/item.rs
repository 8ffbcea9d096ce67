//! A record as an item of the table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Content, Key, Reason, Record, ScanResult, Status, Work};
use crate::file_type::FileType;
use crate::upload_id::UploadId;

/// The names of a record's attributes.
pub mod attribute {
    #![allow(missing_docs, reason = "each is the field of Record of the same name")]

    pub const PK: &str = "pk";
    pub const NAME: &str = "name";
    pub const TYPE: &str = "type";
    pub const SIZE: &str = "size";
    pub const CREATED: &str = "created";
    pub const UPDATED: &str = "updated";
    pub const STATUS: &str = "status";
    pub const REASON: &str = "reason";
    pub const VERSION: &str = "version";
    pub const ARRIVED: &str = "arrived";
    pub const CONTENT: &str = "content";
    pub const SHA256: &str = "sha256";
    /// Not `scan`, which is a reserved word.
    pub const SCAN: &str = "scan_result";
    pub const WORK: &str = "work";
    /// When DynamoDB may delete the item, in seconds since 1970.
    pub const TTL: &str = "ttl";
}

/// An item, attribute name to value.
type Item = HashMap<String, AttributeValue>;

/// An item that is not a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("attribute {attribute} of an upload's record is missing or has another form")]
pub struct BadItem {
    /// The attribute's name.
    pub attribute: &'static str,
}

/// The item of a record.
#[must_use]
pub fn to_item(record: &Record) -> Item {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let number = |value: u64| AttributeValue::N(value.to_string());
    let attributes = [
        (attribute::PK, Some(text(&Key::Upload(record.id.clone()).to_string()))),
        (attribute::NAME, Some(text(&record.name))),
        (attribute::TYPE, Some(text(record.file_type.media_type()))),
        (attribute::SIZE, Some(number(record.size))),
        (attribute::CREATED, Some(number(record.created))),
        (attribute::UPDATED, Some(number(record.updated))),
        (attribute::STATUS, Some(text(record.status.as_str()))),
        (attribute::REASON, record.reason.map(|reason| text(reason.as_str()))),
        (attribute::VERSION, record.version.as_deref().map(text)),
        (attribute::ARRIVED, record.arrived.map(number)),
        (attribute::CONTENT, record.content.map(|content| text(content.as_str()))),
        (attribute::SHA256, record.sha256.as_deref().map(text)),
        (attribute::SCAN, record.scan.map(|scan| text(scan.as_str()))),
        (attribute::WORK, record.work.map(|work| text(work.as_str()))),
    ];
    attributes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// The record of an item.
///
/// # Errors
/// [`BadItem`] names the attribute.
pub fn from_item(item: &Item) -> Result<Record, BadItem> {
    let id = required(item, attribute::PK, |key| UploadId::parse(key.strip_prefix("upload#")?))?;
    Ok(Record {
        id,
        name: required(item, attribute::NAME, |name| Some(name.to_owned()))?,
        file_type: required(item, attribute::TYPE, FileType::from_media_type)?,
        size: required(item, attribute::SIZE, number)?,
        created: required(item, attribute::CREATED, number)?,
        updated: required(item, attribute::UPDATED, number)?,
        status: required(item, attribute::STATUS, Status::parse)?,
        reason: optional(item, attribute::REASON, Reason::parse)?,
        version: optional(item, attribute::VERSION, |version| Some(version.to_owned()))?,
        arrived: optional(item, attribute::ARRIVED, number)?,
        content: optional(item, attribute::CONTENT, Content::parse)?,
        sha256: optional(item, attribute::SHA256, |hash| Some(hash.to_owned()))?,
        scan: optional(item, attribute::SCAN, ScanResult::parse)?,
        work: optional(item, attribute::WORK, Work::parse)?,
    })
}

fn number(text: &str) -> Option<u64> {
    text.parse().ok()
}

fn required<T>(item: &Item, attribute: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<T, BadItem> {
    optional(item, attribute, parse)?.ok_or(BadItem { attribute })
}

fn optional<T>(item: &Item, attribute: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, BadItem> {
    let Some(value) = item.get(attribute) else { return Ok(None) };
    let (AttributeValue::S(text) | AttributeValue::N(text)) = value else { return Err(BadItem { attribute }) };
    parse(text).map(Some).ok_or(BadItem { attribute })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        let id = UploadId::parse("0123456789-_3456789abc").unwrap();
        Record::new(id, "brief.pdf".into(), FileType::Pdf, 7, 1_795_219_140)
    }

    #[test]
    fn a_record_round_trips() {
        let new = record();
        let done = Record {
            status: Status::Quarantined,
            reason: Some(Reason::ThreatsFound),
            version: Some("v1".into()),
            arrived: Some(1),
            content: Some(Content::Matches),
            sha256: Some("00".into()),
            scan: Some(ScanResult::ThreatsFound),
            work: None,
            ..new.clone()
        };
        for record in [new, done] {
            assert_eq!(from_item(&to_item(&record)), Ok(record));
        }
    }

    #[test]
    fn an_attribute_that_is_missing_or_unknown_is_named() {
        let mut item = to_item(&record());
        item.insert("status".into(), AttributeValue::S("lost".into()));
        assert_eq!(from_item(&item), Err(BadItem { attribute: "status" }));
        item.remove("status");
        assert_eq!(from_item(&item), Err(BadItem { attribute: "status" }));
        let count = Item::from([("pk".into(), AttributeValue::S("day#2026-11-20".into()))]);
        assert_eq!(from_item(&count), Err(BadItem { attribute: "pk" }));
    }
}
