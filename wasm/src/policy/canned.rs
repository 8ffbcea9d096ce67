//! The canned policy: one URL and an end.

use alloc::string::String;

use super::document::{Condition, Document, EpochTime};
use crate::Expires;
use crate::url::Url;

/// The canned policy for `url`, byte for byte as CloudFront rebuilds it from the request: this order of keys and no
/// white space.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html>
pub(crate) fn canned(url: &Url<'_>, expires: Expires) -> String {
    let date_less_than = EpochTime { seconds: expires.epoch_seconds() };
    Document::json(url.as_str(), Condition { date_less_than, date_greater_than: None, ip_address: None })
}
