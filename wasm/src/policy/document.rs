//! Writes a policy's JSON.
//!
//! A serializer writes it, so nothing in a URL can end the string that contains it. This serializer leaves `&`, `/` and
//! `+` unescaped, as CloudFront does when it rebuilds a canned policy.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::Expires;
use crate::url::Url;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Document {
    pub(super) statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Statement {
    pub(super) resource: String,
    pub(super) condition: Condition,
}

/// The first field is the canned policy's; the others are in the order of the AWS SDK for JavaScript.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Condition {
    pub(super) date_less_than: EpochTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date_greater_than: Option<EpochTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ip_address: Option<SourceIp>,
}

#[derive(Serialize)]
pub(super) struct EpochTime {
    #[serde(rename = "AWS:EpochTime")]
    pub(super) seconds: u64,
}

#[derive(Serialize)]
pub(super) struct SourceIp {
    #[serde(rename = "AWS:SourceIp")]
    pub(super) cidr: String,
}

impl Document {
    /// The JSON of a policy with one statement, without white space.
    pub(super) fn json(resource: &str, condition: Condition) -> String {
        let statement = Statement { resource: String::from(resource), condition };
        let document = Self { statement: Vec::from([statement]) };
        serde_json::to_string(&document).expect("strings and whole numbers always serialize")
    }
}

/// The canned policy for `url`, byte for byte as CloudFront rebuilds it from the request: with this order of fields and
/// no white space.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html>
pub(crate) fn canned(url: &Url<'_>, expires: Expires) -> String {
    json(url.as_str(), expires.epoch_seconds())
}

/// As [`canned`], for a URL that may be invalid. `None` if it has a character that would have to be escaped in the JSON: it
/// is not known how CloudFront writes it.
pub(crate) fn canned_json(url: &str, expires: u64) -> Option<String> {
    let needs_escape = |character: char| matches!(character, '"' | '\\') || character < ' ';
    (!url.contains(needs_escape)).then(|| json(url, expires))
}

fn json(resource: &str, expires: u64) -> String {
    let date_less_than = EpochTime { seconds: expires };
    Document::json(resource, Condition { date_less_than, date_greater_than: None, ip_address: None })
}
