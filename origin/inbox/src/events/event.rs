//! The events that the function receives, from EventBridge.

use serde_json::Value;

use crate::record::{ScanResult, upload_id_of};
use crate::transition::Observation;
use crate::upload_id::UploadId;

/// GuardDuty's source and detail type.
/// <https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html>
pub const SCAN_SOURCE: &str = "aws.guardduty";
/// See [`SCAN_SOURCE`].
pub const SCAN_DETAIL_TYPE: &str = "GuardDuty Malware Protection Object Scan Result";

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A version of an upload was observed.
    Observed {
        /// The upload.
        id: UploadId,
        /// The version.
        version: String,
        /// What was observed.
        observation: Observation,
    },
    /// The schedule: look at every upload with work left.
    Sweep,
    /// An event of another bucket or object, or of a scan result that this version does not know.
    Ignored,
}

impl Event {
    /// Parses an event of the bucket `upload_bucket`; `None` for an unknown one. An event has a visitor's address, so it is not
    /// part of an error.
    #[must_use]
    pub fn parse(event: &Value, upload_bucket: &str) -> Option<Self> {
        let detail = &event["detail"];
        let observed = |object: &Value, key: &str, version: &str, bucket: &Value, observation| {
            let id = object[key].as_str().and_then(upload_id_of).filter(|_| *bucket == upload_bucket);
            match (id, object[version].as_str()) {
                (Some(id), Some(version)) => Self::Observed { id, version: version.to_owned(), observation },
                _ => Self::Ignored,
            }
        };
        match (event["source"].as_str()?, event["detail-type"].as_str()?) {
            ("aws.events", "Scheduled Event") => Some(Self::Sweep),
            ("aws.s3", "Object Created") => {
                let bucket = &detail["bucket"]["name"];
                Some(observed(&detail["object"], "key", "version-id", bucket, Observation::Arrived))
            }
            (SCAN_SOURCE, SCAN_DETAIL_TYPE) => {
                let result = detail["scanResultDetails"]["scanResultStatus"].as_str().and_then(ScanResult::parse);
                let Some(result) = result else { return Some(Self::Ignored) };
                let object = &detail["s3ObjectDetails"];
                let observation = Observation::Scanned(result);
                Some(observed(object, "objectKey", "versionId", &object["bucketName"], observation))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "0123456789-_3456789abc";

    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>
    fn created(bucket: &str, key: &str) -> Value {
        json!({
            "version": "0", "id": "e-1", "source": "aws.s3", "detail-type": "Object Created", "account": "111122223333",
            "time": "2026-11-20T23:59:00Z", "region": "us-east-1", "resources": [format!("arn:aws:s3:::{bucket}")],
            "detail": {
                "version": "0", "bucket": {"name": bucket}, "request-id": "r", "requester": "111122223333",
                "object": {"key": key, "size": 7, "etag": "e", "version-id": "v1", "sequencer": "00"},
                "source-ip-address": "203.0.113.7", "reason": "POST Object",
            },
        })
    }

    /// <https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html>
    fn scanned(status: &str, result: &str) -> Value {
        json!({
            "version": "0", "id": "e-2", "source": "aws.guardduty", "detail-type": SCAN_DETAIL_TYPE, "account": "111122223333",
            "time": "2026-11-20T23:59:00Z", "region": "us-east-1",
            "resources": ["arn:aws:guardduty:us-east-1:111122223333:malware-protection-plan/b4c7f464ab3a4EXAMPLE"],
            "detail": {
                "schemaVersion": "1.0", "scanStatus": status, "resourceType": "S3_OBJECT",
                "s3ObjectDetails": {
                    "bucketName": "uploads", "objectKey": format!("incoming/{ID}"), "eTag": "e", "versionId": "v1",
                    "s3Throttled": false,
                },
                "scanResultDetails": {"scanResultStatus": result, "threats": null},
            },
        })
    }

    fn observed(observation: Observation) -> Event {
        Event::Observed { id: UploadId::parse(ID).unwrap(), version: "v1".into(), observation }
    }

    #[test]
    fn the_documented_events_are_parsed() {
        assert_eq!(
            Event::parse(&created("uploads", &format!("incoming/{ID}")), "uploads"),
            Some(observed(Observation::Arrived))
        );
        for (status, result) in [
            ("COMPLETED", ScanResult::NoThreatsFound),
            ("COMPLETED", ScanResult::ThreatsFound),
            ("SKIPPED", ScanResult::Unsupported),
            ("SKIPPED", ScanResult::AccessDenied),
            ("FAILED", ScanResult::Failed),
        ] {
            let event = Event::parse(&scanned(status, result.as_str()), "uploads");
            assert_eq!(event, Some(observed(Observation::Scanned(result))));
        }
        let schedule = json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}});
        assert_eq!(Event::parse(&schedule, "uploads"), Some(Event::Sweep));
    }

    #[test]
    fn an_event_of_another_bucket_object_or_result_is_ignored() {
        for event in [
            created("other", &format!("incoming/{ID}")),
            created("uploads", "malware-protection-resource-validation-object"),
            created("uploads", &format!("incoming/{ID}/a")),
            scanned("COMPLETED", "PERHAPS"),
        ] {
            assert_eq!(Event::parse(&event, "uploads"), Some(Event::Ignored), "{event}");
        }
    }

    #[test]
    fn any_other_event_is_unknown() {
        for event in
            [json!(null), json!({}), json!({"source": "aws.s3"}), json!({"source": "aws.s3", "detail-type": "x"})]
        {
            assert_eq!(Event::parse(&event, "uploads"), None);
        }
    }
}
