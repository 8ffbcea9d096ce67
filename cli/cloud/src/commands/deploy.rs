//! `vitae deploy`: builds, uploads, shows what would change, asks, and changes it.

use std::{
    collections::BTreeMap,
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use serde::Serialize;
use tokio::runtime::Runtime;
use vitae_bundle::Architecture;
use vitae_cloud::{
    aws::AwsClients,
    deploy::{
        self, Bootstrap, Settings,
        artifacts::Artifacts,
        release::{Part, Release, Sources},
    },
    progress::Progress,
};
use vitae_parameters::Prefix;

use super::{
    Account, Ended,
    change::{How, OneStack, change},
    print_outputs,
};

/// Brings a system in an account up to this checkout
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Args)]
#[command(after_help = "Examples:
  cargo vitae deploy --stack resume --params cloudformation/production.params.json
  cargo vitae deploy --stack resume --params cloudformation/production.params.json --plan --json
  cargo vitae deploy --stack resume --yes          (in CI)")]
pub(crate) struct Deploy {
    /// The system's name: that of its stack, in lower case
    #[arg(long)]
    stack: String,
    /// What the owner chose: a file of the templates' parameters, {"RotationDays": "90"}
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// Show what would change, and change nothing
    #[arg(long)]
    plan: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Print JSON: the changes of each stack, and the outputs
    #[arg(long)]
    json: bool,
    /// The processor of the regional Lambdas: x86_64, or arm64 where Rust has it as a target
    #[arg(long, default_value_t, value_parser = Architecture::parse)]
    arch: Architecture,
    /// Build for this machine rather than for Lambda: quick, and only a local cloud can run it
    #[arg(long, requires = "endpoint_url")]
    quick: bool,
    /// Where the zips are uploaded; without it, the bucket of the account's stack vitae-bootstrap
    #[arg(long, value_name = "BUCKET")]
    artifact_bucket: Option<String>,
    /// Leave out alarms, dashboard and access logs: the stack NAME-observability
    #[arg(long)]
    unwatched: bool,
    #[command(flatten)]
    account: Account,
}

/// What was done, as `--json` prints it.
#[derive(Serialize)]
struct Report {
    stacks: Vec<OneStack>,
    outputs: BTreeMap<String, String>,
}

impl Deploy {
    /// Does it, and says how it went.
    pub(crate) fn run(&self) -> ExitCode {
        super::end("deploy", self.carry_out())
    }

    fn carry_out(&self) -> Result<Ended, Box<dyn Error>> {
        let repository = vitae_bundle::repository();
        let progress = Progress::to_stderr();
        let settings = self.params.as_deref().map_or_else(|| Ok(Settings::default()), Settings::read)?;
        let sources = Sources::read(&repository)?;
        // Before minutes are spent on building.
        sources.check(&settings)?;
        let artifacts = self.build(&repository, progress)?;
        Runtime::new()?.block_on(async {
            let aws = self.account.find().await;
            let (artifact_bucket, permissions_boundary) = self.place(&aws).await?;
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
            self.release(&release, progress).await
        })
    }

    fn build(&self, repository: &Path, progress: Progress) -> Result<Artifacts, Box<dyn Error>> {
        let out = vitae_bundle::target(repository).join("vitae/release").join(&self.stack);
        let step = progress.step("build");
        let prefix = Prefix::from_stack_name(&self.stack)?;
        let artifacts = if self.quick {
            Artifacts::build(repository, &prefix, &out.join("quick"), |name| step.at(name))?
        } else {
            Artifacts::release(repository, &prefix, self.arch, &out, |name| step.at(name))?
        };
        step.done("edge, counter, keys");
        Ok(artifacts)
    }

    /// The bucket of the zips, and the boundary of the roles if the account demands one.
    async fn place(&self, aws: &AwsClients) -> Result<(String, Option<String>), deploy::Error> {
        if let Some(bucket) = &self.artifact_bucket {
            return Ok((bucket.clone(), None));
        }
        let Bootstrap { artifact_bucket, permissions_boundary } = Bootstrap::read(aws).await?;
        Ok((artifact_bucket, Some(permissions_boundary)))
    }

    async fn release(&self, release: &Release, progress: Progress) -> Result<Ended, Box<dyn Error>> {
        if !self.plan {
            let step = progress.step("functions");
            let uploaded = release.upload(|key| step.at(key)).await?;
            step.done(format_args!("{uploaded} of 3 uploaded"));
        }
        let parts = if self.unwatched { &[Part::Serves][..] } else { &[Part::Serves, Part::Watches] };
        let mut stacks = Vec::new();
        for part in parts {
            // Its parameters are the outputs of a stack that is not there yet.
            if self.plan && *part == Part::Watches && deploy::id(&release.aws, &self.stack).await?.is_none() {
                continue;
            }
            match self.part(release, *part, progress).await? {
                Ok(stack) => stacks.push(stack),
                Err(ended) => return Ok(ended),
            }
        }
        let outputs = deploy::values(&release.aws, &self.stack).await?.unwrap_or_default();
        self.print(&Report { stacks, outputs })?;
        Ok(Ended::Well)
    }

    /// Plans one stack and, if that is wanted, carries the plan out.
    async fn part(
        &self,
        release: &Release,
        part: Part,
        progress: Progress,
    ) -> Result<Result<OneStack, Ended>, Box<dyn Error>> {
        let step = progress.step(match part {
            Part::Serves => "stack",
            Part::Watches => "observability",
        });
        step.at("what would change");
        let change_set = release.plan(part).await?;
        let how = How { plan: self.plan, yes: self.yes, progress };
        Ok(change(&release.aws, part.stack(&self.stack), change_set, step, how).await?)
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
