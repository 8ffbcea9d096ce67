//! `vitae origins`: who may count and mint beside the stack's own names.

use std::{error::Error, process::ExitCode};

use clap::{Args, Subcommand, ValueEnum};
use tokio::runtime::Runtime;
use vitae_cloud::operate::origins::{self, Allowed};
use vitae_parameters::Prefix;

const EXAMPLES: &str = "\
Examples:
  cargo vitae origins list --stack resume
  cargo vitae origins set dev https://my-workspace-8787.example.dev --stack resume
  cargo vitae origins remove dev --stack resume

In a workspace's start-up task, one line, for a role that may write origins/dev and nothing else:
  aws ssm put-parameter --region us-east-1 --overwrite --type String --name /vitae/resume/origins/dev --value \"$WORKSPACE_URL\"

The edges take a change within a minute. origins/dev is heeded only while config.dev_origin is true: whoever may write it
may then let any site mint.
Exit codes: 0 done; 1 it failed or the edge would refuse the origin; 2 wrong usage.";

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
    /// Sets one, after checking it as the edge does: scheme and host, a port if it is not the scheme's own, nothing else
    Set {
        /// Which
        which: Which,
        /// The origin, such as https://preview.example or http://localhost:3000
        url: String,
    },
    /// Lists every origin that is allowed, and whether the edge heeds it
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Removes one
    Remove {
        /// Which
        which: Which,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    /// A developer's, such as a cloud workspace or this machine
    Dev,
    /// Another site of the owner's
    Prod,
}

impl From<Which> for origins::Which {
    fn from(which: Which) -> Self {
        match which {
            Which::Dev => Self::Dev,
            Which::Prod => Self::Prod,
        }
    }
}

impl Origins {
    /// Does what was asked, and says how it went.
    pub(crate) fn run(&self) -> ExitCode {
        let ran = Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(self.carry_out()));
        super::finish("origins", ran)
    }

    async fn carry_out(&self) -> Result<(), Box<dyn Error>> {
        let (aws, stack) = self.system.find().await?;
        let prefix = Prefix::from_stack_name(&stack)?;
        match &self.command {
            OriginsCommand::Set { which, url } => {
                let which = origins::Which::from(*which);
                let heeded = origins::set(&aws, &prefix, which, url).await?;
                println!("{} is {url}", prefix.name(which.parameter()));
                if heeded {
                    eprintln!("The edges take it within a minute.");
                } else {
                    eprintln!(
                        "The edge ignores it: config.dev_origin is false in this stack. Deploy with DevOrigin true to change that."
                    );
                }
            }
            OriginsCommand::List { json } => {
                let allowed = origins::list(&prefix, &origins::read(&aws, &prefix).await?)?;
                println!("{}", if *json { serde_json::to_string(&allowed)? } else { table(&allowed) });
            }
            OriginsCommand::Remove { which } => {
                let which = origins::Which::from(*which);
                let there_was = origins::remove(&aws, &prefix, which).await?;
                let what = if there_was { "is removed" } else { "was not set" };
                println!("{} {what}", prefix.name(which.parameter()));
            }
        }
        Ok(())
    }
}

fn table(allowed: &[Allowed]) -> String {
    let width = allowed.iter().map(|allowed| allowed.origin.chars().count()).max().unwrap_or_default();
    let line = |allowed: &Allowed| {
        let heeded = allowed.reason.as_ref().map_or_else(|| "heeded".to_owned(), |why| format!("ignored: {why}"));
        format!("{:width$}  {:12}  {heeded}", allowed.origin, allowed.from.as_str())
    };
    allowed.iter().map(line).collect::<Vec<_>>().join("\n")
}
