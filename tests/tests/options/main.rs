//! The four stacks of an account with every option that the local cloud supports: the bootstrap stack, a system with
//! a domain and a web ACL, its inbox, and its observability stack. The local cloud ignores permissions boundaries; the tests of
//! the templates check that every role has one, and that a deploy role cannot create a role without it.

mod policies;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use aws_credential_types::Credentials;
use aws_sdk_iam::error::ProvideErrorMetadata as _;
use serde_json::{Value, json};
use vitae_bundle::{Architecture, Artifact};
use vitae_cloud::{
    aws::AwsClients,
    deploy::{
        self, Bootstrap, Deployment, Purpose, Settings, StackKind, Template,
        artifacts::{self, Artifacts},
        release::{Release, Sources},
    },
    dev::{
        ministack::{self, Ministack},
        tools::Tools,
        users,
    },
};
use vitae_parameters::{Config, Parameter, Prefix};

const SYSTEM: &str = "vitae-production";
const BOOTSTRAP: &str = deploy::BOOTSTRAP_STACK;

/// The hosted zone, which the owner has already.
const ZONE: &str = "
Resources:
  Zone:
    Type: AWS::Route53::HostedZone
    Properties: {Name: example.com}
Outputs:
  Id: {Value: !Ref Zone}
";

async fn start(state: &str) -> Ministack {
    let Tools { ministack, node } = Tools::from_env().expect("the tools");
    let state = vitae_bundle::target(&vitae_bundle::repository()).join("vitae/tests/options").join(state);
    let options = ministack::Options { executable: ministack, node, state, fresh: true };
    Ministack::start(&options).await.expect("the cloud starts")
}

/// Deploys a template as it is and returns its outputs.
async fn deploy_stack(
    aws: &AwsClients,
    stack: &str,
    text: &str,
    parameters: &[(&str, &str)],
) -> BTreeMap<String, String> {
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let deployment =
        Deployment { purpose: Purpose::Deploy, stack, template: Template::new(text), parameters: &parameters };
    let planned = deploy::plan(aws, &deployment).await.unwrap().expect("changes");
    deploy::execute(aws, stack, &planned, |_| ()).await.unwrap();
    deploy::output_values(aws, stack).await.unwrap().unwrap()
}

fn template(file: &str) -> String {
    fs::read_to_string(vitae_bundle::repository().join("cloudformation").join(file)).unwrap()
}

/// Asserts that a stack was deployed from a file of the repository: a test that rewrites a template tests another one.
async fn assert_deployed_from(aws: &AwsClients, stack: &str, file: &str) {
    let deployed = aws.cloudformation().get_template().stack_name(stack).send().await.unwrap();
    let text = template(file);
    let body = Template::new(&text).body();
    assert_eq!(deployed.template_body(), Some(body.as_str()), "{stack} is not deployed from {file}");
}

/// Deploys the bootstrap stack. Returns what a deployment reads of it, and all outputs.
async fn bootstrap(aws: &AwsClients, parameters: &[(&str, &str)]) -> (Bootstrap, BTreeMap<String, String>) {
    // The local cloud creates an identity provider by its IAM API, but not by CloudFormation.
    let provider = aws.iam().create_open_id_connect_provider().url("https://token.actions.githubusercontent.com");
    let provider = provider.client_id_list("sts.amazonaws.com").send().await.unwrap();
    let always = [
        ("RepositoryOwner", "octocat"),
        ("RepositoryName", "resume"),
        ("OwnerId", "583231"),
        ("RepositoryId", "1296269"),
        ("OidcProviderArn", provider.open_id_connect_provider_arn().unwrap()),
    ];
    let outputs = deploy_stack(aws, BOOTSTRAP, &template("bootstrap.yaml"), &[&always[..], parameters].concat()).await;
    assert_deployed_from(aws, BOOTSTRAP, "bootstrap.yaml").await;
    (Bootstrap::read(aws).await.unwrap(), outputs)
}

/// The policies that the bootstrap stack created.
async fn created_policies(aws: &AwsClients) -> Vec<aws_sdk_iam::types::Policy> {
    aws.iam().list_policies().path_prefix("/vitae/").send().await.unwrap().policies().to_vec()
}

/// The local cloud's IAM does not support policy variables: puts the values of a role's tags in the stored policies.
async fn substitute_tags(aws: &AwsClients, stack: &str, domain: &str) {
    for policy in created_policies(aws).await {
        let arn = policy.arn().unwrap();
        let document = policies::document(aws, arn).await;
        if document.contains("${") {
            let document = policies::with_tags(&document, stack, domain);
            let version = aws.iam().create_policy_version().policy_arn(arn).policy_document(document);
            version.set_as_default(true).send().await.unwrap();
        }
    }
}

/// The local cloud has no TLS: removes the statement that requires it from the stored bucket policy.
async fn allow_without_tls(aws: &AwsClients, bucket: &str) {
    let policy = aws.s3().get_bucket_policy().bucket(bucket).send().await.unwrap();
    let mut policy: Value = serde_json::from_str(policy.policy().unwrap()).unwrap();
    let statements = policy["Statement"].as_array_mut().unwrap();
    let before = statements.len();
    statements.retain(|statement| statement["Sid"] != "RequireTls");
    assert_eq!(statements.len(), before - 1);
    aws.s3().put_bucket_policy().bucket(bucket).policy(policy.to_string()).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deploy_roles_trust_one_subject_of_one_workflow_on_main() {
    let ministack = start("trust").await;
    let aws = ministack.root();
    let (_, outputs) = bootstrap(&aws, &[]).await;
    for (output, subject, is_deploy_role) in [
        ("StagingDeployRole", "environment:staging", true),
        ("ProductionDeployRole", "environment:production", true),
        ("PlanRole", "pull_request", false),
    ] {
        let role = outputs[output].rsplit('/').next().unwrap();
        let role = aws.iam().get_role().role_name(role).send().await.unwrap();
        let trust = role.role().and_then(|role| role.assume_role_policy_document()).unwrap();
        let trust: Value = serde_json::from_str(&policies::percent_decode(trust)).unwrap();
        let mut expected = json!({
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            // The subject without ids is not trusted.
            "token.actions.githubusercontent.com:sub": format!("repo:octocat@583231/resume@1296269:{subject}"),
        });
        if is_deploy_role {
            expected["token.actions.githubusercontent.com:ref"] = json!("refs/heads/main");
            expected["token.actions.githubusercontent.com:job_workflow_ref"] =
                json!("octocat/resume/.github/workflows/stack.yml@refs/heads/main");
        }
        assert_eq!(trust["Statement"][0]["Condition"], json!({"StringEquals": expected}), "{output}");
        assert_eq!(trust["Statement"].as_array().unwrap().len(), 1, "{output}");
    }
    ministack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn staging_cannot_touch_production_with_the_policies_as_iam_stores_them() {
    let ministack = start("policies").await;
    let aws = ministack.root();
    let domains = [
        ("HostedZoneId", "Z0123456789"),
        ("StagingDomainName", "staging.example.com"),
        ("ProductionDomainName", "example.com"),
    ];
    let (_, outputs) = bootstrap(&aws, &domains).await;
    assert_policy_sizes(&aws).await;
    policies::check(&aws, &outputs).await;
    ministack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deploy_role_writes_each_artifact_of_its_own_stack_once() {
    let ministack = start("artifacts").await;
    let root = ministack.root();
    let (Bootstrap { artifact_bucket: bucket, .. }, roles) = bootstrap(&root, &[]).await;
    substitute_tags(&root, "vitae-staging", "staging.example.com").await;
    allow_without_tls(&root, &bucket).await;
    let caller = assume(&ministack, &roles["StagingDeployRole"]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("regional.zip");
    fs::write(&path, "zip").unwrap();
    let artifact = Artifact::read("regional", &path).unwrap();
    assert!(artifacts::upload(&caller, &bucket, "vitae-staging", &artifact).await.unwrap());
    assert!(artifacts::upload(&caller, &bucket, SYSTEM, &artifact).await.is_err(), "production's name was written");

    let key = artifacts::key("vitae-staging", &artifact);
    let put = || caller.s3().put_object().bucket(&bucket).key(&key).body(b"evil".to_vec().into());
    let replaced = put().send().await.unwrap_err();
    assert_eq!(replaced.code(), Some("AccessDenied"), "{replaced:?}");
    let replaced = put().if_none_match("*").send().await.unwrap_err();
    assert_eq!(replaced.code(), Some("PreconditionFailed"), "{replaced:?}");
    ministack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_can_have_one_environment_only() {
    for (state, empty, missing, present) in [
        ("production-only", "StagingStack", "StagingDeployRole", "ProductionDeployRole"),
        ("staging-only", "ProductionStack", "ProductionDeployRole", "StagingDeployRole"),
    ] {
        let ministack = start(state).await;
        let aws = ministack.root();
        let (_, outputs) = bootstrap(&aws, &[(empty, "")]).await;
        assert!(!outputs.contains_key(missing) && outputs.contains_key(present), "{outputs:?}");
        assert_eq!(outputs.contains_key("PlanRole"), empty == "ProductionStack", "{outputs:?}");
        ministack.shutdown().await.unwrap();
    }
}

/// Assumes a role as a user who is allowed to, in place of GitHub's token.
async fn assume(ministack: &Ministack, role_arn: &str) -> AwsClients {
    let root = ministack.root();
    let user = "github";
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn},
    ]});
    let credentials = users::make(&root, user, &policy).await.unwrap();
    users::allow_assume_role(&root, user, role_arn.rsplit('/').next().unwrap()).await.unwrap();
    let config = aws_sdk_sts::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_sts::config::Region::new("us-east-1"))
        .endpoint_url(ministack.endpoint())
        .credentials_provider(credentials)
        .build();
    let sts = aws_sdk_sts::Client::from_conf(config);
    let assumed = sts.assume_role().role_arn(role_arn).role_session_name("run").send().await.unwrap();
    let session = assumed.credentials().unwrap();
    let token = Some(session.session_token().to_owned());
    let session =
        Credentials::new(session.access_key_id(), session.secret_access_key(), token, None, "a session of a role");
    AwsClients::local(ministack.endpoint(), session)
}

#[tokio::test(flavor = "multi_thread")]
async fn bootstrap_prepares_an_account_and_reuses_its_identity_provider() {
    let ministack = start("ready").await;
    let root = ministack.root();
    let provider = root.iam().create_open_id_connect_provider().url("https://token.actions.githubusercontent.com");
    let provider = provider.client_id_list("sts.amazonaws.com").send().await.unwrap();
    let provider = provider.open_id_connect_provider_arn().unwrap();
    let bootstrap = |arguments: &[&str]| {
        let program = vitae_bundle::target(&vitae_bundle::repository()).join("debug/vitae-cloud");
        let mut command = Command::new(program);
        command.args(["bootstrap", "--repository", "octocat/resume", "--endpoint-url", ministack.endpoint()]);
        let key = ministack.root_credentials();
        command.args(arguments).env("AWS_ACCESS_KEY_ID", key.access_key_id());
        command.env("AWS_SECRET_ACCESS_KEY", key.secret_access_key());
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_CONFIG_FILE", "/dev/null");
        let output = command.stdin(Stdio::null()).output().expect("vitae-cloud runs");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, _, stderr) = bootstrap(&["--yes", "--set", "StagingStack=vitae"]);
    assert!(code == Some(1) && stderr.contains("stack names \"vitae\" and"), "{stderr}");
    let (code, _, stderr) = bootstrap(&["--yes", "--set", "ProductionStack=vitae-staging-2"]);
    assert!(code == Some(1) && stderr.contains("prefix"), "{stderr}");
    assert!(Bootstrap::read(&root).await.is_err(), "a refused name was deployed");

    let (code, _, stderr) = bootstrap(&[]);
    assert_eq!(code, Some(2), "{stderr}");
    assert!(Bootstrap::read(&root).await.is_err());

    let (code, outputs, stderr) = bootstrap(&["--yes"]);
    assert_eq!(code, Some(0), "{stderr}");
    let created = Bootstrap::read(&root).await.unwrap();
    assert!(outputs.contains(&created.artifact_bucket) && outputs.contains(provider), "{outputs}");

    let (code, _, stderr) = bootstrap(&["--yes"]);
    assert!(code == Some(0) && stderr.contains("no changes"), "{stderr}");
    let (code, planned, stderr) = bootstrap(&["--plan", "--set", "StagingEnvironment=preview"]);
    assert!(code == Some(0) && planned.contains("StagingDeployRole"), "{planned}{stderr}");
    ministack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_can_plan_staging_only_and_change_nothing() {
    let ministack = start("plans").await;
    let root = ministack.root();
    let (_, roles) = bootstrap(&root, &[]).await;
    substitute_tags(&root, "vitae-staging", "staging.example.com").await;
    let caller = assume(&ministack, &roles["PlanRole"]).await;
    let parameters = [];
    let on = |stack, purpose| Deployment { purpose, stack, template: Template::new(ZONE), parameters: &parameters };
    let planned = deploy::plan(&caller, &on("vitae-staging", Purpose::Plan)).await.unwrap().expect("changes");
    let executed = deploy::execute(&caller, "vitae-staging", &planned, |_| ()).await;
    assert!(executed.is_err_and(|error| error.to_string().contains("cloudformation:")), "a plan was executed");
    deploy::discard(&caller, "vitae-staging", &planned).await.unwrap();
    assert!(deploy::plan(&caller, &on(SYSTEM, Purpose::Plan)).await.is_err(), "production was planned");
    assert!(
        deploy::plan(&caller, &on("vitae-staging", Purpose::Deploy)).await.is_err(),
        "a change set of a deployment was created"
    );
    let deployment = deploy::plan(&root, &on("vitae-staging", Purpose::Deploy)).await.unwrap().expect("changes");
    let discarded = deploy::discard(&caller, "vitae-staging", &deployment).await;
    assert!(discarded.is_err(), "a change set that a deployment is about to execute was deleted");
    ministack.shutdown().await.unwrap();
}

/// IAM's limit for a managed policy, not counting white space.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const POLICY_CHARACTERS: usize = 6_144;

/// Asserts that the account's policies are within IAM's limit, which the local cloud does not enforce.
async fn assert_policy_sizes(aws: &AwsClients) {
    let found = created_policies(aws).await;
    assert_eq!(found.len(), 9);
    for policy in found {
        let name = policy.policy_name().unwrap();
        let document = policies::document(aws, policy.arn().unwrap()).await;
        let characters = document.chars().filter(|character| !character.is_whitespace()).count();
        assert!(characters <= POLICY_CHARACTERS, "{name} has {characters} characters");
        eprintln!("{name}: {characters} of {POLICY_CHARACTERS} characters");
    }
}

fn release(aws: &AwsClients, bootstrap: Bootstrap, zone: &str, folder: &Path) -> Release {
    let repository = vitae_bundle::repository();
    let mut parameters: BTreeMap<String, String> =
        serde_json::from_str(&fs::read_to_string(repository.join("cloudformation/production.params.json")).unwrap())
            .unwrap();
    for (name, value) in [
        ("DomainName", "example.com"),
        ("Www", "true"),
        ("HostedZoneId", zone),
        // The local cloud has no pricing plans.
        ("PricingPlan", "pay-as-you-go"),
        ("WebAcl", "true"),
        ("AlarmEmail", "ines@example.com"),
        ("Inbox", "true"),
        ("InboxEmail", "ines@example.com"),
        // The local cloud does not support log deliveries.
        ("AccessLogs", "false"),
    ] {
        parameters.insert(name.to_owned(), value.to_owned());
    }
    fs::create_dir_all(folder).unwrap();
    let file = folder.join("chosen.params.json");
    fs::write(&file, serde_json::to_string(&parameters).unwrap()).unwrap();
    let prefix = Prefix::from_stack_name(SYSTEM).unwrap();
    Release {
        aws: aws.clone(),
        system: SYSTEM.to_owned(),
        artifact_bucket: bootstrap.artifact_bucket,
        permissions_boundary: Some(bootstrap.permissions_boundary),
        settings: Settings::read(&file).unwrap(),
        artifacts: Artifacts::build(&repository, &prefix, folder).unwrap(),
        architecture: Architecture::default(),
        sources: Sources::read(&repository).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_deploys_with_every_option() {
    let ministack = start("all").await;
    let aws = ministack.root();
    let (bootstrap, _) = bootstrap(&aws, &[]).await;
    let zone = deploy_stack(&aws, "zone", ZONE, &[]).await.remove("Id").unwrap();
    let zone = zone.trim_start_matches("/hostedzone/");
    let folder = vitae_bundle::target(&vitae_bundle::repository()).join("vitae/tests/options/release");
    let release = release(&aws, bootstrap, zone, &folder);
    release.sources.check(&release.settings).unwrap();
    release.upload(|_| ()).await.unwrap();
    for kind in StackKind::ALL {
        let planned = release.plan(kind, Purpose::Deploy).await.unwrap().expect("changes");
        deploy::execute(&aws, &kind.stack_name(SYSTEM), &planned, |_| ()).await.unwrap();
        assert!(release.plan(kind, Purpose::Plan).await.unwrap().is_none(), "{kind:?}: a second plan has changes");
    }
    assert_deployed_from(&aws, SYSTEM, "stack.yaml").await;
    assert_deployed_from(&aws, &StackKind::Observability.stack_name(SYSTEM), "observability.yaml").await;
    assert_deployed_from(&aws, &StackKind::Inbox.stack_name(SYSTEM), "inbox.yaml").await;

    let outputs = deploy::outputs(&aws, SYSTEM).await.unwrap();
    assert_eq!(outputs.site_url, "https://example.com");
    let name = Prefix::from_stack_name(SYSTEM).unwrap().name(Parameter::Config);
    let config = aws.ssm().get_parameter().name(name).send().await.unwrap();
    let config = Config::parse(config.parameter().and_then(|parameter| parameter.value()).unwrap()).unwrap();
    assert_eq!(config.names, ["example.com", "www.example.com", &outputs.distribution_domain_name]);

    let inbox = StackKind::Inbox.stack_name(SYSTEM);
    for (stack, logical_id) in [
        (SYSTEM, "EdgeRole"),
        (SYSTEM, "CounterRole"),
        (SYSTEM, "KeysRole"),
        (&inbox, "ScannerRole"),
        (&inbox, "InboxRole"),
        (&inbox, "InboxEventsRole"),
    ] {
        let role = deploy::physical_id(&aws, stack, logical_id).await.unwrap();
        assert!(role.starts_with(&format!("{SYSTEM}-")), "CI may only manage roles with this prefix: {role}");
    }
    for logical_id in ["Certificate", "Firewall", "ApexIpv4", "ApexIpv6", "ApexHttps", "WwwIpv4", "WwwIpv6", "WwwHttps"]
    {
        deploy::physical_id(&aws, SYSTEM, logical_id).await.unwrap();
    }
    let uploads = deploy::inbox_outputs(&aws, SYSTEM).await.unwrap().unwrap().upload_host;
    let function = deploy::physical_id(&aws, SYSTEM, "SiteFunction").await.unwrap();
    let function = aws
        .cloudfront()
        .get_function()
        .name(function.rsplit('/').next().unwrap())
        .stage("LIVE".into())
        .send()
        .await
        .unwrap();
    let code = function.function_code().map(|code| String::from_utf8_lossy(code.as_ref()).into_owned());
    assert!(code.unwrap().contains(&format!("connect-src 'self' https://{uploads};")), "{uploads}");

    let observability =
        deploy::output_values(&aws, &StackKind::Observability.stack_name(SYSTEM)).await.unwrap().unwrap();
    assert!(observability["AlarmTopic"].contains(&format!(":{SYSTEM}-observability-Alarms")), "{observability:?}");
    ministack.shutdown().await.unwrap();
}
