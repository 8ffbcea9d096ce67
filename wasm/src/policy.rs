//! What is signed: a policy, in the JSON that CloudFront rebuilds.

use alloc::string::String;

use serde::Serialize;

use crate::Expires;
use crate::url::Url;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    statement: [Statement<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement<'a> {
    resource: &'a str,
    condition: Condition,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Condition {
    date_less_than: EpochTime,
}

#[derive(Serialize)]
struct EpochTime {
    #[serde(rename = "AWS:EpochTime")]
    epoch_time: u64,
}

/// The canned policy for `url`, byte for byte as CloudFront rebuilds it from the request: this order of keys and no
/// white space. A serializer writes it, so that nothing in the URL can end the string it stands in.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html>
pub(crate) fn canned(url: &Url<'_>, expires: Expires) -> String {
    let condition = Condition { date_less_than: EpochTime { epoch_time: expires.epoch_seconds() } };
    let document = Document { statement: [Statement { resource: url.as_str(), condition }] };
    serde_json::to_string(&document).expect("strings and whole numbers always serialize")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canned_policy_is_cloudfronts_byte_for_byte() {
        let url = Url::parse("https://d.example/cv.pdf").unwrap();
        assert_eq!(
            canned(&url, Expires::from_epoch_seconds(1_767_290_400).unwrap()),
            r#"{"Statement":[{"Resource":"https://d.example/cv.pdf","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}}]}"#
        );
    }
}
