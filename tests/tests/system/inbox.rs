//! A visitor's file, from the request to the bucket that it ends in: through the edge, the functions, S3's events and the stand-in
//! scanner.

use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::PermissionsExt as _,
    sync::{Mutex, MutexGuard, PoisonError},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use vitae_cloud::operate::inbox::Inbox;
use vitae_testing::pdf;
use vitae_tests::{RunningSystem, running_system};

const PDF: &str = "application/pdf";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const TEXT: &str = "We are looking for an engineer.\n";

/// The EICAR test file, in two parts, so that no scanner takes this source for it.
const EICAR: [&str; 2] = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"];

/// The longest time until a file has its result. It takes a second on an idle machine.
const RESULT: Duration = Duration::from_mins(1);

/// Only three uploads may be pending.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An upload that was requested.
struct Upload<'a> {
    running: &'a RunningSystem,
    id: String,
    url: String,
    fields: Value,
}

impl<'a> Upload<'a> {
    fn request(running: &'a RunningSystem, name: &str, media_type: &str, size: usize) -> Self {
        let body = json!({"name": name, "type": media_type, "size": size}).to_string();
        let request = running.request("POST", "/inbox").from_the_site().header("content-type", "application/json");
        let response = request.body(body).send();
        assert_eq!(response.status, 201, "{}", response.text());
        assert_eq!(response.header("cache-control"), "no-store");
        assert_eq!(response.header("access-control-allow-origin"), running.address());
        let body = response.json();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        assert!(body["expires"].as_u64().is_some(), "{body}");
        Self { running, id: text("id"), url: text("url"), fields: body["fields"].clone() }
    }

    /// The fields, one of them with another value; `None` removes it.
    fn with(&self, name: &str, value: Option<&str>) -> Value {
        let mut fields = self.fields.clone();
        let fields_object = fields.as_object_mut().unwrap();
        match value {
            Some(value) => _ = fields_object.insert(name.to_owned(), value.into()),
            None => _ = fields_object.remove(name).expect("the field"),
        }
        fields
    }

    /// Posts the form as a browser does. Returns the status and the body.
    fn post(&self, fields: &Value, content: &str) -> (u16, String) {
        let boundary = "a-boundary-that-no-file-of-these-tests-contains";
        let mut form = String::new();
        for (name, value) in fields.as_object().unwrap() {
            let value = value.as_str().unwrap();
            write!(form, "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").unwrap();
        }
        write!(
            form,
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n{content}\r\n--{boundary}--\r\n"
        )
        .unwrap();
        let path = self.url.strip_prefix(self.running.address()).expect("the edge's own address");
        let request = self.running.request("POST", path).from_the_site();
        let request = request.header("content-type", format!("multipart/form-data; boundary={boundary}"));
        let response = request.body(form).send();
        (response.status.as_u16(), response.text())
    }

    /// The status, once it is final.
    fn result(&self) -> String {
        let (path, start) = (format!("/inbox/{}", self.id), Instant::now());
        loop {
            let response = self.running.request("GET", &path).send();
            assert_eq!(response.status, 200, "{}", response.text());
            let status = response.json()["status"].as_str().unwrap().to_owned();
            if !["pending", "scanning"].contains(&status.as_str()) {
                return status;
            }
            assert!(start.elapsed() < RESULT, "the upload is {status} after {RESULT:?}");
            sleep(Duration::from_millis(100));
        }
    }

    /// The number of versions that are left in the upload bucket.
    fn versions(&self) -> usize {
        let (s3, bucket) =
            (self.running.system().ministack().root().s3(), &self.running.system().inbox().upload_bucket);
        let list = s3.list_object_versions().bucket(bucket).prefix(format!("incoming/{}", self.id)).send();
        self.running.block_on(list).unwrap().versions().len()
    }
}

fn send<'a>(running: &'a RunningSystem, name: &str, media_type: &str, content: &str) -> (Upload<'a>, String) {
    let upload = Upload::request(running, name, media_type, content.len());
    let (status, body) = upload.post(&upload.fields, content);
    assert_eq!(status, 201, "{body}");
    let result = upload.result();
    (upload, result)
}

fn inbox(running: &RunningSystem) -> Inbox {
    running.block_on(Inbox::find(running.system().owner().clone(), "tests")).unwrap()
}

#[test]
fn a_clean_pdf_reaches_the_owner_with_its_summary_and_is_deleted_by_the_owner() {
    let (running, _clock) = running_system();
    let _guard = one_at_a_time();
    let (upload, status) = send(running, "brief.pdf", PDF, &pdf());
    assert_eq!(status, "clean");
    let (inbox, folder) = (inbox(running), tempfile::tempdir().unwrap());
    let listed = running.block_on(inbox.list()).unwrap();
    assert!(listed.iter().any(|file| file.id == upload.id && file.status == "clean" && file.name == "brief.pdf"));
    let file = running.block_on(inbox.show(&upload.id)).unwrap();
    let summary = file.summary.as_ref().unwrap();
    assert_eq!((summary["title"].as_str(), summary["pages"].as_u64()), (Some("A brief"), Some(1)));
    assert_eq!((summary["type"].as_str(), summary["sha256"].as_str()), (Some(PDF), file.sha256.as_deref()));
    let path = running.block_on(inbox.get(&upload.id, folder.path(), false)).unwrap();
    assert_eq!(path.file_name().unwrap(), "brief.pdf");
    assert_eq!(fs::read_to_string(&path).unwrap(), pdf());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // No file is replaced.
    assert!(running.block_on(inbox.get(&upload.id, folder.path(), false)).is_err());
    running.block_on(inbox.delete(&file)).unwrap();
    assert!(running.block_on(inbox.show(&upload.id)).is_err());
    let gone = running.request("GET", &format!("/inbox/{}", upload.id)).send();
    assert_eq!(gone.status_and_code(), (410, "upload_unknown".to_owned()));
}

#[test]
fn the_test_file_and_a_file_that_lies_are_quarantined() {
    let (running, _clock) = running_system();
    let _guard = one_at_a_time();
    for (name, media_type, content, reason) in
        [("eicar.txt", "text/plain", EICAR.concat(), "threats_found"), ("brief.docx", DOCX, pdf(), "content_mismatch")]
    {
        let (upload, status) = send(running, name, media_type, &content);
        assert_eq!(status, "quarantined", "{name}");
        let (inbox, folder) = (inbox(running), tempfile::tempdir().unwrap());
        let file = running.block_on(inbox.show(&upload.id)).unwrap();
        assert_eq!((file.reason.as_deref(), file.summary), (Some(reason), None), "{name}");
        let refused = running.block_on(inbox.get(&upload.id, folder.path(), false)).unwrap_err().to_string();
        assert!(refused.contains("--quarantined"), "{refused}");
        let path = running.block_on(inbox.get(&upload.id, folder.path(), true)).unwrap();
        assert_eq!(path.file_name().unwrap().to_str().unwrap(), format!("{name}.quarantined"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_second_use_of_a_form_is_deleted_and_changes_nothing() {
    let (running, _clock) = running_system();
    let _guard = one_at_a_time();
    let (upload, status) = send(running, "brief.txt", "text/plain", TEXT);
    assert_eq!(status, "clean");
    // S3 accepts it until it expires.
    let (second, body) = upload.post(&upload.fields, &TEXT.replace("engineer", "enginear"));
    assert_eq!(second, 201, "{body}");
    let start = Instant::now();
    while upload.versions() > 0 {
        assert!(start.elapsed() < RESULT, "the second version is still there");
        sleep(Duration::from_millis(100));
    }
    let (inbox, folder) = (inbox(running), tempfile::tempdir().unwrap());
    let path = running.block_on(inbox.get(&upload.id, folder.path(), false)).unwrap();
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), upload.result().as_str()), (TEXT, "clean"));
}

/// Expired forms are covered by the tests of the inbox's crate, which set the clock.
#[test]
fn s3_rejects_a_form_that_differs_from_its_policy() {
    let (running, _clock) = running_system();
    let _guard = one_at_a_time();
    let upload = Upload::request(running, "brief.txt", "text/plain", TEXT.len());
    let eleven_mb = "x".repeat(11 * 1024 * 1024);
    for (fields, content, status, code) in [
        (upload.fields.clone(), eleven_mb.as_str(), 400, "EntityTooLarge"),
        (upload.fields.clone(), "too short", 400, "EntityTooSmall"),
        (upload.with("x-amz-signature", Some(&"0".repeat(64))), TEXT, 403, "SignatureDoesNotMatch"),
        (upload.with("key", Some("incoming/0123456789-_3456789abc")), TEXT, 403, "AccessDenied"),
        (upload.with("Content-Type", Some("text/html")), TEXT, 403, "AccessDenied"),
        (upload.with("x-amz-server-side-encryption", Some("aws:kms")), TEXT, 403, "AccessDenied"),
        (upload.with("tagging", Some("<Tagging></Tagging>")), TEXT, 403, "AccessDenied"),
        (upload.with("acl", Some("public-read")), TEXT, 403, "AccessDenied"),
        (upload.with("Content-Type", None), TEXT, 403, "AccessDenied"),
        (upload.with("policy", None), TEXT, 400, "InvalidArgument"),
    ] {
        let (found, body) = upload.post(&fields, content);
        assert_eq!((found, body.contains(&format!("<Code>{code}</Code>"))), (status, true), "{code}: {found} {body}");
    }
    assert_eq!(upload.versions(), 0);
    let (inbox, folder) = (inbox(running), tempfile::tempdir().unwrap());
    let nothing = running.block_on(inbox.get(&upload.id, folder.path(), true)).unwrap_err().to_string();
    assert!(nothing.contains("is pending: there is no file"), "{nothing}");
    for id in ["", "!"] {
        let unknown = running.block_on(inbox.show(id)).unwrap_err().to_string();
        assert!(unknown.starts_with("0 uploads have an id"), "{unknown}");
    }
    // The form may still be used, which also ends it.
    assert_eq!(upload.post(&upload.fields, TEXT).0, 201);
    assert_eq!(upload.result(), "clean");
}

#[test]
fn requests_are_rejected_by_the_edge_or_by_the_function() {
    let (running, _clock) = running_system();
    let request = |origin: &str, body: &str| {
        running.request("POST", "/inbox").header("origin", origin).body(body.to_owned()).send().status_and_code()
    };
    let own = running.address();
    for (origin, body, status, code) in [
        ("https://evil.example", "{}", 403, "origin_not_allowed"),
        (own, "{}", 400, "bad_request"),
        (own, r#"{"name":"../a.pdf","type":"application/pdf","size":1}"#, 400, "bad_request"),
        (own, r#"{"name":"a.pdf","type":"application/pdf","size":11534336}"#, 413, "file_too_large"),
        (own, r#"{"name":"a.exe","type":"application/x-msdownload","size":1}"#, 415, "type_not_accepted"),
        (own, r#"{"name":"a.exe","type":"application/pdf","size":1}"#, 415, "type_not_accepted"),
        (own, &"x".repeat(5_000), 413, "body_too_large"),
    ] {
        assert_eq!(request(origin, body), (status, code.to_owned()), "{body:.80}");
    }
    let unknown = running.request("GET", "/inbox/0123456789-_3456789abc").send();
    assert_eq!(unknown.status_and_code(), (410, "upload_unknown".to_owned()));
    assert_eq!(running.request("GET", "/inbox").send().status_and_code(), (405, "method_not_allowed".to_owned()));
    let other = running.request("GET", "/inbox/x").send();
    assert_eq!(other.status_and_code(), (400, "not_found".to_owned()));
}

#[test]
fn the_local_edge_passes_on_forms_of_its_own_pages_only() {
    let (running, _clock) = running_system();
    let path = "/.vitae/uploads";
    let foreign = running.request("POST", path).header("origin", "https://evil.example").send();
    assert_eq!(foreign.status, 403);
    let cross_site = running.request("POST", path).header("sec-fetch-site", "cross-site").send();
    assert_eq!(cross_site.status, 403);
    assert_eq!(running.request("GET", path).send().status, 405);
    let too_large = running.request("POST", path).from_the_site().body(vec![0_u8; 17 * 1024 * 1024]).send();
    assert_eq!(too_large.status, 413);
    // Without a form, the bucket's own response is passed on.
    let empty = running.request("POST", path).from_the_site().send();
    assert!(empty.status.is_client_error(), "{}", empty.status);
}
