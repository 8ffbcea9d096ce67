//! A visitor's file, from the request to the bucket that it ends in: through the edge, the functions, S3's events and the stand-in
//! scanner.

use std::{
    sync::Mutex,
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use vitae_cloud::operate::inbox::Inbox;
use vitae_tests::{RunningSystem, running_system};

const TEXT: &str = "We are looking for an engineer.\n";

/// The EICAR test file, in two parts, so that no scanner takes this source for it.
const EICAR: [&str; 2] = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"];

/// The longest time until a file has its result. It takes a second on an idle machine.
const RESULT: Duration = Duration::from_secs(60);

/// Only three uploads may be pending.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn create(running: &RunningSystem, name: &str, media_type: &str, size: usize) -> Value {
    let body = json!({"name": name, "type": media_type, "size": size}).to_string();
    let request = running.request("POST", "/inbox").from_the_site().header("content-type", "application/json");
    let response = request.body(body).send();
    assert_eq!(response.status, 201, "{}", response.text());
    assert_eq!(response.header("cache-control"), "no-store");
    serde_json::from_str(&response.text()).unwrap()
}

/// Posts the form as a browser does. Returns the status and the body.
fn post(running: &RunningSystem, created: &Value, fields: &Value, content: &str) -> (u16, String) {
    let boundary = "a-boundary-that-no-file-of-these-tests-contains";
    let mut form = String::new();
    for (name, value) in fields.as_object().unwrap() {
        let value = value.as_str().unwrap();
        form.push_str(&format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    form.push_str(&format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n{content}\r\n--{boundary}--\r\n"
    ));
    let path = created["url"].as_str().unwrap().strip_prefix(running.address()).expect("the edge's own address");
    let request = running.request("POST", path).from_the_site();
    let request = request.header("content-type", format!("multipart/form-data; boundary={boundary}"));
    let response = request.body(form).send();
    (response.status.as_u16(), response.text())
}

/// The status of an upload, once it is final.
fn result(running: &RunningSystem, created: &Value) -> String {
    let (path, start) = (format!("/inbox/{}", created["id"].as_str().unwrap()), Instant::now());
    loop {
        let response = running.request("GET", &path).send();
        assert_eq!(response.status, 200, "{}", response.text());
        let status: Value = serde_json::from_str(&response.text()).unwrap();
        let status = status["status"].as_str().unwrap().to_owned();
        if !["pending", "scanning"].contains(&status.as_str()) {
            return status;
        }
        assert!(start.elapsed() < RESULT, "the upload is {status} after {RESULT:?}");
        sleep(Duration::from_millis(100));
    }
}

fn send(running: &RunningSystem, name: &str, media_type: &str, content: &str) -> (Value, String) {
    let created = create(running, name, media_type, content.len());
    let (status, body) = post(running, &created, &created["fields"], content);
    assert_eq!(status, 201, "{body}");
    let result = result(running, &created);
    (created, result)
}

fn inbox(running: &RunningSystem) -> Inbox {
    running.block_on(Inbox::find(running.system().owner().clone(), "tests")).unwrap()
}

#[test]
fn a_clean_file_reaches_the_owner_with_its_summary() {
    let (running, _clock) = running_system();
    let _guard = ONE_AT_A_TIME.lock();
    let (created, status) = send(running, "brief.txt", "text/plain", TEXT);
    assert_eq!(status, "clean");
    let id = created["id"].as_str().unwrap();
    let (inbox, folder) = (inbox(running), tempfile::tempdir().unwrap());
    let file = running.block_on(inbox.show(id)).unwrap();
    assert_eq!((file.name.as_str(), file.summary.as_ref().unwrap()["words"].as_u64()), ("brief.txt", Some(6)));
    let path = running.block_on(inbox.get(id, folder.path(), false)).unwrap();
    assert_eq!(
        (path.file_name().unwrap(), std::fs::read_to_string(&path).unwrap().as_str()),
        ("brief.txt".as_ref(), TEXT)
    );
    // A second use of the form is accepted by S3, deleted, and never seen by the owner.
    let (second, _) = post(running, &created, &created["fields"], &TEXT.replace("engineer", "enginear"));
    assert_eq!(second, 201);
    running.block_on(inbox.delete(&file)).unwrap();
    assert!(running.block_on(inbox.show(id)).is_err());
    let gone = running.request("GET", &format!("/inbox/{id}")).send();
    assert_eq!(gone.status_and_code(), (410, "upload_unknown".to_owned()));
}

#[test]
fn the_test_file_and_a_file_that_lies_are_quarantined() {
    let (running, _clock) = running_system();
    let _guard = ONE_AT_A_TIME.lock();
    let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    for (name, media_type, content) in
        [("eicar.txt", "text/plain", EICAR.concat()), ("brief.docx", docx, "%PDF-1.7\n%%EOF\n".to_owned())]
    {
        let (created, status) = send(running, name, media_type, &content);
        assert_eq!(status, "quarantined", "{name}");
        let (inbox, folder) = (inbox(running), tempfile::tempdir().unwrap());
        let id = created["id"].as_str().unwrap();
        assert!(running.block_on(inbox.get(id, folder.path(), false)).is_err());
        let path = running.block_on(inbox.get(id, folder.path(), true)).unwrap();
        assert_eq!(path.file_name().unwrap().to_str().unwrap(), format!("{name}.quarantined"));
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn s3_rejects_a_form_that_differs_from_its_policy() {
    let (running, _clock) = running_system();
    let _guard = ONE_AT_A_TIME.lock();
    let created = create(running, "brief.txt", "text/plain", TEXT.len());
    let with = |name: &str, value: &str| {
        let mut fields = created["fields"].clone();
        fields[name] = value.into();
        fields
    };
    for (fields, content, status, code) in [
        (with("x-amz-signature", &"0".repeat(64)), TEXT, 403, "SignatureDoesNotMatch"),
        (with("key", "incoming/0123456789-_3456789abc"), TEXT, 403, "AccessDenied"),
        (with("Content-Type", "text/html"), TEXT, 403, "AccessDenied"),
        (with("tagging", "<Tagging></Tagging>"), TEXT, 403, "AccessDenied"),
        (created["fields"].clone(), "too short", 400, "EntityTooSmall"),
    ] {
        let (found, body) = post(running, &created, &fields, content);
        assert_eq!((found, body.contains(code)), (status, true), "{code}: {body}");
    }
    // The upload may still be used, which also ends it.
    assert_eq!(post(running, &created, &created["fields"], TEXT).0, 201);
    assert_eq!(result(running, &created), "clean");
}

#[test]
fn requests_are_rejected_by_the_edge_or_by_the_function() {
    let (running, _clock) = running_system();
    let request = |origin: &str, body: &str| {
        running.request("POST", "/inbox").header("origin", origin).body(body.to_owned()).send().status_and_code()
    };
    let own = running.address();
    let large = r#"{"name":"a.pdf","type":"application/pdf","size":11000000}"#;
    assert_eq!(request("https://evil.example", "{}"), (403, "origin_not_allowed".to_owned()));
    assert_eq!(request(own, "{}"), (400, "bad_request".to_owned()));
    assert_eq!(request(own, large), (413, "file_too_large".to_owned()));
    assert_eq!(request(own, r#"{"name":"a.exe","type":"x/y","size":1}"#), (415, "type_not_accepted".to_owned()));
    let foreign = running.request("POST", "/.vitae/uploads").header("origin", "https://evil.example").send();
    assert_eq!(foreign.status, 403);
}
