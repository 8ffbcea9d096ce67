//! `vitae inbox`: the files that visitors sent.

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use serde_json::json;
use tokio::runtime::Runtime;
use vitae_cloud::operate::inbox::{Inbox as Files, table};

use super::{Confirmation, confirm::confirm};

const EXAMPLES: &str = "\
Examples:
  cargo vitae inbox list
  cargo vitae inbox show K7dQ
  cargo vitae inbox get K7dQ --out ~/Downloads
  cargo vitae inbox delete K7dQ --yes

An id may be shortened to its beginning. A file that is not clean may be dangerous: `get` needs --quarantined, and appends
.quarantined to its name.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Inbox {
    #[command(subcommand)]
    command: InboxCommand,
    #[command(flatten)]
    system: super::System,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum InboxCommand {
    /// List the files, newest first
    List,
    /// Show one file, with what was counted in it
    Show {
        /// Id of the file, or its beginning
        id: String,
    },
    /// Write one file into a folder, readable by you only
    Get {
        /// Id of the file, or its beginning
        id: String,
        /// Folder
        #[arg(long, value_name = "DIR", default_value = ".")]
        out: PathBuf,
        /// Get a file that is not clean
        #[arg(long)]
        quarantined: bool,
    },
    /// Delete one file and its record
    Delete {
        /// Id of the file, or its beginning
        id: String,
        /// Do not prompt for confirmation
        #[arg(long)]
        yes: bool,
    },
}

impl Inbox {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        let result = Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(self.execute()));
        super::finish_confirmed("inbox", result)
    }

    async fn execute(&self) -> Result<Confirmation, Box<dyn Error>> {
        let (aws, stack) = self.system.find_as_owner().await?;
        let files = Files::find(aws, &stack).await?;
        match &self.command {
            InboxCommand::List => {
                let list = files.list().await?;
                println!("{}", if self.json { serde_json::to_string(&list)? } else { table(&list) });
            }
            InboxCommand::Show { id } => {
                let file = files.show(id).await?;
                println!(
                    "{}",
                    if self.json { serde_json::to_string(&file)? } else { serde_json::to_string_pretty(&file)? }
                );
            }
            InboxCommand::Get { id, out, quarantined } => {
                let path = files.get(id, out, *quarantined).await?;
                let path = path.display().to_string();
                println!("{}", if self.json { json!({"path": path}).to_string() } else { path });
            }
            InboxCommand::Delete { id, yes } => {
                let file = files.show(id).await?;
                let prompt = format!("Delete {} ({}, {} bytes)?", file.name, file.status, file.size);
                match confirm(&prompt, "yes", *yes) {
                    Confirmation::Yes => files.delete(&file).await?,
                    other => return Ok(other),
                }
                if self.json {
                    println!("{}", json!({"deleted": file.id}));
                }
            }
        }
        Ok(Confirmation::Yes)
    }
}
