//! `vitae keys`: asks the keys function, and says what it answered.

use std::{error::Error, process::ExitCode};

use clap::{Args, Subcommand};
use tokio::runtime::Runtime;
use vitae_cloud::operate::keys::{ask, note, table};
use vitae_keys::command::Command;
use vitae_signer::Algorithm;

#[derive(Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    command: KeysCommand,
    #[command(flatten)]
    system: super::System,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Lists the keys: id, algorithm, phase, since when, and what comes next
    Status,
    /// Takes every step that is due now
    Rotate {
        /// Begin a rotation though none is due
        #[arg(long)]
        now: bool,
        /// The new key's algorithm, rsa-2048 or ecdsa-p256; without it, the stack's
        #[arg(long)]
        algorithm: Option<Algorithm>,
    },
    /// Ends a key at once: every link that it signed dies. The only key is replaced first
    Revoke {
        /// The key's id, as `vitae keys status` shows it
        id: String,
    },
}

impl Keys {
    /// Asks, prints the answer, and says how it went.
    pub(crate) fn run(&self) -> ExitCode {
        super::finish("keys", ask_and_print(self))
    }
}

fn ask_and_print(keys: &Keys) -> Result<(), Box<dyn Error>> {
    let command = match &keys.command {
        KeysCommand::Status => Command::Status,
        KeysCommand::Rotate { now, algorithm } => Command::Rotate { now: *now, algorithm: *algorithm },
        KeysCommand::Revoke { id } => Command::Revoke { id: id.clone() },
    };
    let status = Runtime::new()?.block_on(async {
        let (aws, stack) = keys.system.find().await?;
        Ok::<_, Box<dyn Error>>(ask(&aws, &stack, &command).await?)
    })?;
    if keys.json {
        println!("{}", serde_json::to_string(&status)?);
        return Ok(());
    }
    for step in &status.steps {
        eprintln!("{step}");
    }
    if let Some(note) = note(&command, &status) {
        eprintln!("{note}");
    }
    println!("{}", table(&status));
    Ok(())
}
