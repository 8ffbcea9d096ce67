use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::attribute::PK;

/// An item, as DynamoDB's API has it.
pub type Item = HashMap<String, AttributeValue>;

/// A row that is missing an attribute, or has one of another type. Its values are not quoted: one may be an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {key} has no valid {attribute}: delete the row, or correct it")]
pub struct UnreadableRow {
    /// The row's partition key.
    pub key: String,
    /// The attribute.
    pub attribute: &'static str,
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Reads the attributes of an item.
pub(super) struct Reader<'a>(pub(super) &'a Item);

impl Reader<'_> {
    /// The partition key without its prefix.
    pub(super) fn key(&self, prefix: &str) -> Result<&str, UnreadableRow> {
        let key = self.0.get(PK).and_then(|value| value.as_s().ok());
        key.and_then(|key| key.strip_prefix(prefix)).ok_or_else(|| self.unreadable(PK))
    }

    pub(super) fn text(&self, attribute: &'static str) -> Result<&str, UnreadableRow> {
        self.optional_text(attribute)?.ok_or_else(|| self.unreadable(attribute))
    }

    pub(super) fn optional_text(&self, attribute: &'static str) -> Result<Option<&str>, UnreadableRow> {
        match self.0.get(attribute) {
            None => Ok(None),
            Some(AttributeValue::S(text)) => Ok(Some(text)),
            Some(_) => Err(self.unreadable(attribute)),
        }
    }

    pub(super) fn number(&self, attribute: &'static str) -> Result<u64, UnreadableRow> {
        self.optional_number(attribute)?.ok_or_else(|| self.unreadable(attribute))
    }

    pub(super) fn optional_number(&self, attribute: &'static str) -> Result<Option<u64>, UnreadableRow> {
        match self.0.get(attribute) {
            None => Ok(None),
            Some(AttributeValue::N(digits)) => digits.parse().map(Some).map_err(|_| self.unreadable(attribute)),
            Some(_) => Err(self.unreadable(attribute)),
        }
    }

    pub(super) fn texts(&self, attribute: &'static str) -> Result<&[String], UnreadableRow> {
        match self.0.get(attribute) {
            None => Ok(&[]),
            Some(AttributeValue::Ss(texts)) => Ok(texts),
            Some(_) => Err(self.unreadable(attribute)),
        }
    }

    /// A value that another type parses.
    pub(super) fn parsed<T>(
        &self,
        attribute: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, UnreadableRow> {
        let text = self.optional_text(attribute)?;
        text.map(|text| parse(text).ok_or_else(|| self.unreadable(attribute))).transpose()
    }

    pub(super) fn unreadable(&self, attribute: &'static str) -> UnreadableRow {
        let key = self.0.get(PK).and_then(|value| value.as_s().ok());
        UnreadableRow { key: key.cloned().unwrap_or_default(), attribute }
    }
}
