//! The keys function with ministack's CloudFront and Parameter Store, and an HTTP server in place of CloudFormation.

mod cloudformation;
mod create;
mod delete;
mod events;
mod owners_key;
mod settings_change;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudfront::types::{PublicKeyConfig, PublicKeySummary};
use cloudformation::CloudFormation;
use serde_json::{Value, json};
use vitae_keys::aws::AwsClients;
use vitae_keys::decide::Action;
use vitae_keys::handler::{Handler, HandlerError};
use vitae_keys::reconcile::{Clock, Reconciler, RetryLimits};
use vitae_keys::sender::Sender;
use vitae_keys::settings::Settings;
use vitae_keys::stack::Stack;
use vitae_keys::timing::RotationPolicy;
use vitae_parameters::{Parameter, Prefix, SignerParameter};
use vitae_signer::Algorithm;
use vitae_testing::ministack::Ministack;

/// The function's timeout.
const LEFT: Duration = Duration::from_mins(1);
const LIMITS: RetryLimits = RetryLimits { max_steps: 30, backoff: Duration::from_millis(20) };
const BUCKET: &str = "cv-bucket";
const P256: Algorithm = Algorithm::EcdsaP256;

/// The servers, their clients, and the function's log.
struct Fixture {
    ministack: Ministack,
    cloudformation: CloudFormation,
    cloudfront: aws_sdk_cloudfront::Client,
    ssm: aws_sdk_ssm::Client,
    s3: aws_sdk_s3::Client,
    log: Arc<Mutex<Vec<String>>>,
}

impl Fixture {
    async fn start() -> Self {
        let ministack = Ministack::start();
        let config = ministack.config().await;
        let (cloudfront, ssm) = (aws_sdk_cloudfront::Client::new(&config), aws_sdk_ssm::Client::new(&config));
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
        let s3 = aws_sdk_s3::Client::from_conf(s3);
        s3.create_bucket().bucket(BUCKET).send().await.unwrap();
        let cloudformation = CloudFormation::start().await;
        Self { ministack, cloudformation, cloudfront, ssm, s3, log: Arc::default() }
    }

    fn clients(&self) -> AwsClients {
        AwsClients::new(self.cloudfront.clone(), self.ssm.clone(), self.s3.clone(), Some(BUCKET.to_owned()))
    }

    fn handler(&self) -> Handler {
        self.handler_with(self.clients(), &[], clock())
    }

    /// A handler with additional environment variables.
    fn handler_with(&self, cloud: AwsClients, variables: &[(&str, &str)], clock: Clock) -> Handler {
        let log = Arc::clone(&self.log);
        let write = move |line: &Value| log.lock().unwrap().push(line.to_string());
        let (sender, settings) = (Sender::new(Duration::from_millis(10)), settings(variables));
        Handler::new(cloud, sender, settings, LIMITS, clock, Arc::new(write))
    }

    fn event(&self, request_type: &str, properties: &Value) -> Value {
        json!({
            "RequestType": request_type, "ResponseURL": self.cloudformation.url(), "StackId": "arn:aws:stack/resume",
            "RequestId": "r-1", "ResourceType": "Custom::Keys", "LogicalResourceId": "Keys",
            "PhysicalResourceId": "vitae-keys", "ResourceProperties": properties,
        })
    }

    /// Handles one request of CloudFormation for the stack `resume`, and returns the response.
    async fn request(&self, request_type: &str) -> Value {
        self.request_with(request_type, &properties("resume", P256)).await
    }

    async fn request_with(&self, request_type: &str, properties: &Value) -> Value {
        self.serve(self.event(request_type, properties), LEFT).await.unwrap();
        let mut responses = self.cloudformation.take_responses();
        assert_eq!(responses.len(), 1, "{responses:?}");
        let response = responses.remove(0);
        assert_eq!(response["PhysicalResourceId"], "vitae-keys");
        response
    }

    /// Handles one event. Neither the result nor a log may contain a key that is stored before or after it.
    async fn serve(&self, event: Value, left: Duration) -> Result<Value, HandlerError> {
        self.serve_with(&self.handler(), event, left).await
    }

    async fn serve_with(&self, handler: &Handler, event: Value, left: Duration) -> Result<Value, HandlerError> {
        let mut secrets = self.secrets().await;
        let response = handler.handle("r-1", event, left).await;
        secrets.extend(self.secrets().await);
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner).concat();
        let output = format!("{response:?} {log} {}", self.ministack.log());
        for secret in secrets {
            assert!(!vitae_testing::secrets::contains_key(&output, &secret), "a private key is in the output");
        }
        response
    }

    /// The stored private keys, as PEM; none if ministack is stopped.
    async fn secrets(&self) -> Vec<String> {
        let names = [Parameter::SignerActive, Parameter::SignerPending, Parameter::SignerNext];
        let names = names.map(|parameter| resume().parameter(parameter)).to_vec();
        let got = self.ssm.get_parameters().set_names(Some(names)).with_decryption(true).send().await;
        let stored = got.ok().and_then(|got| got.parameters).unwrap_or_default();
        let pem = |value: String| match serde_json::from_str::<Value>(&value) {
            Ok(json) => json["private_key"].as_str().map(str::to_owned),
            Err(_) => Some(value),
        };
        stored.into_iter().filter_map(|parameter| parameter.value.and_then(pem)).collect()
    }

    /// Runs a creation that is interrupted after this number of actions.
    async fn crash_after(&self, actions: usize) {
        let limits = RetryLimits { max_steps: actions, ..LIMITS };
        let policy = RotationPolicy::new(P256, 0);
        let run = Reconciler { cloud: self.clients(), limits, policy, probe_base_url: None, clock: clock() };
        let result = run.create(&resume(), &|_: &Action| {}).await;
        assert!(result.is_err(), "the creation settled within {actions} actions: {result:?}");
    }

    async fn public_keys(&self) -> Vec<PublicKeySummary> {
        let listed = self.cloudfront.list_public_keys().send().await.unwrap();
        listed.public_key_list.unwrap().items.unwrap_or_default()
    }

    /// Ids of the key groups, each with the ids of its keys.
    async fn groups(&self) -> Vec<(String, Vec<String>)> {
        let listed = self.cloudfront.list_key_groups().send().await.unwrap();
        let groups = listed.key_group_list.unwrap().items.unwrap_or_default();
        let groups = groups.into_iter().map(|summary| summary.key_group.unwrap());
        groups.map(|group| (group.id, group.key_group_config.unwrap().items)).collect()
    }

    async fn parameter(&self, parameter: Parameter) -> Option<aws_sdk_ssm::types::Parameter> {
        let get = self.ssm.get_parameters().names(resume().parameter(parameter)).with_decryption(true);
        get.send().await.unwrap().parameters.unwrap().pop()
    }

    async fn pair(&self, parameter: Parameter) -> Option<SignerParameter> {
        let value = self.parameter(parameter).await?.value.unwrap();
        Some(SignerParameter::parse(&value).unwrap())
    }

    async fn put(&self, parameter: Parameter, value: &str) {
        let put = self.ssm.put_parameter().name(resume().parameter(parameter)).value(value);
        put.r#type("SecureString".into()).overwrite(true).send().await.unwrap();
    }

    async fn register_foreign_key(&self, name: &str) {
        let config =
            PublicKeyConfig::builder().caller_reference(name).name(name).encoded_key("another key").build().unwrap();
        self.cloudfront.create_public_key().public_key_config(config).send().await.unwrap();
    }

    /// Asserts that there is exactly one key, which is registered, trusted and active. Returns its public key.
    async fn assert_one_key(&self, group_id: &Value) -> String {
        let (keys, groups) = (self.public_keys().await, self.groups().await);
        assert_eq!((keys.len(), groups.len()), (1, 1), "{keys:?} {groups:?}");
        let active = self.pair(Parameter::SignerActive).await.unwrap();
        assert_eq!((active.key_pair_id().as_str(), &groups[0].1), (keys[0].id.as_str(), &vec![keys[0].id.clone()]));
        assert_eq!(*group_id, groups[0].0.as_str());
        assert!(self.parameter(Parameter::SignerPending).await.is_none());
        let public_key = active.private_key().public_key_pem();
        assert_eq!(keys[0].encoded_key.trim(), public_key.trim());
        public_key
    }

    /// Asserts that nothing of the stack `resume` is left, in an account that has nothing else.
    async fn assert_nothing_left(&self) {
        assert!(self.public_keys().await.is_empty() && self.groups().await.is_empty());
        for parameter in Stack::PARAMETERS {
            assert!(self.parameter(parameter).await.is_none(), "{parameter}");
        }
    }

    /// Asserts that neither the log nor a response contains a line of the active key's PEM.
    async fn assert_not_output(&self, responses: &[&Value]) {
        let json = self.pair(Parameter::SignerActive).await.unwrap().to_json();
        let json: Value = serde_json::from_str(&json).unwrap();
        let pem = json["private_key"].as_str().unwrap();
        let lines: Vec<_> =
            pem.lines().filter(|line| !line.starts_with('-')).map(|line| &line[..line.len().min(16)]).collect();
        assert!(lines.len() > 1);
        let output = format!("{:?} {responses:?}", self.log.lock().unwrap());
        assert!(output.contains("Keys") && !lines.iter().any(|line| output.contains(line)), "{output}");
    }
}

fn settings(additional: &[(&str, &str)]) -> Result<Settings, vitae_keys::settings::SettingsError> {
    let variables = [&[("PARAMETER_PREFIX", "/vitae/resume/"), ("CV_BUCKET", BUCKET)], additional].concat();
    Settings::from_env(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
}

fn clock() -> Clock {
    Arc::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs())
}

fn resume() -> Stack {
    Stack::new(Prefix::from_stack_name("resume").unwrap())
}

fn properties(stack: &str, algorithm: Algorithm) -> Value {
    json!({ "ServiceToken": "arn", "ParameterPrefix": format!("/vitae/{stack}/"), "Algorithm": algorithm.as_str() })
}
