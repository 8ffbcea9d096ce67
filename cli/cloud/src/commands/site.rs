//! `vitae site`: plans and applies uploads of the site and the CV.

use std::{
    cell::OnceCell,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Args, Subcommand};
use tokio::runtime::Runtime;
use vitae_cloud::{
    aws::AwsClients,
    deploy::{
        self, Outputs,
        site::{self, ApplyOptions, LEASE, Lock, LockError, LockInfo, SiteFolder, SitePlan, Source},
    },
};
use vitae_setup::{Progress, Step};

use super::{Confirmation, confirm::confirm};
use crate::signals::Signals;

const EXAMPLES: &str = "\
Examples:
  cargo vitae site plan                                 changes to the running system
  cargo vitae site plan --stack resume --out plan.json  a saved plan for a stack in an account
  cargo vitae site apply plan.json --yes                apply that plan, unless bucket or folder changed
  cargo vitae site apply --stack resume --wait          plan, confirm, apply, wait for the invalidation

The site is built from its resume.json first; a folder without one is uploaded as it is.
Files are compared by content, not by time. Hidden files and names in .vitaeignore (the syntax of .gitignore) are not uploaded.
An interrupted apply continues when it is run again. A concurrent apply waits for the site lock. If the process that holds the lock
hangs, --force-unlock releases it; the ID is in the message of the waiting apply.
Exit codes: 0 done or no changes; 1 failed or declined; 2 wrong usage.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Site {
    #[command(subcommand)]
    command: SiteCommand,
    #[command(flatten)]
    system: super::System,
    /// Folder of the site, or the result of `vitae resume build` [default: `site` of this checkout]
    #[arg(long, global = true)]
    folder: Option<PathBuf>,
}

#[derive(Subcommand)]
enum SiteCommand {
    /// Show what an upload would add, change, delete and invalidate
    Plan {
        /// Save the plan to this file, for `vitae site apply FILE`
        #[arg(long)]
        out: Option<PathBuf>,
        /// Print the plan as JSON
        #[arg(long)]
        json: bool,
    },
    /// Upload changed files, delete removed ones, and invalidate changed paths
    Apply {
        /// Plan that `vitae site plan --out` saved; rejected if bucket or folder have changed since
        plan: Option<PathBuf>,
        /// Do not prompt for confirmation
        #[arg(long)]
        yes: bool,
        /// Wait until the invalidation is complete
        #[arg(long)]
        wait: bool,
        /// Seconds to wait before old assets are deleted, for browsers that have just loaded an old page
        #[arg(long, default_value_t = 10)]
        grace: u64,
        /// Maximum number of objects to delete
        #[arg(long, default_value_t = 100)]
        max_deletes: usize,
        /// Release the lock of a hung process first; rejected if the site lock has another ID
        #[arg(long, value_name = "ID")]
        force_unlock: Option<String>,
    },
}

impl Site {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        let result = Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(self.plan_or_apply()));
        super::finish_confirmed("site", result)
    }

    async fn plan_or_apply(&self) -> Result<Confirmation, Box<dyn Error>> {
        let saved = match &self.command {
            SiteCommand::Apply { plan: Some(path), .. } => Some(read(path)?),
            _ => None,
        };
        let folder = self.folder.clone().unwrap_or_else(|| vitae_bundle::repository().join("site"));
        let folder = std::path::absolute(folder)?;
        // A saved plan names its stack.
        let (aws, stack) = self.system.find_or(saved.as_ref().and_then(|plan| plan.stack.as_deref())).await?;
        let outputs = deploy::outputs(&aws, &stack).await?;
        let site = SiteFolder::new(&folder, &site::default_out(&folder));
        build(&site)?;
        let sources = site::sources(site.files(), &outputs.site_bucket, &outputs.cv_bucket, outputs.features());
        let target = Target { stack: self.system.stack().map(str::to_owned), aws, outputs, sources };
        match &self.command {
            SiteCommand::Plan { out, json } => {
                target.print_plan(out.as_deref(), *json).await?;
                Ok(Confirmation::Yes)
            }
            SiteCommand::Apply { yes, wait, grace, max_deletes, force_unlock, .. } => {
                if let Some(plan) = saved.as_ref().filter(|plan| plan.distribution_id != target.outputs.distribution_id)
                {
                    let id = &plan.distribution_id;
                    return Err(format!("the plan is for another stack, with distribution {id}").into());
                }
                if let Some(id) = force_unlock {
                    let released = Lock::force_unlock(&target.aws.s3(), &target.outputs.cv_bucket, id).await?;
                    eprintln!("Released the site lock:\n{released}");
                }
                let options =
                    ApplyOptions { grace: Duration::from_secs(*grace), max_deletions: *max_deletes, wait: *wait };
                target.apply(saved, *yes, options).await
            }
        }
    }
}

/// Builds the site, if it has a resume.
fn build(site: &SiteFolder) -> Result<(), site::Error> {
    if !site.has_resume() {
        return Ok(());
    }
    let step = Progress::stderr().step("Build the site");
    let built = site.build_pages()?;
    step.update("documents");
    let documents = site.build_documents()?;
    step.done(format_args!("{} files written", built.written + documents.len()));
    Ok(())
}

fn read(path: &Path) -> Result<SitePlan, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    SitePlan::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The buckets and their folders.
struct Target {
    /// The stack that `--stack` names.
    stack: Option<String>,
    aws: AwsClients,
    outputs: Outputs,
    sources: Vec<Source>,
}

impl Target {
    async fn plan(&self) -> Result<SitePlan, Box<dyn Error>> {
        let step = Progress::stderr().step("Plan the uploads");
        step.update("comparing");
        let mut plan =
            site::plan(&self.aws, &self.outputs.distribution_id, &self.outputs.cv_bucket, &self.sources).await?;
        plan.stack.clone_from(&self.stack);
        step.done(format_args!(
            "{} objects compared",
            plan.buckets.iter().map(|bucket| bucket.base.len()).sum::<usize>()
        ));
        Ok(plan)
    }

    async fn print_plan(&self, out: Option<&Path>, json: bool) -> Result<(), Box<dyn Error>> {
        let plan = self.plan().await?;
        if let Some(out) = out {
            fs::write(out, plan.to_json()).map_err(|error| format!("{}: {error}", out.display()))?;
        }
        println!("{}", if json { plan.to_json() } else { plan.to_string() });
        Ok(())
    }

    async fn apply(
        &self,
        saved: Option<SitePlan>,
        yes: bool,
        options: ApplyOptions,
    ) -> Result<Confirmation, Box<dyn Error>> {
        // Without a prompt, the plan is made while the lock is held, so that nothing changes in between.
        let approved = if saved.is_none() && !yes { Some(self.plan().await?) } else { saved };
        if let Some(plan) = &approved {
            println!("{plan}");
            if plan.is_empty() {
                return Ok(Confirmation::Yes);
            }
            let confirmation = confirm("Apply this plan?", "yes", yes);
            if confirmation != Confirmation::Yes {
                return Ok(confirmation);
            }
        }
        let mut signals = Signals::new()?;
        let step = Progress::stderr().step("Apply the plan");
        let holder: OnceCell<LockInfo> = OnceCell::new();
        let on_wait = |info: &LockInfo| {
            step.log(format_args!("Waiting for another process to release the site lock:\n{info}"));
            let _ = holder.set(info.clone());
        };
        let lock = tokio::select! {
            lock = Lock::acquire(self.aws.s3(), &self.outputs.cv_bucket, LEASE, "site apply", on_wait) => lock?,
            () = signals.next() => return Err(match holder.get() {
                Some(info) => LockError::Held(Box::new(info.clone())).into(),
                None => "interrupted; nothing was changed".into(),
            }),
        };
        let result = tokio::select! {
            result = self.apply_with_lock(&lock, approved, options, &step) => result,
            () = signals.next() => Err("interrupted; run it again to continue".into()),
        };
        let released = lock.release().await;
        let result = result?;
        released?;
        step.done(result);
        Ok(Confirmation::Yes)
    }

    async fn apply_with_lock(
        &self,
        lock: &Lock,
        approved: Option<SitePlan>,
        options: ApplyOptions,
        step: &Step,
    ) -> Result<String, Box<dyn Error>> {
        let plan = if let Some(plan) = approved {
            plan
        } else {
            let plan = self.plan().await?;
            println!("{plan}");
            plan
        };
        if plan.is_empty() {
            return Ok("no changes".to_owned());
        }
        let result = site::apply(&self.aws, lock, &plan, &self.sources, options, step).await?;
        let (uploaded, deleted, paths) = (result.uploaded, result.deleted, result.invalidated);
        Ok(format!("{uploaded} uploaded, {deleted} deleted, {paths} paths invalidated"))
    }
}
