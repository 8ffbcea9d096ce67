//! Stands in for GuardDuty Malware Protection for S3, which the local cloud does not have: it tags each new version in the upload
//! bucket and sends GuardDuty's event. It is not a malware scanner: it recognises the EICAR test file and nothing else.

use std::{collections::HashSet, time::Duration};

use aws_sdk_s3::types::{Tag, Tagging};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{task::JoinHandle, time::sleep};
use vitae_inbox::{
    events::event::{SCAN_DETAIL_TYPE, SCAN_SOURCE},
    objects::SCAN_TAG,
    record::ScanResult,
};

use crate::{
    aws::{AwsClients, CallError, REGION},
    operate::{http::HttpClient, signed_request::EVENTS},
};

/// How often it looks for new versions.
const INTERVAL: Duration = Duration::from_millis(300);

/// The prefix that GuardDuty's plan names.
const UPLOADS: &str = "incoming/";

/// The EICAR test file, in two parts, so that no scanner takes this source for it.
/// <https://www.eicar.org/download-anti-malware-testfile/>
const EICAR: [&str; 2] = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"];

/// A running scanner. Dropping it stops it.
#[derive(Debug)]
pub(super) struct Scanner(JoinHandle<()>);

impl Scanner {
    /// Starts to scan the uploads in this bucket. `aws` has the permissions of the service.
    pub(super) fn start(aws: AwsClients, bucket: String) -> Self {
        Self(tokio::spawn(async move {
            let (client, mut scanned) = (HttpClient::default(), HashSet::new());
            loop {
                // A call that failed is repeated: a version counts as scanned once its event is sent.
                let _ = scan(&aws, &client, &bucket, &mut scanned).await;
                sleep(INTERVAL).await;
            }
        }))
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn scan(
    aws: &AwsClients,
    client: &HttpClient,
    bucket: &str,
    scanned: &mut HashSet<String>,
) -> Result<(), CallError> {
    let s3 = aws.s3();
    let list = s3.list_object_versions().bucket(bucket).prefix(UPLOADS).send().await;
    let list = list.map_err(|error| CallError::new(format!("ListObjectVersions of {bucket}"), &error))?;
    for found in list.versions() {
        let (Some(key), Some(version)) = (found.key(), found.version_id()) else { continue };
        if scanned.contains(version) {
            continue;
        }
        let get = s3.get_object().bucket(bucket).key(key).version_id(version).send().await;
        let output = get.map_err(|error| CallError::new("GetObject of an upload", &error))?;
        let body = output.body.collect().await;
        let content = body.map_err(|error| CallError::from_error("GetObject of an upload", &error))?.to_vec();
        let result = verdict(&content);
        let tag = Tag::builder().key(SCAN_TAG).value(result.as_str()).build();
        let tagging = tag.and_then(|tag| Tagging::builder().tag_set(tag).build());
        let tagging = tagging.map_err(|error| CallError::from_error("PutObjectTagging of an upload", &error))?;
        let put = s3.put_object_tagging().bucket(bucket).key(key).version_id(version).tagging(tagging).send().await;
        put.map_err(|error| CallError::new("PutObjectTagging of an upload", &error))?;
        let event = json!({"Entries": [event(bucket, key, version, result)]});
        let call = "PutEvents of a scan's result";
        let response: PutEventsResponse = EVENTS.call(aws, client, (REGION, "PutEvents"), &event, call).await?;
        if response.failed_entry_count > 0 {
            return Err(CallError { call: call.to_owned(), reason: "EventBridge rejected the event".to_owned() });
        }
        scanned.insert(version.to_owned());
    }
    Ok(())
}

/// The test file may be followed by white space, up to 128 characters in all.
fn verdict(content: &[u8]) -> ScanResult {
    let rest = content.strip_prefix(EICAR.concat().as_bytes()).filter(|_| content.len() <= 128);
    let is_test_file = rest.is_some_and(|rest| rest.iter().all(u8::is_ascii_whitespace));
    if is_test_file { ScanResult::ThreatsFound } else { ScanResult::NoThreatsFound }
}

#[derive(Deserialize)]
struct PutEventsResponse {
    #[serde(rename = "FailedEntryCount")]
    failed_entry_count: u32,
}

/// GuardDuty's event, as an entry of `PutEvents`, whose detail is text.
/// <https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html>
fn event(bucket: &str, key: &str, version: &str, result: ScanResult) -> Value {
    let threats = if result == ScanResult::ThreatsFound { json!([{"name": "EICAR-Test-File"}]) } else { Value::Null };
    let detail = json!({
        "schemaVersion": "1.0", "scanStatus": "COMPLETED", "resourceType": "S3_OBJECT",
        "s3ObjectDetails": {"bucketName": bucket, "objectKey": key, "versionId": version, "s3Throttled": false},
        "scanResultDetails": {"scanResultStatus": result.as_str(), "threats": threats},
    });
    json!({"Source": SCAN_SOURCE, "DetailType": SCAN_DETAIL_TYPE, "Detail": detail.to_string()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_test_file_is_a_threat() {
        let test_file = EICAR.concat();
        assert_eq!(test_file.len(), 68);
        assert_eq!(verdict(test_file.as_bytes()), ScanResult::ThreatsFound);
        assert_eq!(verdict(format!("{test_file}\r\n").as_bytes()), ScanResult::ThreatsFound);
        for content in
            [String::new(), format!(" {test_file}"), format!("{test_file}!"), format!("{test_file}{}", " ".repeat(61))]
        {
            assert_eq!(verdict(content.as_bytes()), ScanResult::NoThreatsFound);
        }
    }
}
