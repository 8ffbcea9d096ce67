//! The three stacks of an account with every option that the local cloud supports: the bootstrap stack, a system with
//! a domain and a web ACL, and its observability stack. The local cloud ignores permissions boundaries; the tests of
//! the templates check that every role has one, and that a deploy role cannot create a role without it.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use aws_credential_types::Credentials;
use serde_json::json;
use vitae_bundle::Architecture;
use vitae_cloud::{
    aws::AwsClients,
    deploy::{
        self, Bootstrap, Deployment, Settings, StackKind, Template,
        artifacts::Artifacts,
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

/// Deploys a template and returns its outputs.
async fn deploy_stack(
    aws: &AwsClients,
    stack: &str,
    text: &str,
    parameters: &[(&str, &str)],
) -> BTreeMap<String, String> {
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let deployment = Deployment { stack, template: Template::new(text), parameters: &parameters };
    let planned = deploy::plan(aws, &deployment).await.unwrap().expect("changes");
    deploy::execute(aws, stack, &planned, |_| ()).await.unwrap();
    deploy::output_values(aws, stack).await.unwrap().unwrap()
}

/// Deploys the bootstrap stack. Returns what a deployment reads of it, and all outputs.
///
/// The local cloud's IAM does not support policy variables, so the role's tag is replaced by `stack`.
async fn bootstrap(aws: &AwsClients, stack: &str) -> (Bootstrap, BTreeMap<String, String>) {
    let text = fs::read_to_string(vitae_bundle::repository().join("cloudformation/bootstrap.yaml")).unwrap();
    let text =
        text.replace("${!aws:PrincipalTag/vitae-stack}", stack).replace("${aws:PrincipalTag/vitae-stack}", stack);
    // The local cloud creates an identity provider by its IAM API, but not by CloudFormation.
    let provider = aws.iam().create_open_id_connect_provider().url("https://token.actions.githubusercontent.com");
    let provider = provider.client_id_list("sts.amazonaws.com").send().await.unwrap();
    let parameters = [
        ("RepositoryOwner", "octocat"),
        ("RepositoryName", "resume"),
        ("OwnerId", "583231"),
        ("RepositoryId", "1296269"),
        ("OidcProviderArn", provider.open_id_connect_provider_arn().unwrap()),
    ];
    let outputs = deploy_stack(aws, "vitae-bootstrap", &text, &parameters).await;
    let role = outputs["ProductionDeployRole"].rsplit('/').next().unwrap();
    let role = aws.iam().get_role().role_name(role).send().await.unwrap();
    let trust = role
        .role()
        .and_then(|role| role.assume_role_policy_document())
        .unwrap()
        .replace("%40", "@")
        .replace("%3A", ":");
    for subject in ["octocat/resume:environment:production", "octocat@583231/resume@1296269:environment:production"] {
        assert!(trust.replace("%2F", "/").contains(subject), "{trust}");
    }
    (Bootstrap::read(aws).await.unwrap(), outputs)
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
    let (_, roles) = bootstrap(&ministack.root(), "vitae-staging").await;
    let caller = assume(&ministack, &roles["PlanRole"]).await;
    let parameters = [];
    let on = |stack| Deployment { stack, template: Template::new(ZONE), parameters: &parameters };
    let planned = deploy::plan(&caller, &on("vitae-staging")).await.unwrap().expect("changes");
    let executed = deploy::execute(&caller, "vitae-staging", &planned, |_| ()).await;
    assert!(executed.is_err_and(|error| error.to_string().contains("cloudformation:")), "a plan was executed");
    assert!(deploy::plan(&caller, &on(SYSTEM)).await.is_err(), "production was planned");
    ministack.shutdown().await.unwrap();
}

/// IAM's limit for a managed policy, not counting white space.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const POLICY_CHARACTERS: usize = 6_144;

/// Asserts that the account's policies are within IAM's limit, which the local cloud does not enforce.
async fn assert_policy_sizes(aws: &AwsClients) {
    let found = aws.iam().list_policies().path_prefix("/vitae/").send().await.unwrap();
    assert_eq!(found.policies().len(), 6);
    for policy in found.policies() {
        let (name, arn) = (policy.policy_name().unwrap(), policy.arn().unwrap());
        let version = policy.default_version_id().unwrap();
        let version = aws.iam().get_policy_version().policy_arn(arn).version_id(version).send().await.unwrap();
        let document = version.policy_version().and_then(|version| version.document()).unwrap();
        let document = document.replace("%20", "").replace("%0A", "").replace('+', "");
        // The document is percent-encoded: each remaining percent sign starts three characters that are one.
        let characters = document.len() - 2 * document.matches('%').count();
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
        ("WebAcl", "true"),
        ("AlarmEmail", "ines@example.com"),
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
        artifacts: Artifacts::build(&repository, &prefix, folder, |_| ()).unwrap(),
        architecture: Architecture::default(),
        sources: Sources::read(&repository).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_deploys_with_every_option() {
    let ministack = start("all").await;
    let aws = ministack.root();
    let (bootstrap, _) = bootstrap(&aws, SYSTEM).await;
    assert_policy_sizes(&aws).await;
    let zone = deploy_stack(&aws, "zone", ZONE, &[]).await.remove("Id").unwrap();
    let zone = zone.trim_start_matches("/hostedzone/");
    let folder = vitae_bundle::target(&vitae_bundle::repository()).join("vitae/tests/options/release");
    let release = release(&aws, bootstrap, zone, &folder);
    release.sources.check(&release.settings).unwrap();
    release.upload(|_| ()).await.unwrap();
    for kind in StackKind::ALL {
        let planned = release.plan(kind).await.unwrap().expect("changes");
        deploy::execute(&aws, &kind.stack_name(SYSTEM), &planned, |_| ()).await.unwrap();
        assert!(release.plan(kind).await.unwrap().is_none(), "{kind:?}: a second plan has changes");
    }

    let outputs = deploy::outputs(&aws, SYSTEM).await.unwrap();
    assert_eq!(outputs.site_url, "https://example.com");
    let name = Prefix::from_stack_name(SYSTEM).unwrap().name(Parameter::Config);
    let config = aws.ssm().get_parameter().name(name).send().await.unwrap();
    let config = Config::parse(config.parameter().and_then(|parameter| parameter.value()).unwrap()).unwrap();
    assert_eq!(config.names, ["example.com", "www.example.com", &outputs.distribution_domain_name]);

    for logical_id in ["EdgeRole", "CounterRole", "KeysRole"] {
        let role = deploy::physical_id(&aws, SYSTEM, logical_id).await.unwrap();
        assert!(role.starts_with(&format!("{SYSTEM}-")), "CI may only manage roles with this prefix: {role}");
    }
    for logical_id in ["Certificate", "Firewall", "ApexIpv4", "ApexIpv6", "ApexHttps", "WwwIpv4", "WwwIpv6", "WwwHttps"]
    {
        deploy::physical_id(&aws, SYSTEM, logical_id).await.unwrap();
    }
    let observability =
        deploy::output_values(&aws, &StackKind::Observability.stack_name(SYSTEM)).await.unwrap().unwrap();
    assert!(observability["AlarmTopic"].contains(&format!(":{SYSTEM}-observability-Alarms")), "{observability:?}");
    ministack.shutdown().await.unwrap();
}
