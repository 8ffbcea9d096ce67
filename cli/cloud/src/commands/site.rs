//! `vitae site`: what an upload would change, and the upload.

use std::{
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
        site::{self, Apply, LEASE, Lock, SavedPlan, Source},
    },
    progress::{Progress, Step},
};

use super::{
    Ended,
    consent::{self, Consent},
};
use crate::signals::Signals;

const EXAMPLES: &str = "\
Examples:
  cargo vitae site plan                                 what would change in the running system
  cargo vitae site plan --stack resume --out plan.json  the same in an account, kept to be applied later
  cargo vitae site apply plan.json --yes                exactly that, or nothing if bucket or folder moved
  cargo vitae site apply --stack resume --wait          plan, ask, apply, wait for the edges

Files are told apart by content, not by time. Names in .vitaeignore (the syntax of .gitignore) and hidden names are not
uploaded. Cut off, it goes on where it was when it is run again; a second one at the same time waits for the first.
Exit codes: 0 done or nothing to do; 1 it failed or was refused; 2 wrong usage.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Site {
    #[command(subcommand)]
    command: SiteCommand,
    #[command(flatten)]
    system: super::System,
    /// The folder of the site; without it, `site` of this checkout
    #[arg(long, global = true)]
    folder: Option<PathBuf>,
}

#[derive(Subcommand)]
enum SiteCommand {
    /// Shows what an upload would add, change and delete, and which paths it would invalidate
    Plan {
        /// A file to keep the plan in, for `vitae site apply FILE`
        #[arg(long)]
        out: Option<PathBuf>,
        /// Print the plan as JSON
        #[arg(long)]
        json: bool,
    },
    /// Uploads what differs, deletes what is gone, has the edges forget what changed
    Apply {
        /// A plan kept by `vitae site plan --out`; it is refused if the bucket or the folder moved since
        plan: Option<PathBuf>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        /// Wait until every edge has forgotten what changed
        #[arg(long)]
        wait: bool,
        /// Seconds between the last page and the first deleted asset, which a browser that had just loaded an old page may
        /// still ask for
        #[arg(long, default_value_t = 10)]
        grace: u64,
        /// How many objects may be deleted at the most
        #[arg(long, default_value_t = 100)]
        max_deletes: usize,
    },
}

impl Site {
    /// Plans or applies, and says how it went.
    pub(crate) fn run(&self) -> ExitCode {
        let ran = Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(self.plan_or_apply()));
        super::end("site", ran)
    }

    async fn plan_or_apply(&self) -> Result<Ended, Box<dyn Error>> {
        let saved = match &self.command {
            SiteCommand::Apply { plan: Some(path), .. } => Some(read(path)?),
            _ => None,
        };
        let folder = self.folder.clone().unwrap_or_else(|| vitae_bundle::repository().join("site"));
        let folder = std::path::absolute(folder)?;
        // A plan says which stack it is for.
        let (aws, stack) = self.system.find_or(saved.as_ref().and_then(|plan| plan.stack.as_deref())).await?;
        let outputs = deploy::outputs(&aws, &stack).await?;
        let sources = site::sources(&folder, &outputs.site_bucket, &outputs.cv_bucket);
        let target = Target { stack: self.system.stack().map(str::to_owned), aws, outputs, sources };
        match &self.command {
            SiteCommand::Plan { out, json } => {
                target.plan_and_show(out.as_deref(), *json).await?;
                Ok(Ended::Well)
            }
            SiteCommand::Apply { yes, wait, grace, max_deletes, .. } => {
                let how = Apply { grace: Duration::from_secs(*grace), max_deletes: *max_deletes, wait: *wait };
                target.apply(saved, *yes, how).await
            }
        }
    }
}

fn read(path: &Path) -> Result<SavedPlan, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    SavedPlan::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// What is uploaded, and to where.
struct Target {
    /// Its name, if it was asked for by name.
    stack: Option<String>,
    aws: AwsClients,
    outputs: Outputs,
    sources: Vec<Source>,
}

impl Target {
    async fn plan(&self) -> Result<SavedPlan, Box<dyn Error>> {
        let step = Progress::to_stderr().step("plan");
        step.at("comparing");
        let mut plan =
            site::plan(&self.aws, &self.outputs.distribution_id, &self.outputs.cv_bucket, &self.sources).await?;
        plan.stack.clone_from(&self.stack);
        step.done(format_args!(
            "{} objects compared",
            plan.buckets.iter().map(|bucket| bucket.base.len()).sum::<usize>()
        ));
        Ok(plan)
    }

    async fn plan_and_show(&self, out: Option<&Path>, json: bool) -> Result<(), Box<dyn Error>> {
        let plan = self.plan().await?;
        if let Some(out) = out {
            fs::write(out, plan.to_json()).map_err(|error| format!("{}: {error}", out.display()))?;
        }
        println!("{}", if json { plan.to_json() } else { site::table(&plan) });
        Ok(())
    }

    async fn apply(&self, saved: Option<SavedPlan>, yes: bool, how: Apply) -> Result<Ended, Box<dyn Error>> {
        let approved = match saved {
            Some(plan) if plan.distribution_id != self.outputs.distribution_id => {
                return Err(
                    format!("the plan is for another stack, of the distribution {}", plan.distribution_id).into()
                );
            }
            Some(plan) => Some(plan),
            // Asked for no consent, it is planned once the lock is held: then nothing can come between.
            None if yes => None,
            None => Some(self.plan().await?),
        };
        if let Some(plan) = &approved {
            println!("{}", site::table(plan));
            if plan.is_empty() {
                return Ok(Ended::Well);
            }
            match consent::ask("Apply this?", "yes", yes) {
                Consent::Given => {}
                refused => return Ok(Ended::without(refused)),
            }
        }
        let mut signals = Signals::new()?;
        let step = Progress::to_stderr().step("apply");
        let waiting = || step.tell("Another apply is at work here: waiting for its end.");
        let lock = tokio::select! {
            lock = Lock::take(self.aws.s3(), &self.outputs.cv_bucket, LEASE, waiting) => lock?,
            () = signals.next() => return Err("ended by a signal before anything was done".into()),
        };
        let applied = tokio::select! {
            applied = self.apply_under(&lock, approved, how, &step) => applied,
            () = signals.next() => Err("cut off by a signal; run it again to go on".into()),
        };
        let released = lock.release().await;
        let result = applied?;
        released?;
        step.done(result);
        Ok(Ended::Well)
    }

    async fn apply_under(
        &self,
        lock: &Lock,
        approved: Option<SavedPlan>,
        how: Apply,
        step: &Step,
    ) -> Result<String, Box<dyn Error>> {
        let plan = if let Some(plan) = approved {
            plan
        } else {
            let plan = self.plan().await?;
            println!("{}", site::table(&plan));
            plan
        };
        if plan.is_empty() {
            return Ok("nothing to do".to_owned());
        }
        let applied = site::apply(&self.aws, lock, &plan, &self.sources, how, step).await?;
        let (put, deleted, paths) = (applied.put, applied.deleted, applied.invalidated);
        Ok(format!("{put} uploaded, {deleted} deleted, {paths} paths invalidated"))
    }
}
