//! `vitae destroy`: the end of a system in an account.

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

use super::{
    Account, Ended,
    consent::{Consent, ask},
};

/// Ends a system in an account. What holds data stays, and is named
#[derive(Args)]
#[command(
    after_help = "CloudFront keeps copies of the edge function for hours after its distribution is gone, and Lambda deletes no function
that has any. Run it again later: it finds what is left.

Examples:
  cargo vitae destroy --stack resume
  cargo vitae destroy --stack resume --yes"
)]
pub(crate) struct Destroy {
    /// The system's name
    #[arg(long)]
    stack: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: Account,
}

impl Destroy {
    /// Does it, and says how it went.
    pub(crate) fn run(&self) -> ExitCode {
        super::end("destroy", self.carry_out())
    }

    fn carry_out(&self) -> Result<Ended, Box<dyn Error>> {
        let sources = Sources::read(&vitae_bundle::repository())?;
        Runtime::new()?.block_on(async {
            let aws = self.account.find().await;
            if deploy::id(&aws, &self.stack).await?.is_some() {
                let ended = self.remove(&aws, &sources).await?;
                if !matches!(ended, Ended::Well) {
                    return Ok(ended);
                }
            } else {
                eprintln!("There is no stack {} (any more).", self.stack);
            }
            self.sweep(&aws).await
        })
    }

    async fn remove(&self, aws: &AwsClients, sources: &Sources) -> Result<Ended, Box<dyn Error>> {
        let resources = deploy::resources(aws, &self.stack).await?;
        let stays = destroy::outlives(&resources, sources.template(Part::Serves));
        eprintln!(
            "{} resources of the stack {}, and those of its alarms and logs, end. These stay:",
            resources.len(),
            self.stack
        );
        for left in stays.iter().filter(|left| left.removal().is_some()) {
            eprintln!("  {:<14}{}", left.logical_id, left.physical_id);
        }
        match ask("To end it, type its name.", &self.stack, self.yes) {
            Consent::Given => {}
            refused => return Ok(Ended::without(refused)),
        }
        let progress = Progress::to_stderr();
        for (part, name) in [(Part::Watches, "observability"), (Part::Serves, "stack")] {
            let step = progress.step(name);
            destroy::remove(aws, &self.stack, part, |event| step.event(event)).await?;
            step.done("gone");
        }
        println!("What holds data is still there. These remove it for good:");
        for command in stays.iter().filter_map(destroy::LeftBehind::removal) {
            println!("  {command}");
        }
        Ok(Ended::Well)
    }

    async fn sweep(&self, aws: &AwsClients) -> Result<Ended, Box<dyn Error>> {
        let destroy::Swept { deleted, waiting } = destroy::sweep(aws, &self.stack).await?;
        for function in deleted {
            eprintln!("{function}: deleted.");
        }
        for function in &waiting {
            eprintln!("{function}: CloudFront still has copies of it, for some hours. Run this again later.");
        }
        Ok(Ended::Well)
    }
}
