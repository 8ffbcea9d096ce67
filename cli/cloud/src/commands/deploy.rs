//! `vitae deploy`: builds and uploads the functions, shows the changes, and applies them after confirmation.

use std::{
    collections::BTreeMap,
    error::Error,
    fmt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use serde::Serialize;
use tokio::runtime::Runtime;
use vitae_bundle::Architecture;
use vitae_cloud::{
    aws::{AwsClients, CallError},
    deploy::{
        self, Bootstrap, Changes, Purpose, Settings, StackKind,
        artifacts::Artifacts,
        release::{self, Release, Sources},
        site::{self, SiteFolder},
    },
};
use vitae_parameters::Prefix;
use vitae_setup::Progress;

use super::{
    Account, Confirmation,
    change::{ChangeOptions, ChangeResult, StackChange, change},
    print_outputs,
};

#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Args)]
#[command(after_help = "Examples:
  cargo vitae deploy --stack resume --params cloudformation/production.params.json
  cargo vitae deploy --stack resume --params cloudformation/production.params.json --plan --json
  cargo vitae deploy --stack resume --yes          in CI")]
pub(crate) struct Deploy {
    /// Name of the stack, in lower case
    #[arg(long)]
    stack: String,
    /// JSON file of template parameters, such as {"RotationDays": "90"}
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// Show the changes and apply none
    #[arg(long)]
    plan: bool,
    /// Do not prompt for confirmation
    #[arg(long)]
    yes: bool,
    /// Print JSON: the changes of each stack, and the outputs
    #[arg(long)]
    json: bool,
    /// Processor of the regional Lambda functions: x86_64, or arm64 if Rust has that target
    #[arg(long, default_value_t, value_parser = Architecture::parse)]
    arch: Architecture,
    /// Build for this machine and not for Lambda: faster, and only a local cloud can run it
    #[arg(long, requires = "endpoint_url")]
    quick: bool,
    /// Deploy edge.zip, counter.zip and regional.zip of this folder and build nothing; `vitae build --prefix /vitae/NAME/ --out DIR`
    /// writes them
    #[arg(long, value_name = "DIR", conflicts_with = "quick")]
    artifacts: Option<PathBuf>,
    /// Artifact bucket [default: the one of the stack vitae-bootstrap]
    #[arg(long, value_name = "BUCKET")]
    artifact_bucket: Option<String>,
    /// Do not deploy alarms, dashboard and access logs (the stack NAME-observability)
    #[arg(long)]
    no_observability: bool,
    #[command(flatten)]
    account: Account,
}

/// The result, as `--json` prints it.
#[derive(Serialize)]
struct Report {
    stacks: Vec<StackResult>,
    outputs: BTreeMap<String, String>,
}

/// The result for one stack.
#[derive(Serialize)]
#[serde(untagged)]
enum StackResult {
    Change(StackChange),
    NotPlanned(NotPlanned),
}

/// A stack for which `--plan` creates no change set.
#[derive(Serialize)]
struct NotPlanned {
    stack: String,
    /// Always `not_planned`.
    result: &'static str,
    /// Always empty.
    changes: Changes,
    reason: String,
}

impl NotPlanned {
    fn new(stack: String, reason: String) -> Self {
        Self { stack, result: "not_planned", changes: Changes::default(), reason }
    }
}

impl fmt::Display for StackResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change(change) => change.fmt(f),
            Self::NotPlanned(NotPlanned { stack, reason, .. }) => write!(f, "{stack}\n{reason}"),
        }
    }
}

/// Builds the pages, which `vitae site` uploads: an invalid resume fails here too.
fn build_pages(repository: &Path, progress: &Progress) -> Result<(), site::Error> {
    let folder = repository.join("site");
    let site = SiteFolder::new(&folder, &site::default_out(&folder));
    if site.has_resume() {
        let step = progress.step("Build the pages");
        let built = site.build_pages()?;
        step.done(format_args!("{} pages", built.pages));
    }
    Ok(())
}

impl Deploy {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        super::finish_confirmed("deploy", self.deploy())
    }

    fn deploy(&self) -> Result<Confirmation, Box<dyn Error>> {
        let repository = vitae_bundle::repository();
        let progress = Progress::stderr();
        let settings = self.params.as_deref().map_or_else(|| Ok(Settings::default()), Settings::read)?;
        let sources = Sources::read(&repository)?;
        // Invalid settings fail here, before a build of minutes.
        sources.check(&settings)?;
        if self.artifacts.is_none() {
            build_pages(&repository, &progress)?;
        }
        let artifacts = self.build(&repository, &progress)?;
        Runtime::new()?.block_on(async {
            let aws = self.account.find().await;
            let (artifact_bucket, permissions_boundary) = self.account_settings(&aws).await?;
            let (system, architecture) = (self.stack.clone(), self.arch);
            let release = Release {
                aws,
                system,
                artifact_bucket,
                permissions_boundary,
                settings,
                artifacts,
                architecture,
                sources,
            };
            self.release(&release, &progress).await
        })
    }

    fn build(&self, repository: &Path, progress: &Progress) -> Result<Artifacts, Box<dyn Error>> {
        let out = vitae_bundle::target(repository).join("vitae/release").join(&self.stack);
        let step = progress.step(if self.artifacts.is_some() { "Read the functions" } else { "Build the functions" });
        let prefix = Prefix::from_stack_name(&self.stack)?;
        let artifacts = if let Some(folder) = &self.artifacts {
            Artifacts::read(folder, &prefix)?
        } else if self.quick {
            Artifacts::build(repository, &prefix, &out.join("quick"))?
        } else {
            Artifacts::build_for_lambda(repository, &prefix, self.arch, &out, |name| step.update(name))?
        };
        step.done("edge, counter, regional");
        Ok(artifacts)
    }

    /// The artifact bucket, and the permissions boundary if the account has one.
    async fn account_settings(&self, aws: &AwsClients) -> Result<(String, Option<String>), deploy::Error> {
        if let Some(bucket) = &self.artifact_bucket {
            return Ok((bucket.clone(), None));
        }
        let Bootstrap { artifact_bucket, permissions_boundary } = Bootstrap::read(aws).await?;
        Ok((artifact_bucket, Some(permissions_boundary)))
    }

    async fn release(&self, release: &Release, progress: &Progress) -> Result<Confirmation, Box<dyn Error>> {
        if !self.plan {
            release.check_pricing_plan().await?;
            let step = progress.step("Upload the functions");
            let uploaded = release.upload(|key| step.update(key)).await?;
            step.done(format_args!("{uploaded} of 3 uploaded"));
        }
        let kinds = StackKind::wanted(&release.settings)
            .filter(|kind| !self.no_observability || *kind != StackKind::Observability);
        let mut stacks = Vec::new();
        for kind in kinds {
            if self.plan
                && let Some(reason) = self.missing_outputs(release, kind).await?
            {
                stacks.push(StackResult::NotPlanned(NotPlanned::new(kind.stack_name(&self.stack), reason)));
                continue;
            }
            let stack = self.plan_and_apply(release, kind, progress).await?;
            if let StackResult::Change(StackChange { result: ChangeResult::Declined(confirmation), .. }) = stack {
                return Ok(confirmation);
            }
            stacks.push(stack);
        }
        let outputs = deploy::output_values(&release.aws, &self.stack).await?.unwrap_or_default();
        self.print(&Report { stacks, outputs })?;
        Ok(Confirmation::Yes)
    }

    /// Why a stack cannot be planned yet: its parameters are outputs of another stack, which has none before its first deployment.
    async fn missing_outputs(&self, release: &Release, kind: StackKind) -> Result<Option<String>, CallError> {
        let other = match kind {
            StackKind::System if release.settings.has_inbox() => StackKind::Inbox,
            StackKind::Observability => StackKind::System,
            StackKind::Inbox | StackKind::System => return Ok(None),
        };
        let stack = other.stack_name(&self.stack);
        let outputs = deploy::output_values(&release.aws, &stack).await?;
        let is_missing = outputs.is_none_or(|outputs| outputs.is_empty());
        Ok(is_missing.then(|| format!("planned after the first deployment of {stack}")))
    }

    /// Plans one stack and, unless `--plan` is set, applies the plan.
    async fn plan_and_apply(
        &self,
        release: &Release,
        kind: StackKind,
        progress: &Progress,
    ) -> Result<StackResult, Box<dyn Error>> {
        let step = progress.step(format!("Plan {}", kind.stack_name(&self.stack)));
        step.update("create the change set");
        let change_set = match release.plan(kind, Purpose::from_flag(self.plan)).await {
            Err(release::Error::Deploy(error @ deploy::Error::FirstDeploymentFailed { .. })) => {
                step.done("no change set");
                return Ok(StackResult::NotPlanned(NotPlanned::new(kind.stack_name(&self.stack), error.to_string())));
            }
            change_set => change_set?,
        };
        let options = ChangeOptions { plan: self.plan, yes: self.yes, progress };
        let change = change(&release.aws, kind.stack_name(&self.stack), change_set, step, options).await?;
        Ok(StackResult::Change(change))
    }

    fn print(&self, report: &Report) -> Result<(), serde_json::Error> {
        if self.json {
            println!("{}", serde_json::to_string(report)?);
            return Ok(());
        }
        if self.plan {
            for stack in &report.stacks {
                println!("{stack}");
            }
            return Ok(());
        }
        print_outputs(&report.outputs);
        Ok(())
    }
}
