//! One upload at a time, from the request to the bucket that the file ends in.

use std::task::Poll;

use serde_json::{Value, json};
use vitae_inbox::limits::FILE_BYTES;
use vitae_inbox::objects::{file_key, summary_key};
use vitae_inbox::record::{Content, Reason, ScanResult, Status};
use vitae_inbox::upload_id::UploadId;

use crate::fixture::{Fixture, INBOX, NOW_S, QUARANTINE, created, scanned, sweep};
use crate::form::post;

pub(crate) const TEXT: &[u8] = b"We are looking for an engineer.\n\nBerlin\n";

/// From `sha256sum`.
const TEXT_SHA256: &str = "9f8a521f502b021d13703d88b6728a7c2ed4649afa31ae61b6a8e3a0bb8d9296";

/// Requests an upload of a text of this size. Returns its id and the response.
pub(crate) async fn create(fixture: &Fixture, size: usize) -> (UploadId, Value) {
    let body = json!({"name": "brief.txt", "type": "text/plain", "size": size});
    let (status, body, _) = fixture.request("POST", "/inbox", &body).await;
    assert_eq!(status, 201, "{body}");
    (UploadId::parse(body["id"].as_str().unwrap()).unwrap(), body)
}

/// An upload that has arrived, with its version.
async fn arrived(fixture: &Fixture, content: &[u8]) -> (UploadId, String) {
    let (id, _) = create(fixture, content.len()).await;
    let version = fixture.put(&id, content).await;
    fixture.handle(&created(&id, &version)).await;
    (id, version)
}

#[tokio::test]
async fn a_clean_file_is_posted_checked_scanned_and_moved_with_its_summary() {
    let fixture = Fixture::start().await;
    let now = fixture.set_clock_of_machine();
    let (id, response) = create(&fixture, TEXT.len()).await;
    assert_eq!((fixture.status(&id).await.as_str(), &response["expires"]), ("pending", &json!(now + 900)));
    let (status, body) = post(response["url"].as_str().unwrap(), &response["fields"], TEXT);
    assert_eq!(status, 201, "{body}");
    let version = fixture.versions(&id).await.remove(0);
    fixture.handle(&created(&id, &version)).await;
    assert_eq!(fixture.status(&id).await, "scanning");
    assert_eq!(fixture.places(&id).await, (false, false, false));
    fixture.handle(&scanned(&id, &version, ScanResult::NoThreatsFound)).await;
    assert_eq!(fixture.status(&id).await, "clean");
    assert_eq!(fixture.places(&id).await, (true, false, true));
    assert_eq!(fixture.content(INBOX, &file_key(&id)).await.as_deref(), Some(TEXT));
    assert_eq!(fixture.versions(&id).await, Vec::<String>::new());
    let summary: Value = serde_json::from_slice(&fixture.content(INBOX, &summary_key(&id)).await.unwrap()).unwrap();
    let record = fixture.record(&id).await;
    let expected = json!({
        "type": "text/plain", "size": TEXT.len(), "sha256": TEXT_SHA256, "paragraphs": 2, "words": 7,
    });
    assert_eq!(summary, expected);
    assert_eq!((record.work, record.reason, record.content), (None, None, Some(Content::Matches)));
}

#[tokio::test]
async fn s3_rejects_another_file_key_type_or_field_and_an_expired_form() {
    let fixture = Fixture::start().await;
    let now = fixture.set_clock_of_machine();
    let (id, response) = create(&fixture, TEXT.len()).await;
    let (url, fields) = (response["url"].as_str().unwrap(), &response["fields"]);
    let with = |name: &str, value: &str| {
        let mut fields = fields.clone();
        fields[name] = value.into();
        fields
    };
    let without = |name: &str| {
        let mut fields = fields.clone();
        fields.as_object_mut().unwrap().remove(name);
        fields
    };
    for (fields, content, status, code) in [
        (fields.clone(), [TEXT, b"!"].concat(), 400, "EntityTooLarge"),
        (fields.clone(), TEXT[1..].to_vec(), 400, "EntityTooSmall"),
        (fields.clone(), vec![0; 11 * 1024 * 1024], 400, "EntityTooLarge"),
        (with("key", "incoming/0123456789-_3456789abc"), TEXT.to_vec(), 403, "AccessDenied"),
        (with("Content-Type", "text/html"), TEXT.to_vec(), 403, "AccessDenied"),
        (with("x-amz-server-side-encryption", "aws:kms"), TEXT.to_vec(), 403, "AccessDenied"),
        (with("tagging", "<Tagging/>"), TEXT.to_vec(), 403, "AccessDenied"),
        (with("acl", "public-read"), TEXT.to_vec(), 403, "AccessDenied"),
        (without("Content-Type"), TEXT.to_vec(), 403, "AccessDenied"),
        (without("policy"), TEXT.to_vec(), 400, "InvalidArgument"),
    ] {
        let (found, body) = post(url, &fields, &content);
        assert_eq!((found, body.contains(&format!("<Code>{code}</Code>"))), (status, true), "{code}: {body}");
    }
    assert_eq!(fixture.versions(&id).await, Vec::<String>::new());
    fixture.set_clock(now - 901);
    let (_, old) = create(&fixture, TEXT.len()).await;
    let (status, body) = post(url, &old["fields"], TEXT);
    assert_eq!((status, body.contains("AccessDenied")), (403, true), "{body}");
}

#[tokio::test]
async fn requests_are_rejected_with_the_code_of_their_rule() {
    let fixture = Fixture::start().await;
    for (body, status, code) in [
        (json!({"name": "brief.pdf", "type": "application/pdf", "size": FILE_BYTES + 1}), 413, "file_too_large"),
        (json!({"name": "brief.zip", "type": "application/zip", "size": 1}), 415, "type_not_accepted"),
        (json!({"name": "../brief.pdf", "type": "application/pdf", "size": 1}), 400, "bad_request"),
        (json!({"name": "brief.pdf"}), 400, "bad_request"),
    ] {
        let (found, problem, _) = fixture.request("POST", "/inbox", &body).await;
        assert_eq!((found, problem["code"].as_str()), (status, Some(code)));
    }
    let (status, problem, _) = fixture.request("GET", "/inbox/0123456789-_3456789abc", &Value::Null).await;
    assert_eq!((status, problem["code"].as_str()), (410, Some("upload_unknown")));
}

#[tokio::test]
async fn three_uploads_may_be_pending_also_when_they_are_requested_at_once() {
    let fixture = Fixture::start().await;
    let body = json!({"name": "brief.txt", "type": "text/plain", "size": 7});
    let requests = (0..8).map(|_| fixture.request("POST", "/inbox", &body));
    let mut responses = Vec::new();
    for (status, _, retry_after) in futures(requests).await {
        // A request that meets another one too often is told to come back soon.
        assert!(matches!(status, 201 | 429 | 503), "{status}");
        assert_eq!(retry_after.is_some(), status != 201);
        responses.push(status);
    }
    assert_eq!(responses.iter().filter(|status| **status == 201).count(), 3, "{responses:?}");
    fixture.set_clock(NOW_S + 600);
    let (status, problem, retry_after) = fixture.request("POST", "/inbox", &body).await;
    assert_eq!(
        (status, problem["code"].as_str(), retry_after.as_deref()),
        (429, Some("too_many_requests"), Some("300"))
    );
    fixture.set_clock(NOW_S + 900);
    assert_eq!(fixture.request("POST", "/inbox", &body).await.0, 201);
}

async fn futures<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in &mut futures {
            if output.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *output = Some(ready);
            }
        }
        if futures.iter().all(|(_, output)| output.is_some()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    futures.into_iter().filter_map(|(_, output)| output).collect()
}

#[tokio::test]
async fn twenty_files_may_arrive_in_a_day_and_a_doubled_event_counts_once() {
    let fixture = Fixture::start().await;
    for _ in 0..20 {
        let (id, version) = arrived(&fixture, TEXT).await;
        fixture.handle(&created(&id, &version)).await;
    }
    let body = json!({"name": "brief.txt", "type": "text/plain", "size": 7});
    let (status, _, retry_after) = fixture.request("POST", "/inbox", &body).await;
    assert_eq!((status, retry_after.as_deref()), (429, Some("43200")));
    fixture.set_clock(NOW_S + 43_200);
    assert_eq!(fixture.request("POST", "/inbox", &body).await.0, 201);
}

#[tokio::test]
async fn each_scan_result_leads_to_its_status_and_bucket() {
    let fixture = Fixture::start().await;
    for (result, status, reason) in [
        (ScanResult::ThreatsFound, Status::Quarantined, Reason::ThreatsFound),
        (ScanResult::Unsupported, Status::Quarantined, Reason::Unsupported),
        (ScanResult::AccessDenied, Status::Failed, Reason::ScanAccessDenied),
        (ScanResult::Failed, Status::Failed, Reason::ScanFailed),
    ] {
        let (id, version) = arrived(&fixture, TEXT).await;
        fixture.handle(&scanned(&id, &version, result)).await;
        let record = fixture.record(&id).await;
        assert_eq!((record.status, record.reason, record.work), (status, Some(reason), None));
        assert_eq!(fixture.places(&id).await, (false, true, false), "{result}");
        // A second, contradicting result changes nothing.
        fixture.handle(&scanned(&id, &version, ScanResult::NoThreatsFound)).await;
        assert_eq!((fixture.record(&id).await.status, fixture.places(&id).await), (status, (false, true, false)));
    }
}

#[tokio::test]
async fn content_that_lies_is_quarantined_without_a_scan() {
    let fixture = Fixture::start().await;
    for content in [b"%PDF-1.7\n%%EOF\n".as_slice(), b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\0\0"] {
        let (id, version) = arrived(&fixture, content).await;
        let record = fixture.record(&id).await;
        assert_eq!((record.status, record.reason), (Status::Quarantined, Some(Reason::ContentMismatch)));
        assert_eq!(fixture.places(&id).await, (false, true, false));
        fixture.handle(&scanned(&id, &version, ScanResult::NoThreatsFound)).await;
        assert_eq!(fixture.places(&id).await, (false, true, false));
    }
}

#[tokio::test]
async fn a_scan_result_may_come_before_the_file_s_own_event() {
    let fixture = Fixture::start().await;
    let (id, _) = create(&fixture, TEXT.len()).await;
    let version = fixture.put(&id, TEXT).await;
    fixture.handle(&scanned(&id, &version, ScanResult::NoThreatsFound)).await;
    assert_eq!((fixture.status(&id).await.as_str(), fixture.places(&id).await), ("clean", (true, false, true)));
    fixture.handle(&created(&id, &version)).await;
    assert_eq!((fixture.status(&id).await.as_str(), fixture.places(&id).await), ("clean", (true, false, true)));
}

#[tokio::test]
async fn a_second_use_of_the_form_is_deleted_and_never_moved() {
    let fixture = Fixture::start().await;
    let (id, first) = arrived(&fixture, TEXT).await;
    let second = fixture.put(&id, TEXT).await;
    // The second version is scanned first, and clean.
    fixture.handle(&scanned(&id, &second, ScanResult::NoThreatsFound)).await;
    fixture.handle(&created(&id, &second)).await;
    assert_eq!((fixture.status(&id).await.as_str(), fixture.places(&id).await), ("scanning", (false, false, false)));
    assert_eq!(fixture.versions(&id).await, std::slice::from_ref(&first));
    fixture.handle(&scanned(&id, &first, ScanResult::ThreatsFound)).await;
    assert_eq!(fixture.places(&id).await, (false, true, false));
    let third = fixture.put(&id, TEXT).await;
    fixture.handle(&created(&id, &third)).await;
    assert_eq!((fixture.versions(&id).await.len(), fixture.places(&id).await), (0, (false, true, false)));
}

#[tokio::test]
async fn an_object_without_a_record_is_ignored() {
    let fixture = Fixture::start().await;
    let id = UploadId::parse("0123456789-_3456789abc").unwrap();
    let version = fixture.put(&id, TEXT).await;
    fixture.handle(&created(&id, &version)).await;
    fixture.handle(&scanned(&id, &version, ScanResult::NoThreatsFound)).await;
    assert_eq!((fixture.versions(&id).await, fixture.places(&id).await), (vec![version], (false, false, false)));
}

#[tokio::test]
async fn the_schedule_gives_up_what_never_arrived_and_quarantines_what_was_never_scanned() {
    let fixture = Fixture::start().await;
    let (abandoned, _) = create(&fixture, 7).await;
    let (unscanned, _) = arrived(&fixture, TEXT).await;
    fixture.set_clock(NOW_S + 1799);
    fixture.handle(&sweep()).await;
    assert_eq!(fixture.status(&unscanned).await, "scanning");
    fixture.set_clock(NOW_S + 1800);
    fixture.handle(&sweep()).await;
    let (abandoned, record) = (fixture.record(&abandoned).await, fixture.record(&unscanned).await);
    assert_eq!((abandoned.status, abandoned.reason), (Status::Failed, Some(Reason::NotUploaded)));
    assert_eq!((record.status, record.reason), (Status::Failed, Some(Reason::ScanOverdue)));
    assert_eq!(fixture.places(&unscanned).await, (false, true, false));
    assert_eq!(fixture.store.open().await.unwrap(), []);
}

#[tokio::test]
async fn the_schedule_finds_what_lost_events_would_have_said() {
    let fixture = Fixture::start().await;
    let (id, _) = create(&fixture, TEXT.len()).await;
    let version = fixture.put(&id, TEXT).await;
    fixture.tag(&id, &version, ScanResult::NoThreatsFound).await;
    fixture.handle(&sweep()).await;
    assert_eq!((fixture.status(&id).await.as_str(), fixture.places(&id).await), ("clean", (true, false, true)));
}

#[tokio::test]
async fn a_file_that_is_gone_fails() {
    let fixture = Fixture::start().await;
    let (id, version) = arrived(&fixture, TEXT).await;
    fixture.events.objects.delete(&id, &version).await.unwrap();
    fixture.handle(&scanned(&id, &version, ScanResult::NoThreatsFound)).await;
    let record = fixture.record(&id).await;
    assert_eq!((record.status, record.reason, record.work), (Status::Failed, Some(Reason::FileGone), None));
    assert_eq!(fixture.content(QUARANTINE, &file_key(&id)).await, None);
}

#[tokio::test]
async fn an_unreadable_document_is_moved_and_its_summary_says_so() {
    let fixture = Fixture::start().await;
    let content = b"%PDF-1.7\nnothing that can be counted";
    let body = json!({"name": "brief.pdf", "type": "application/pdf", "size": content.len()});
    let (_, body, _) = fixture.request("POST", "/inbox", &body).await;
    let id = UploadId::parse(body["id"].as_str().unwrap()).unwrap();
    let version = fixture.put(&id, content).await;
    fixture.handle(&scanned(&id, &version, ScanResult::NoThreatsFound)).await;
    assert_eq!((fixture.status(&id).await.as_str(), fixture.places(&id).await), ("clean", (true, false, true)));
    let summary: Value = serde_json::from_slice(&fixture.content(INBOX, &summary_key(&id)).await.unwrap()).unwrap();
    assert_eq!(summary["error"], "the file could not be read within the limits of time and memory");
}
