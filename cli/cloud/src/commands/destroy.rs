//! `vitae destroy`: deletes a deployed system and keeps its stateful resources.

use std::{error::Error, process::ExitCode};

use clap::Args;
use tokio::runtime::Runtime;
use vitae_cloud::{
    aws::AwsClients,
    deploy::{
        self, destroy,
        release::{Part, Sources},
    },
    progress::Progress,
};

use super::{Account, Confirmation, confirm::confirm};

#[derive(Args)]
#[command(
    after_help = "CloudFront takes a few hours to remove the replicas of the edge function, and Lambda does not delete a function that has
replicas. Run the command again then; it deletes what is left.

Examples:
  cargo vitae destroy --stack resume
  cargo vitae destroy --stack resume --yes"
)]
pub(crate) struct Destroy {
    /// Name of the stack
    #[arg(long)]
    stack: String,
    /// Do not prompt for confirmation
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: Account,
}

impl Destroy {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        super::finish_confirmed("destroy", self.destroy())
    }

    fn destroy(&self) -> Result<Confirmation, Box<dyn Error>> {
        let sources = Sources::read(&vitae_bundle::repository())?;
        Runtime::new()?.block_on(async {
            let aws = self.account.find().await;
            if deploy::id(&aws, &self.stack).await?.is_some() {
                let confirmation = self.remove(&aws, &sources).await?;
                if confirmation != Confirmation::Yes {
                    return Ok(confirmation);
                }
            } else {
                eprintln!("Stack {} does not exist.", self.stack);
            }
            self.sweep(&aws).await
        })
    }

    async fn remove(&self, aws: &AwsClients, sources: &Sources) -> Result<Confirmation, Box<dyn Error>> {
        let resources = deploy::resources(aws, &self.stack).await?;
        let kept = destroy::outlives(&resources, sources.template(Part::Serves));
        eprintln!(
            "This deletes {} resources of {}, and its alarms and logs. These are kept:",
            resources.len(),
            self.stack
        );
        for left in kept.iter().filter(|left| left.removal().is_some()) {
            eprintln!("  {:<14}{}", left.logical_id, left.physical_id);
        }
        let confirmation = confirm("Type the stack's name to confirm:", &self.stack, self.yes);
        if confirmation != Confirmation::Yes {
            return Ok(confirmation);
        }
        let progress = Progress::to_stderr();
        for (part, name) in [(Part::Watches, "observability"), (Part::Serves, "stack")] {
            let step = progress.step(name);
            destroy::remove(aws, &self.stack, part, |event| step.event(event)).await?;
            step.done("deleted");
        }
        println!("The stateful resources are kept. These commands delete them permanently:");
        for command in kept.iter().filter_map(destroy::LeftBehind::removal) {
            println!("  {command}");
        }
        Ok(Confirmation::Yes)
    }

    async fn sweep(&self, aws: &AwsClients) -> Result<Confirmation, Box<dyn Error>> {
        let destroy::Swept { deleted, waiting } = destroy::sweep(aws, &self.stack).await?;
        for function in deleted {
            eprintln!("{function}: deleted.");
        }
        for function in &waiting {
            eprintln!("{function}: CloudFront still has replicas. Run this command again in a few hours.");
        }
        Ok(Confirmation::Yes)
    }
}
