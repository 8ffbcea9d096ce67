//! A key that the owner supplies at `signer/next`. OpenSSL generates every key while the test runs.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use super::*;

fn openssl(arguments: &str) -> String {
    let output = Command::new("openssl").args(arguments.split(' ')).output().expect("openssl runs");
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("PEM is text")
}

fn rsa(bits: usize) -> String {
    openssl(&format!("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:{bits}"))
}

fn curve(name: &str) -> String {
    openssl(&format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:{name}"))
}

/// Runs OpenSSL on a key in a file, for commands that do not read standard input.
fn from_file(pem: &str, arguments: &str) -> String {
    let folder = std::env::temp_dir().join(format!("vitae-owners-key-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("key.pem");
    std::fs::write(&file, pem).unwrap();
    let made = openssl(&arguments.replace("KEY", file.to_str().unwrap()));
    std::fs::remove_dir_all(&folder).unwrap();
    made
}

impl Fixture {
    /// Stores a key, and handles Parameter Store's event.
    async fn supply(&self, pem: &str) -> Value {
        let name = resume().parameter(Parameter::SignerNext);
        let put = self.ssm.put_parameter().name(&name).value(pem).r#type("SecureString".into());
        put.overwrite(true).tier("Advanced".into()).send().await.unwrap();
        self.serve(change(), LEFT).await.unwrap()
    }
}

/// The event of a key at `signer/next`.
fn change() -> Value {
    json!({
        "source": "aws.ssm", "detail-type": "Parameter Store Change",
        "detail": { "name": resume().parameter(Parameter::SignerNext), "operation": "Create", "type": "SecureString" },
    })
}

#[tokio::test]
async fn rsa_and_p256_are_accepted_and_the_active_key_stays_in_use() {
    for (pem, algorithm) in [(rsa(2048), "rsa-2048"), (curve("P-256"), "ecdsa-p256")] {
        let fixture = Fixture::start().await;
        fixture.request("Create").await;
        let before = fixture.parameter(Parameter::SignerActive).await.unwrap();
        let status = fixture.supply(&pem).await;
        assert_eq!(
            (&status["keys"][0]["phase"], &status["keys"][0]["algorithm"]),
            (&json!("in-group"), &json!(algorithm))
        );
        // It stays until it is active.
        assert_eq!(status["next_key"], Value::Null, "{status}");
        assert_eq!(fixture.parameter(Parameter::SignerNext).await.unwrap().value, Some(pem.clone()));
        assert_eq!(fixture.parameter(Parameter::SignerActive).await.unwrap(), before);
        fixture.assert_not_logged(&pem, &status);
    }
}

#[tokio::test]
async fn every_other_key_is_rejected_with_its_reason_and_nothing_changes() {
    let fixture = Fixture::start().await;
    fixture.request("Create").await;
    let before =
        (fixture.parameter(Parameter::SignerActive).await, fixture.public_keys().await, fixture.groups().await);
    let p256 = curve("P-256");
    let good = rsa(2048);
    let mut reasons = std::collections::BTreeMap::new();
    for (kind, pem) in [
        ("RSA 1024", rsa(1024)),
        ("RSA 4096", rsa(4096)),
        ("P-384", curve("P-384")),
        ("Ed25519", openssl("genpkey -algorithm ED25519")),
        ("certificate", from_file(&p256, "req -new -x509 -key KEY -subj /CN=example.com -days 1")),
        ("encrypted", from_file(&p256, "pkcs8 -topk8 -in KEY -passout pass:x")),
        ("public", from_file(&p256, "pkey -in KEY -pubout")),
        ("garbage", "not a key".to_owned()),
        ("empty", " ".to_owned()),
        ("cut off", good[..good.len() / 2].to_owned()),
    ] {
        let status = fixture.supply(&pem).await;
        let next = &status["next_key"];
        assert_eq!(next["accepted"], false, "{kind}: {status}");
        assert!(fixture.parameter(Parameter::SignerNext).await.is_none(), "{kind}: signer/next is left");
        let reason = next["reason"].as_str().unwrap().to_owned();
        println!("{kind}: {reason}");
        fixture.assert_not_logged(&pem, &status);
        if let Some(other) = reasons.insert(reason.clone(), kind) {
            panic!("{kind} and {other} are refused alike: {reason}");
        }
    }
    let after = (fixture.parameter(Parameter::SignerActive).await, fixture.public_keys().await, fixture.groups().await);
    assert_eq!(before, after, "the active key is unchanged");
    let written = fixture.parameter(Parameter::SignerStatus).await.unwrap();
    assert_eq!(written.r#type, Some("String".into()));
    assert!(fixture.log.lock().unwrap().concat().contains("\"KeyRejections\":1"));
}

#[tokio::test]
async fn a_retiring_key_is_not_accepted_again_and_the_active_one_is_kept() {
    let fixture = Fixture::start().await;
    fixture.request("Create").await;
    let json = fixture.pair(Parameter::SignerActive).await.unwrap().to_json();
    let json: Value = serde_json::from_str(&json).unwrap();
    let status = fixture.supply(json["private_key"].as_str().unwrap()).await;
    assert_eq!(status["next_key"]["reason"], "it is the active key", "{status}");
    assert!(fixture.parameter(Parameter::SignerNext).await.is_none());
    fixture.assert_one_key(&fixture.groups().await[0].0.clone().into()).await;
}

#[tokio::test]
async fn a_key_supplied_while_another_is_rejected_is_checked_next() {
    let fixture = Fixture::start().await;
    fixture.request("Create").await;
    fixture.put(Parameter::SignerNext, "not a key").await;
    let brought = curve("P-256");
    // Between the check of the first key and its deletion.
    let cloud = fixture.clients_that_supply(&brought).await;
    let handler = fixture.handler_with(cloud, &[], clock());
    let status = fixture.serve_with(&handler, change(), LEFT).await.unwrap();
    assert_eq!(fixture.parameter(Parameter::SignerNext).await.unwrap().value, Some(brought));
    assert_eq!(status["keys"][0]["phase"], "in-group", "{status}");
    assert_eq!(status["next_key"]["accepted"], false, "the first was rejected");
}

#[tokio::test]
async fn a_key_whose_copy_at_pending_is_lost_is_accepted_again() {
    let fixture = Fixture::start().await;
    fixture.request("Create").await;
    fixture.put(Parameter::SignerNext, &curve("P-256")).await;
    let snapshot = fixture.clients().observe(&resume()).await.unwrap();
    fixture.clients().act(&resume(), &snapshot, &Action::AcceptNext).await.unwrap();
    let taken = fixture.pair(Parameter::SignerPending).await.unwrap().private_key().public_key_pem();
    fixture.ssm.delete_parameter().name(resume().parameter(Parameter::SignerPending)).send().await.unwrap();
    fixture.serve(change(), LEFT).await.unwrap();
    assert_eq!(fixture.pair(Parameter::SignerPending).await.unwrap().private_key().public_key_pem(), taken);
}

#[tokio::test]
async fn a_delayed_run_deletes_only_the_key_pair_that_it_observed() {
    let fixture = Fixture::start().await;
    fixture.request("Create").await;
    let active = fixture.pair(Parameter::SignerActive).await.unwrap();
    fixture.put(Parameter::SignerPending, &active.to_json()).await;
    let snapshot = fixture.clients().observe(&resume()).await.unwrap();
    let other = vitae_keys::key_pair::generate(P256).unwrap().to_json();
    fixture.put(Parameter::SignerPending, &other).await;
    let lags = fixture.clients().act(&resume(), &snapshot, &Action::DeletePending).await.unwrap_err();
    assert!(lags.is_conflict(), "{lags}");
    assert_eq!(*fixture.pair(Parameter::SignerPending).await.unwrap().to_json(), *other);
}

impl Fixture {
    /// Asserts that neither the log nor the status contains a line of this PEM.
    fn assert_not_logged(&self, pem: &str, status: &Value) {
        let said = format!("{:?} {status}", self.log.lock().unwrap());
        let lines = pem.lines().filter(|line| line.len() > 16 && !line.starts_with('-'));
        for line in lines {
            assert!(!said.contains(&line[..16]), "a line of the key is in the output");
        }
    }
}

/// Parameter Store's connector, which stores a key for the owner as soon as the function writes its first status.
#[derive(Clone, Debug)]
struct Brings {
    real: SharedHttpConnector,
    ssm: aws_sdk_ssm::Client,
    pem: String,
    is_brought: Arc<AtomicBool>,
}

impl HttpConnector for Brings {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            let writes = request.headers().get("x-amz-target").is_some_and(|target| target.ends_with(".PutParameter"));
            let response = this.real.call(request).await;
            if writes && !this.is_brought.swap(true, Ordering::SeqCst) {
                let put = this.ssm.put_parameter().name(resume().parameter(Parameter::SignerNext)).value(&this.pem);
                put.r#type("SecureString".into()).overwrite(true).send().await.unwrap();
            }
            response
        })
    }
}

impl Fixture {
    async fn clients_that_supply(&self, pem: &str) -> AwsClients {
        let config = self.ministack.config().await;
        let real = vitae_lambda::http_connector(Duration::from_secs(5), Duration::from_secs(30));
        let (real, ssm, pem) = (real, self.ssm.clone(), pem.to_owned());
        let is_brought = Arc::<AtomicBool>::default();
        let client = http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| {
            let real = real.clone();
            let (ssm, pem, is_brought) = (ssm.clone(), pem.clone(), Arc::clone(&is_brought));
            SharedHttpConnector::new(Brings { real, ssm, pem, is_brought })
        });
        let ssm = aws_sdk_ssm::config::Builder::from(&config).http_client(client).build();
        let ssm = aws_sdk_ssm::Client::from_conf(ssm);
        AwsClients::new(self.cloudfront.clone(), ssm, self.s3.clone(), Some(BUCKET.to_owned()))
    }
}
