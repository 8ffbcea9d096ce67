//! The JSON of a policy. A serializer writes it, so that nothing in a URL can end the string it stands in; this one
//! writes `&`, `/` and `+` as they are, as CloudFront does when it rebuilds a canned policy.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

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

/// The order of the fields is CloudFront's for the canned policy, and the JavaScript SDK's beyond it.
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
    /// The JSON with one statement: no white space, the fields in their order.
    pub(super) fn json(resource: &str, condition: Condition) -> String {
        let statement = Statement { resource: String::from(resource), condition };
        let document = Self { statement: Vec::from([statement]) };
        serde_json::to_string(&document).expect("strings and whole numbers always serialize")
    }
}
