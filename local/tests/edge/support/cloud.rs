//! A separate ministack for each test, with `AUTH=true`: it checks signatures, IAM policies and bucket policies.

use std::io::{Cursor, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aws_sdk_cloudfront::config::{BehaviorVersion, Region};
use aws_sdk_cloudfront::types::DistributionConfig;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, FunctionUrlAuthType, Runtime};
use serde_json::{Value, json};
use tempfile::TempDir;
use vitae_local::{
    Clock, Credentials, IAM_ACTIONS, IAM_ACTIONS_ON_SESSIONS, IAM_ACTIONS_ON_STORES, LocalEdge, Options, RequestLog,
    ViewerProperties,
};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const ACCOUNT: &str = "000000000000";
/// Starting takes a quarter of a second on an idle machine.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// The path in a variable that `cargo vitae test` sets.
pub(crate) fn program(variable: &str) -> PathBuf {
    let path = std::env::var_os(variable).unwrap_or_else(|| panic!("{variable} is not set: run `cargo vitae test`"));
    PathBuf::from(path)
}

pub(crate) struct Cloud {
    process: Child,
    pub(crate) endpoint: String,
    pub(crate) folder: TempDir,
    pub(crate) node: PathBuf,
    local_edge: Credentials,
    pub(crate) cloudfront: aws_sdk_cloudfront::Client,
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) iam: aws_sdk_iam::Client,
}

impl Cloud {
    /// Starts ministack, and creates the user `local-edge` and the role `edge`.
    pub(crate) async fn start() -> Self {
        let (ministack, node) = (program("VITAE_MINISTACK"), program("VITAE_NODE24"));
        let folder = tempfile::tempdir().unwrap();
        // Another process may take this port before ministack does; then the test fails with a message.
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let endpoint = format!("http://127.0.0.1:{port}");
        let path = format!("{}:{}", node.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
        let log = std::fs::File::create(folder.path().join("ministack.log")).unwrap();
        let process = Command::new(&ministack)
            .env("PATH", path)
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("IOT_MTLS_ENABLED", "0")
            .env("AUTH", "true")
            .env("TMPDIR", folder.path())
            .env("STATE_DIR", folder.path())
            .env("S3_DATA_DIR", folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}: run `cargo vitae test`", ministack.display()));
        let root = Credentials::new("test", "test", None, None, "root of the local cloud");
        macro_rules! client {
            ($sdk:ident) => {
                $sdk::Config::builder()
                    .behavior_version(BehaviorVersion::latest())
                    .region(Region::new("us-east-1"))
                    .credentials_provider(root.clone())
                    .endpoint_url(&endpoint)
            };
        }
        let mut cloud = Self {
            cloudfront: aws_sdk_cloudfront::Client::from_conf(client!(aws_sdk_cloudfront).build()),
            lambda: aws_sdk_lambda::Client::from_conf(client!(aws_sdk_lambda).build()),
            s3: aws_sdk_s3::Client::from_conf(client!(aws_sdk_s3).force_path_style(true).build()),
            iam: aws_sdk_iam::Client::from_conf(client!(aws_sdk_iam).build()),
            process,
            local_edge: root.clone(),
            endpoint,
            folder,
            node,
        };
        let started = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(started.elapsed() < START_TIMEOUT, "ministack does not listen on port {port}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        cloud.create_user_with_policy().await;
        cloud.create_role_with_policy().await;
        cloud
    }

    async fn create_user_with_policy(&mut self) {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": IAM_ACTIONS, "Resource": "*" }] });
        self.iam.create_user().user_name("local-edge").send().await.unwrap();
        let put =
            self.iam.put_user_policy().user_name("local-edge").policy_name("edge").policy_document(policy.to_string());
        put.send().await.unwrap();
        let key = self.iam.create_access_key().user_name("local-edge").send().await.unwrap().access_key.unwrap();
        self.local_edge = Credentials::new(key.access_key_id(), key.secret_access_key(), None, None, "local-edge");
    }

    /// Allows `local-edge` to read key value stores.
    pub(crate) async fn allow_key_value_stores(&self) {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": IAM_ACTIONS_ON_STORES, "Resource": "*" }] });
        let put = self.iam.put_user_policy().user_name("local-edge").policy_name("stores");
        put.policy_document(policy.to_string()).send().await.unwrap();
    }

    /// Creates a role that `local-edge` can assume and that can read parameters under `/allowed/`.
    async fn create_role_with_policy(&self) {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:user/local-edge"), "Service": "lambda.amazonaws.com" },
            "Action": "sts:AssumeRole",
        }] });
        self.iam.create_role().role_name("edge").assume_role_policy_document(trust.to_string()).send().await.unwrap();
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Action": "ssm:GetParameter",
            "Resource": format!("arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/allowed/*"),
        }] });
        let put = self.iam.put_role_policy().role_name("edge").policy_name("read").policy_document(policy.to_string());
        put.send().await.unwrap();
    }

    /// Serves a distribution with the system's clock.
    pub(crate) async fn serve(&self, distribution_id: &str) -> LocalEdge {
        self.serve_at(distribution_id, Clock::system()).await.unwrap()
    }

    pub(crate) async fn serve_at(&self, distribution_id: &str, clock: Clock) -> Result<LocalEdge, vitae_local::Error> {
        self.serve_on(distribution_id, clock, 0).await
    }

    pub(crate) async fn serve_on(
        &self,
        distribution_id: &str,
        clock: Clock,
        port: u16,
    ) -> Result<LocalEdge, vitae_local::Error> {
        LocalEdge::start(Options { listen: port, ..self.options(distribution_id, clock) }).await
    }

    /// Serves over HTTPS, with a development certificate.
    pub(crate) async fn serve_https(&self, distribution_id: &str) -> LocalEdge {
        LocalEdge::start(Options { https: true, ..self.options(distribution_id, Clock::system()) }).await.unwrap()
    }

    /// Serves with live reload, as `vitae dev` does.
    pub(crate) async fn serve_live(&self, distribution_id: &str) -> LocalEdge {
        LocalEdge::start(Options { live_reload: true, ..self.options(distribution_id, Clock::system()) }).await.unwrap()
    }

    /// Serves read-only.
    pub(crate) async fn serve_read_only(&self, distribution_id: &str) -> LocalEdge {
        LocalEdge::start(Options { read_only: true, ..self.options(distribution_id, Clock::system()) }).await.unwrap()
    }

    /// Serves with a request log.
    pub(crate) async fn serve_traced(&self, distribution_id: &str, request_log: RequestLog) -> LocalEdge {
        LocalEdge::start(Options { request_log, ..self.options(distribution_id, Clock::system()) }).await.unwrap()
    }

    /// Serves a distribution whose functions get credentials with this session policy.
    pub(crate) async fn serve_with_session_policy(&self, distribution_id: &str, policy: &Value) -> LocalEdge {
        let function_session_policy = Some(policy.to_string());
        let options = self.options(distribution_id, Clock::system());
        LocalEdge::start(Options { function_session_policy, ..options }).await.unwrap()
    }

    /// The credentials of the user `local-edge`.
    pub(crate) const fn local_edge(&self) -> &Credentials {
        &self.local_edge
    }

    /// Allows `local-edge` to create federated sessions.
    pub(crate) async fn allow_sessions(&self) {
        let policy = json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": IAM_ACTIONS_ON_SESSIONS, "Resource": "*" },
            { "Effect": "Allow", "Action": "ssm:*", "Resource": "*" },
        ] });
        let put = self.iam.put_user_policy().user_name("local-edge").policy_name("sessions");
        put.policy_document(policy.to_string()).send().await.unwrap();
    }

    /// Replaces the trust policy of the role `edge` by one that trusts Lambda only, as in an account.
    pub(crate) async fn trust_lambda_only(&self) {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole",
        }] });
        let update = self.iam.update_assume_role_policy().role_name("edge").policy_document(trust.to_string());
        update.send().await.unwrap();
    }

    fn options(&self, distribution_id: &str, clock: Clock) -> Options {
        Options {
            endpoint_url: Some(self.endpoint.clone()),
            region: "us-east-1".to_owned(),
            credentials: self.local_edge.clone(),
            distribution_id: distribution_id.to_owned(),
            snapshot: None,
            origins: Vec::new(),
            viewer: ViewerProperties::default(),
            listen: 0,
            https: false,
            live_reload: false,
            pages: None,
            uploads: None,
            function_session_policy: None,
            read_only: false,
            node: self.node.clone(),
            clock,
            request_log: RequestLog::tracing(),
            scratch: self.folder.path().join("scratch"),
        }
    }

    /// The variables with which [`Self::edge_from_variables`] starts an edge in another process.
    pub(crate) fn edge_variables(&self, distribution_id: &str) -> Vec<(&'static str, String)> {
        vec![
            ("TEST_ENDPOINT", self.endpoint.clone()),
            ("TEST_DISTRIBUTION", distribution_id.to_owned()),
            ("TEST_KEY_ID", self.local_edge.access_key_id().to_owned()),
            ("TEST_SECRET", self.local_edge.secret_access_key().to_owned()),
            ("TEST_SCRATCH", self.folder.path().join("scratch").display().to_string()),
        ]
    }

    /// Starts the edge that the variables of [`Self::edge_variables`] describe.
    pub(crate) async fn edge_from_variables() -> LocalEdge {
        let variable = |name: &str| std::env::var(name).unwrap();
        let options = Options {
            endpoint_url: Some(variable("TEST_ENDPOINT")),
            region: "us-east-1".to_owned(),
            credentials: Credentials::new(variable("TEST_KEY_ID"), variable("TEST_SECRET"), None, None, "local-edge"),
            distribution_id: variable("TEST_DISTRIBUTION"),
            snapshot: None,
            origins: Vec::new(),
            viewer: ViewerProperties::default(),
            listen: 0,
            https: false,
            live_reload: false,
            pages: None,
            uploads: None,
            function_session_policy: None,
            read_only: false,
            node: program("VITAE_NODE24"),
            clock: Clock::system(),
            request_log: RequestLog::tracing(),
            scratch: variable("TEST_SCRATCH").into(),
        };
        LocalEdge::start(options).await.unwrap()
    }

    /// Creates a distribution; returns its id and ARN.
    pub(crate) async fn distribution(&self, config: DistributionConfig) -> (String, String) {
        let output = self.cloudfront.create_distribution().distribution_config(config).send().await.unwrap();
        let distribution = output.distribution().unwrap();
        (distribution.id().to_owned(), distribution.arn().to_owned())
    }

    /// Creates a bucket with HTML objects.
    pub(crate) async fn bucket(&self, name: &str, objects: &[(&str, &str)]) {
        self.s3.create_bucket().bucket(name).send().await.unwrap();
        for (key, contents) in objects {
            let body = contents.as_bytes().to_vec().into();
            self.s3.put_object().bucket(name).key(*key).content_type("text/html").body(body).send().await.unwrap();
        }
    }

    /// Allows a distribution `actions` on a bucket and its objects.
    pub(crate) async fn allow(&self, bucket: &str, distribution_arn: &str, actions: &[&str]) {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Sid": "CloudFront",
            "Effect": "Allow",
            "Principal": { "Service": "cloudfront.amazonaws.com" },
            "Action": actions,
            "Resource": [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")],
            "Condition": { "StringEquals": { "AWS:SourceArn": distribution_arn } },
        }] });
        self.s3.put_bucket_policy().bucket(bucket).policy(policy.to_string()).send().await.unwrap();
    }

    /// Publishes a CloudFront Function; returns its ARN.
    pub(crate) async fn cloudfront_function(&self, name: &str, code: &str) -> String {
        let config = aws_sdk_cloudfront::types::FunctionConfig::builder()
            .comment("")
            .runtime(aws_sdk_cloudfront::types::FunctionRuntime::CloudfrontJs20)
            .build()
            .unwrap();
        let created = self
            .cloudfront
            .create_function()
            .name(name)
            .function_config(config)
            .function_code(Blob::new(code))
            .send()
            .await;
        let created = created.unwrap();
        let etag = created.e_tag().unwrap();
        self.cloudfront.publish_function().name(name).if_match(etag).send().await.unwrap();
        let summary = created.function_summary().unwrap();
        summary.function_metadata().unwrap().function_arn().to_owned()
    }

    /// Publishes a Node function with one file; returns its version's ARN.
    pub(crate) async fn function_version(&self, name: &str, code: &str) -> String {
        self.function_version_with(name, &[("index.mjs", code)], 5).await
    }

    pub(crate) async fn function_version_with(&self, name: &str, files: &[(&str, &str)], timeout_s: i32) -> String {
        self.function(name, files, timeout_s).await;
        let published = self.lambda.publish_version().function_name(name).send().await.unwrap();
        published.function_arn().unwrap().to_owned()
    }

    async fn function(&self, name: &str, files: &[(&str, &str)], timeout_s: i32) {
        let code = FunctionCode::builder().zip_file(Blob::new(zip(files))).build();
        let create = self
            .lambda
            .create_function()
            .function_name(name)
            .runtime(Runtime::from("nodejs24.x"))
            .handler("index.handler");
        create
            .role(format!("arn:aws:iam::{ACCOUNT}:role/edge"))
            .code(code)
            .memory_size(128)
            .timeout(timeout_s)
            .send()
            .await
            .unwrap();
    }

    /// Replaces a function's code.
    pub(crate) async fn change_function(&self, name: &str, code: &str) {
        let code = Blob::new(zip(&[("index.mjs", code)]));
        self.lambda.update_function_code().function_name(name).zip_file(code).send().await.unwrap();
    }

    /// Creates a function with a URL that requires IAM; returns the URL's host.
    pub(crate) async fn function_url(&self, name: &str, code: &str) -> String {
        self.function(name, &[("index.mjs", code)], 5).await;
        let create =
            self.lambda.create_function_url_config().function_name(name).auth_type(FunctionUrlAuthType::AwsIam);
        let url = create.send().await.unwrap();
        url.function_url().trim_start_matches("https://").trim_end_matches('/').to_owned()
    }

    /// Creates a function with a URL that anyone may call; returns the URL's host.
    pub(crate) async fn public_function_url(&self, name: &str, code: &str) -> String {
        self.function(name, &[("index.mjs", code)], 5).await;
        let create = self.lambda.create_function_url_config().function_name(name).auth_type(FunctionUrlAuthType::None);
        let url = create.send().await.unwrap();
        let add = self.lambda.add_permission().function_name(name).statement_id("public").principal("*");
        let add = add.action("lambda:InvokeFunctionUrl").function_url_auth_type(FunctionUrlAuthType::None);
        add.send().await.unwrap();
        url.function_url().trim_start_matches("https://").trim_end_matches('/').to_owned()
    }

    /// Adds both permissions that a Function URL needs.
    pub(crate) async fn allow_invocation(&self, function: &str, distribution_arn: &str) {
        for action in ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"] {
            self.allow_action(function, action, distribution_arn).await;
        }
    }

    /// Adds one of the two permissions that a Function URL needs.
    pub(crate) async fn allow_action(&self, function: &str, action: &str, distribution_arn: &str) {
        let add =
            self.lambda.add_permission().function_name(function).statement_id(action.replace(':', "-")).action(action);
        let add = add.principal("cloudfront.amazonaws.com").source_arn(distribution_arn);
        let add = match action {
            "lambda:InvokeFunctionUrl" => add.function_url_auth_type(FunctionUrlAuthType::AwsIam),
            _ => add.invoked_via_function_url(true),
        };
        add.send().await.unwrap();
    }

    /// Creates a key group of public keys; returns its id and the keys' ids.
    pub(crate) async fn key_group(&self, name: &str, pems: &[&str]) -> (String, Vec<String>) {
        use aws_sdk_cloudfront::types::{KeyGroupConfig, PublicKeyConfig};
        let mut ids = Vec::new();
        for (index, pem) in pems.iter().enumerate() {
            let config =
                PublicKeyConfig::builder().caller_reference(format!("{name}-{index}")).name(format!("{name}-{index}"));
            let config = config.encoded_key(*pem).build().unwrap();
            let created = self.cloudfront.create_public_key().public_key_config(config).send().await.unwrap();
            ids.push(created.public_key().unwrap().id().to_owned());
        }
        let config = KeyGroupConfig::builder().name(name).set_items(Some(ids.clone())).build().unwrap();
        let created = self.cloudfront.create_key_group().key_group_config(config).send().await.unwrap();
        (created.key_group().unwrap().id().to_owned(), ids)
    }

    pub(crate) fn port(&self) -> u16 {
        self.endpoint.rsplit(':').next().unwrap().parse().unwrap()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A zip of text files.
pub(crate) fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(contents.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The code of a function that returns its event.
pub(crate) const ECHO: &str = "export const handler = async (event) => event;";

pub(crate) fn parse_json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(body)))
}
