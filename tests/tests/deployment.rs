//! Deployments of a system: create, repeat, change, fail, delete. The cloud is ministack, and the caller is a user
//! who has the deployer's policy and nothing else.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use aws_sdk_s3::types::ChecksumAlgorithm;
use serde_json::Value;
use vitae_bundle::{Architecture, Artifact};
use vitae_cloud::{
    aws::AwsClients,
    deploy::{
        self, Action, Purpose, Settings, StackKind,
        artifacts::{self, Artifacts, StoredArtifacts},
        destroy::{self, EdgeFunctions},
        policies,
        release::{self, Release, Sources},
    },
    dev::{
        ministack::{self, Ministack},
        tools::Tools,
        users,
    },
};
use vitae_local::Credentials;
use vitae_parameters::Prefix;

const SYSTEM: &str = "deployed";
const BUCKET: &str = "artifacts";

/// A local cloud with an artifact bucket and a user who may deploy.
struct Account {
    ministack: Ministack,
    deployer: Credentials,
}

impl Account {
    async fn start(state: &Path) -> Self {
        let Tools { ministack, node } = Tools::from_env().expect("the tools");
        let options = ministack::Options { executable: ministack, node, state: state.to_owned(), fresh: true };
        let ministack = Ministack::start(&options).await.expect("the cloud starts");
        artifacts::create_bucket(&ministack.root(), BUCKET).await.expect("a bucket");
        let policy = policies::deploy(SYSTEM, BUCKET, &prefix());
        let deployer = users::make(&ministack.root(), "deploy", &policy).await.expect("a user");
        Self { ministack, deployer }
    }

    fn aws(&self) -> AwsClients {
        AwsClients::local(self.ministack.endpoint(), self.deployer.clone())
    }

    /// Runs `vitae deploy` or `vitae destroy` without a terminal.
    fn vitae(&self, arguments: &[&str]) -> Output {
        let program = vitae_bundle::target(&vitae_bundle::repository()).join("debug/vitae-cloud");
        let mut command = Command::new(program);
        command.args(arguments).args(["--stack", SYSTEM, "--endpoint-url", self.ministack.endpoint()]);
        command.env("AWS_ACCESS_KEY_ID", self.deployer.access_key_id());
        command.env("AWS_SECRET_ACCESS_KEY", self.deployer.secret_access_key());
        // Ignore the machine's AWS configuration, and do not query the metadata service of EC2.
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_CONFIG_FILE", "/dev/null");
        command.stdin(Stdio::null()).output().expect("vitae-cloud runs")
    }

    fn deploy(&self, arguments: &[&str]) -> Output {
        self.vitae(&[&["deploy", "--quick", "--no-observability", "--artifact-bucket", BUCKET], arguments].concat())
    }
}

fn prefix() -> Prefix {
    Prefix::from_stack_name(SYSTEM).expect("a stack name")
}

fn state(name: &str) -> PathBuf {
    vitae_bundle::target(&vitae_bundle::repository()).join("vitae/tests/deploy").join(name)
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_plans_deploys_repeats_changes_and_deletes_a_system() {
    let account = Account::start(&state("owner")).await;

    let planned = account.deploy(&["--plan"]);
    assert!(planned.status.success(), "{}", stderr(&planned));
    assert!(stdout(&planned).contains("add  Distribution "), "{}", stdout(&planned));
    assert!(deploy::output_values(&account.aws(), SYSTEM).await.unwrap_or_default().unwrap_or_default().is_empty());

    let unconfirmed = account.deploy(&[]);
    assert_eq!(unconfirmed.status.code(), Some(2), "{}", stderr(&unconfirmed));
    assert!(stderr(&unconfirmed).contains("--yes"), "{}", stderr(&unconfirmed));

    let created = account.deploy(&["--yes"]);
    assert!(created.status.success(), "{}", stderr(&created));
    assert!(stderr(&created).contains("Distribution CREATE_COMPLETE"), "{}", stderr(&created));
    let outputs = deploy::outputs(&account.aws(), SYSTEM).await.unwrap();
    assert!(stdout(&created).contains(&outputs.distribution_id), "{}", stdout(&created));

    let again = account.deploy(&["--yes", "--json"]);
    assert!(again.status.success(), "{}", stderr(&again));
    let report: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((&report["stacks"][0]["stack"], &report["stacks"][0]["result"]), (&SYSTEM.into(), &"unchanged".into()));
    assert_eq!(report["outputs"]["DistributionId"], outputs.distribution_id);

    let chosen = state("owner").join("chosen.params.json");
    fs::write(&chosen, r#"{"RotationDays": "30"}"#).unwrap();
    let chosen = chosen.to_str().unwrap();
    let changed = account.deploy(&["--yes", "--json", "--params", chosen]);
    assert!(changed.status.success(), "{}", stderr(&changed));
    let report: Value = serde_json::from_slice(&changed.stdout).unwrap();
    assert_eq!(report["stacks"][0]["result"], "changed");
    let rows = report["stacks"][0]["changes"].as_array().unwrap();
    let function = rows.iter().find(|change| change["logical_id"] == "KeysFunction").unwrap();
    assert_eq!(function["action"], "change", "{rows:?}");

    fs::write(chosen, r#"{"RotationDay": "30"}"#).unwrap();
    let misspelt = account.deploy(&["--yes", "--params", chosen]);
    assert_eq!(misspelt.status.code(), Some(1));
    assert!(stderr(&misspelt).contains("no template has a parameter RotationDay:"), "{}", stderr(&misspelt));

    fs::write(chosen, r#"{"PricingPlan": "free", "AccessLogs": "true"}"#).unwrap();
    let contradicting = account.deploy(&["--yes", "--params", chosen]);
    assert_eq!(contradicting.status.code(), Some(1));
    assert!(stderr(&contradicting).contains("AccessLogs is true"), "{}", stderr(&contradicting));

    let unconfirmed = account.vitae(&["destroy"]);
    assert_eq!(unconfirmed.status.code(), Some(2), "{}", stderr(&unconfirmed));
    assert!(
        stderr(&unconfirmed).contains(&outputs.cv_bucket),
        "the kept resources are listed: {}",
        stderr(&unconfirmed)
    );

    let deleted = account.vitae(&["destroy", "--yes"]);
    assert!(deleted.status.success(), "{}", stderr(&deleted));
    for command in
        [format!("aws s3 rb s3://{} --force", outputs.cv_bucket), format!("--table-name {}", outputs.counter_table)]
    {
        assert!(stdout(&deleted).contains(&command), "{command}: {}", stdout(&deleted));
    }
    assert!(deploy::outputs(&account.aws(), SYSTEM).await.is_err());
    let objects = account.ministack.root().s3().list_objects_v2().bucket(&outputs.cv_bucket).send().await;
    assert!(objects.is_ok(), "the CV's bucket is kept");

    let again = account.vitae(&["destroy", "--yes"]);
    assert!(again.status.success(), "{}", stderr(&again));
    assert!(stderr(&again).contains("Stack deployed does not exist"), "{}", stderr(&again));
    account.ministack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_that_someone_else_wrote_under_its_name_is_not_deployed() {
    let account = Account::start(&state("artifacts")).await;
    let folder = tempfile::tempdir().unwrap();
    let zip = |name: &str, content: &str| {
        let path = folder.path().join(name).with_extension("zip");
        fs::write(&path, content).unwrap();
        Artifact::read(name, &path).unwrap()
    };
    let zips = Artifacts {
        edge: zip("edge", "edge"),
        counter: zip("counter", "counter"),
        regional: zip("regional", "regional"),
    };
    let aws = account.aws();
    let find = async || StoredArtifacts::find(&aws, BUCKET, SYSTEM, &zips).await;
    assert_eq!(find().await.unwrap().edge.version, artifacts::NOT_UPLOADED);

    assert!(artifacts::upload(&aws, BUCKET, SYSTEM, &zips.edge).await.unwrap());
    assert!(!artifacts::upload(&aws, BUCKET, SYSTEM, &zips.edge).await.unwrap());
    let first = find().await.unwrap().edge;
    assert!(first.key.starts_with("deployed/edge/") && first.version != artifacts::NOT_UPLOADED, "{first:?}");

    // Without a checksum, with another one, and as a version after the right one.
    let root = account.ministack.root();
    for (artifact, checksum) in [(&zips.counter, false), (&zips.regional, true), (&zips.edge, true)] {
        let key = artifacts::key(SYSTEM, artifact);
        let mut put = root.s3().put_object().bucket(BUCKET).key(&key).body(b"evil".to_vec().into());
        if checksum {
            put = put.checksum_algorithm(ChecksumAlgorithm::Sha256);
        }
        put.send().await.unwrap();
        for error in [artifacts::upload(&aws, BUCKET, SYSTEM, artifact).await.unwrap_err(), find().await.unwrap_err()] {
            assert!(error.to_string().contains("SHA-256"), "{error}");
        }
    }
    // The version that a stack names is still what was uploaded.
    let pinned = root.s3().get_object().bucket(BUCKET).key(&first.key).version_id(&first.version).send().await.unwrap();
    assert_eq!(pinned.body.collect().await.unwrap().into_bytes(), "edge");

    let elsewhere = artifacts::upload(&aws, BUCKET, "other", &zips.edge).await;
    assert!(elsewhere.is_err(), "another stack's zip was written");
    account.ministack.shutdown().await.unwrap();
}

/// A copy of the files that the tests edit.
struct Checkout(tempfile::TempDir);

impl Checkout {
    fn copy() -> Self {
        let copy = tempfile::tempdir().unwrap();
        let repository = vitae_bundle::repository();
        for file in [
            "cloudformation/stack.yaml",
            "cloudformation/observability.yaml",
            "cloudformation/inbox.yaml",
            "edge/cloudfront-function/site.js",
        ] {
            let to = copy.path().join(file);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(repository.join(file), to).unwrap();
        }
        Self(copy)
    }

    /// Replaces a text that the file must contain.
    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.0.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn release(&self, account: &Account, artifacts: &Artifacts) -> Release {
        Release {
            aws: account.aws(),
            system: SYSTEM.to_owned(),
            artifact_bucket: BUCKET.to_owned(),
            permissions_boundary: None,
            settings: Settings::default(),
            artifacts: artifacts.clone(),
            architecture: Architecture::default(),
            sources: Sources::read(self.0.path()).unwrap(),
        }
    }
}

/// Plans and executes a change, and returns the changed resources.
async fn apply(release: &Release) -> Result<Vec<(Action, String)>, release::Error> {
    let Some(change_set) = release.plan(StackKind::System, Purpose::Deploy).await? else { return Ok(Vec::new()) };
    deploy::execute(&release.aws, SYSTEM, &change_set, |_| ()).await?;
    let changes = change_set.changes.as_slice().iter();
    Ok(changes.map(|change| (change.action, change.logical_id.clone())).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_change_is_applied_and_a_failed_one_is_rolled_back() {
    let account = Account::start(&state("changes")).await;
    let checkout = Checkout::copy();
    let artifacts = Artifacts::build(&vitae_bundle::repository(), &prefix(), &state("zips")).unwrap();
    let release = checkout.release(&account, &artifacts);
    release.upload(|_| ()).await.unwrap();
    assert!(apply(&release).await.unwrap().iter().all(|(action, _)| *action == Action::Add));
    assert_eq!(apply(&checkout.release(&account, &artifacts)).await.unwrap(), []);

    // Add a resource.
    let note = "  Note:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Type: String\n      Name: /deployed/note\n      Value: one\n";
    checkout.edit("cloudformation/stack.yaml", "\nResources:\n", &format!("\nResources:\n{note}"));
    let added = apply(&checkout.release(&account, &artifacts)).await.unwrap();
    assert_eq!(added, [(Action::Add, "Note".to_owned())]);

    // Change a property.
    checkout.edit("cloudformation/stack.yaml", "Value: one", "Value: two");
    let changed = apply(&checkout.release(&account, &artifacts)).await.unwrap();
    assert_eq!(changed, [(Action::Change, "Note".to_owned())]);

    // Change code that is a parameter of the template.
    checkout.edit(
        "edge/cloudfront-function/site.js",
        "function handler(event) {",
        "function handler(event) { // edited",
    );
    let changed = apply(&checkout.release(&account, &artifacts)).await.unwrap();
    assert!(changed.contains(&(Action::Change, "SiteFunction".to_owned())), "{changed:?}");

    // A failed change is rolled back.
    let before = deploy::outputs(&account.aws(), SYSTEM).await.unwrap();
    checkout.edit("cloudformation/stack.yaml", "Value: two", "Value: three");
    let broken = "  Broken:\n    Type: AWS::SSM::Parameter\n    DependsOn: Note\n    Properties:\n      Type: SecureString\n      Name: /deployed/broken\n      Value: x\n";
    checkout.edit("cloudformation/stack.yaml", "\nResources:\n", &format!("\nResources:\n{broken}"));
    let failed = apply(&checkout.release(&account, &artifacts)).await.unwrap_err().to_string();
    assert!(failed.contains("UPDATE_ROLLBACK_COMPLETE") && failed.contains("Broken (AWS::SSM::Parameter)"), "{failed}");
    let note = account.ministack.root().ssm().get_parameter().name("/deployed/note").send().await.unwrap();
    assert_eq!(note.parameter().and_then(|note| note.value()), Some("two"));
    assert_eq!(deploy::outputs(&account.aws(), SYSTEM).await.unwrap(), before);

    // Remove the resource.
    checkout.edit("cloudformation/stack.yaml", broken, "");
    let removed = "  Note:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Type: String\n      Name: /deployed/note\n      Value: three\n";
    checkout.edit("cloudformation/stack.yaml", removed, "");
    let removed = apply(&checkout.release(&account, &artifacts)).await.unwrap();
    assert_eq!(removed, [(Action::Remove, "Note".to_owned())]);

    let template = fs::read_to_string(checkout.0.path().join("cloudformation/stack.yaml")).unwrap();
    let resources = deploy::resources(&account.aws(), SYSTEM).await.unwrap();
    let retained = destroy::retained_resources(&resources, deploy::Template::new(&template));
    assert_eq!(retained.len(), 5, "{retained:?}");
    deploy::delete(&account.aws(), &StackKind::System.stack_name(SYSTEM), |_| ()).await.unwrap();
    let functions = destroy::delete_edge_functions(&account.aws(), SYSTEM).await.unwrap();
    assert_eq!((functions.deleted.len(), functions.replicated.len()), (1, 0), "{functions:?}");
    let again = destroy::delete_edge_functions(&account.aws(), SYSTEM).await.unwrap();
    assert_eq!(again, EdgeFunctions::default());
    account.ministack.shutdown().await.unwrap();
}
