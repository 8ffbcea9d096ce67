//! `vitae origins`: origins that may use the API in addition to the stack's own names.

use std::{error::Error, process::ExitCode};

use clap::{Args, Subcommand};
use tokio::runtime::Runtime;
use vitae_cloud::{
    operate::origins::{self, AllowedOrigin, OriginParameters, OriginSlot},
    table::align,
};
use vitae_parameters::Prefix;

const EXAMPLES: &str = "\
Examples:
  cargo vitae origins list --stack resume
  cargo vitae origins set dev https://my-workspace-8787.example.dev --stack resume
  cargo vitae origins remove dev --stack resume

To set origins/dev from a cloud workspace's start-up task, with a role that may write that parameter only:
  aws ssm put-parameter --region us-east-1 --overwrite --type String --name /vitae/resume/origins/dev --value \"$WORKSPACE_URL\"

A change takes effect within a minute. The edge honours origins/dev only while config.dev_origin is true; anyone who can write
it can then let any site request CV links.
Exit codes: 0 done; 1 failed, or the edge would reject the origin; 2 wrong usage.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Origins {
    #[command(subcommand)]
    command: OriginsCommand,
    #[command(flatten)]
    system: super::System,
}

#[derive(Subcommand)]
enum OriginsCommand {
    /// Set an additional origin, after the same checks as at the edge
    Set {
        /// Which one
        slot: OriginSlot,
        /// Origin: scheme, host and, if it is not the default, port, such as https://preview.example or http://localhost:3000
        url: String,
    },
    /// List the allowed origins, and whether each is active
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove an additional origin
    Remove {
        /// Which one
        slot: OriginSlot,
    },
}

impl Origins {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        let result = Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(self.execute()));
        super::finish("origins", result)
    }

    async fn execute(&self) -> Result<(), Box<dyn Error>> {
        let (aws, stack) = self.system.find().await?;
        let prefix = Prefix::from_stack_name(&stack)?;
        match &self.command {
            OriginsCommand::Set { slot, url } => {
                let is_active = origins::set(&aws, &prefix, *slot, url).await?;
                println!("{} is {url}", prefix.name(slot.parameter()));
                if is_active {
                    eprintln!("It takes effect within a minute.");
                } else {
                    eprintln!(
                        "The edge ignores it: config.dev_origin is false in this stack. Deploy with DevOrigin=true to enable it."
                    );
                }
            }
            OriginsCommand::List { json } => {
                let allowed = OriginParameters::read(&aws, &prefix).await?.list(&prefix)?;
                println!("{}", if *json { serde_json::to_string(&allowed)? } else { table(&allowed) });
            }
            OriginsCommand::Remove { slot } => {
                let existed = origins::remove(&aws, &prefix, *slot).await?;
                let what = if existed { "was removed" } else { "is not set" };
                println!("{} {what}", prefix.name(slot.parameter()));
            }
        }
        Ok(())
    }
}

fn table(allowed: &[AllowedOrigin]) -> String {
    let row = |allowed: &AllowedOrigin| {
        let state = allowed.reason.as_ref().map_or_else(|| "active".to_owned(), |reason| format!("inactive: {reason}"));
        [allowed.origin.clone(), allowed.source.as_str().to_owned(), state]
    };
    align(&allowed.iter().map(row).collect::<Vec<_>>())
}
