//! The inbox's table, buckets and topic in ministack, and its two handlers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketVersioningStatus, Tag, Tagging, VersioningConfiguration};
use serde_json::{Value, json};
use vitae_inbox::events::event::{SCAN_DETAIL_TYPE, SCAN_SOURCE};
use vitae_inbox::objects::{Buckets, Objects, SCAN_TAG, file_key, summary_key};
use vitae_inbox::record::{Record, ScanResult, object_key};
use vitae_inbox::settings::RequestSettings;
use vitae_inbox::store::Store;
use vitae_inbox::summary::process::{Summarizer, WAIT};
use vitae_inbox::upload_id::UploadId;
use vitae_inbox::{events, http};
use vitae_testing::ministack::{Ministack, REGION};

pub(crate) const UPLOADS: &str = "vitae-uploads";
pub(crate) const INBOX: &str = "vitae-inbox";
pub(crate) const QUARANTINE: &str = "vitae-quarantine";
const TABLE: &str = "inbox";

/// 2026-11-20T12:00:00Z.
pub(crate) const NOW_S: u64 = 1_795_176_000;

pub(crate) struct Fixture {
    /// Stopped when the fixture is dropped.
    _ministack: Ministack,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) store: Store,
    pub(crate) requests: http::handler::Handler,
    pub(crate) events: events::handler::Handler,
    clock: Arc<AtomicU64>,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let ministack = Ministack::start();
        let configuration = ministack.config().await;
        let s3 = aws_sdk_s3::Client::from_conf(
            aws_sdk_s3::config::Builder::from(&configuration).force_path_style(true).build(),
        );
        for bucket in [UPLOADS, INBOX, QUARANTINE] {
            s3.create_bucket().bucket(bucket).send().await.unwrap();
            let enabled = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
            s3.put_bucket_versioning().bucket(bucket).versioning_configuration(enabled).send().await.unwrap();
        }
        let dynamodb = aws_sdk_dynamodb::Client::new(&configuration);
        let attribute = AttributeDefinition::builder().attribute_name("pk").attribute_type("S".into());
        let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash);
        let table = dynamodb.create_table().table_name(TABLE).billing_mode(BillingMode::PayPerRequest);
        let table = table.attribute_definitions(attribute.build().unwrap()).key_schema(key.build().unwrap());
        table.send().await.unwrap();
        let sns = aws_sdk_sns::Client::new(&configuration);
        let topic = sns.create_topic().name("notices").send().await.unwrap().topic_arn.unwrap();
        let settings = RequestSettings {
            table: TABLE.into(),
            region: REGION.into(),
            upload_bucket: UPLOADS.into(),
            upload_url: format!("{}/{UPLOADS}", ministack.endpoint()),
        };
        let store = Store::new(dynamodb, TABLE.into());
        let credentials = SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "a test"));
        let clock = Arc::new(AtomicU64::new(NOW_S));
        let buckets = Buckets { upload: UPLOADS.into(), inbox: INBOX.into(), quarantine: QUARANTINE.into() };
        let events = events::handler::Handler {
            store: store.clone(),
            objects: Objects::new(s3.clone(), buckets),
            sns,
            topic,
            summarizer: Summarizer { program: env!("CARGO_BIN_EXE_summarize").into(), wait: WAIT },
            clock: {
                let clock = Arc::clone(&clock);
                Arc::new(move || at(clock.load(Ordering::SeqCst)))
            },
            log: Arc::new(|_| {}),
        };
        let requests = http::handler::Handler::new(store.clone(), settings, credentials);
        Self { _ministack: ministack, s3, store, requests, events, clock }
    }

    pub(crate) fn set_clock(&self, seconds: u64) {
        self.clock.store(seconds, Ordering::SeqCst);
    }

    /// Sets the clock to the machine's, which is that of ministack's S3. Returns the time.
    pub(crate) fn set_clock_of_machine(&self) -> u64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        self.set_clock(since.as_secs());
        since.as_secs()
    }

    pub(crate) fn now(&self) -> u64 {
        self.clock.load(Ordering::SeqCst)
    }

    /// Sends a request to the handler. Returns status, body and `Retry-After`.
    pub(crate) async fn request(&self, method: &str, path: &str, body: &Value) -> (i64, Value, Option<String>) {
        let event = json!({
            "version": "2.0", "rawPath": path, "rawQueryString": "", "isBase64Encoded": false, "body": body.to_string(),
            "headers": {"x-vitae-allow-origin": "https://example.com"},
            "requestContext": {"timeEpoch": 0, "http": {"method": method, "path": path, "sourceIp": "203.0.113.7"}},
        });
        let output = self.requests.handle(event, "r-1", at(self.now())).await;
        let line = output.log_line.to_string();
        assert!(!line.contains("203.0.113.7") && !line.contains("brief"), "{line}");
        let response = output.response;
        assert_eq!(response.headers["access-control-allow-origin"], "https://example.com");
        let retry_after = response.headers.get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        (response.status_code, serde_json::from_str(response.body.as_deref().unwrap()).unwrap(), retry_after)
    }

    pub(crate) async fn status(&self, id: &UploadId) -> String {
        let (status, body, _) = self.request("GET", &format!("/inbox/{id}"), &Value::Null).await;
        assert_eq!(status, 200, "{body}");
        body["status"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn record(&self, id: &UploadId) -> Record {
        self.store.get(id).await.unwrap().unwrap()
    }

    /// Uploads a version as S3 stores one that was posted. Returns its version id.
    pub(crate) async fn put(&self, id: &UploadId, content: &[u8]) -> String {
        let put = self.s3.put_object().bucket(UPLOADS).key(object_key(id)).body(ByteStream::from(content.to_vec()));
        put.send().await.unwrap().version_id.unwrap()
    }

    /// Tags a version as the scanner does.
    pub(crate) async fn tag(&self, id: &UploadId, version: &str, result: ScanResult) {
        let tag = Tag::builder().key(SCAN_TAG).value(result.as_str()).build().unwrap();
        let tagging = Tagging::builder().tag_set(tag).build().unwrap();
        let put = self.s3.put_object_tagging().bucket(UPLOADS).key(object_key(id)).version_id(version);
        put.tagging(tagging).send().await.unwrap();
    }

    pub(crate) async fn handle(&self, event: &Value) {
        self.events.handle(event, "r-1").await.unwrap();
    }

    /// Which of the buckets inbox and quarantine have the file, and whether there is a summary.
    pub(crate) async fn places(&self, id: &UploadId) -> (bool, bool, bool) {
        (
            self.content(INBOX, &file_key(id)).await.is_some(),
            self.content(QUARANTINE, &file_key(id)).await.is_some(),
            self.content(INBOX, &summary_key(id)).await.is_some(),
        )
    }

    pub(crate) async fn content(&self, bucket: &str, key: &str) -> Option<Vec<u8>> {
        let output = self.s3.get_object().bucket(bucket).key(key).send().await.ok()?;
        Some(output.body.collect().await.unwrap().to_vec())
    }

    pub(crate) async fn versions(&self, id: &UploadId) -> Vec<String> {
        self.events.objects.versions(id).await.unwrap()
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

pub(crate) fn created(id: &UploadId, version: &str) -> Value {
    json!({
        "source": "aws.s3", "detail-type": "Object Created",
        "detail": {"bucket": {"name": UPLOADS}, "object": {"key": object_key(id), "version-id": version, "size": 1}},
    })
}

pub(crate) fn scanned(id: &UploadId, version: &str, result: ScanResult) -> Value {
    json!({
        "source": SCAN_SOURCE, "detail-type": SCAN_DETAIL_TYPE,
        "detail": {
            "s3ObjectDetails": {"bucketName": UPLOADS, "objectKey": object_key(id), "versionId": version},
            "scanResultDetails": {"scanResultStatus": result.as_str(), "threats": null},
        },
    })
}

pub(crate) fn sweep() -> Value {
    json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}})
}
