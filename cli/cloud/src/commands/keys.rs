//! `vitae keys`: sends a command to the keys function and prints its response.

use std::{error::Error, process::ExitCode};

use clap::{Args, Subcommand};
use tokio::runtime::Runtime;
use vitae_cloud::operate::keys::{invoke, note, table};
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
    /// List the keys: id, algorithm, phase, its start, and the next step
    Status,
    /// Take every step that is due
    Rotate {
        /// Start a rotation even if none is due
        #[arg(long)]
        now: bool,
        /// Algorithm of the new key: rsa-2048 or ecdsa-p256 [default: the stack's]
        #[arg(long)]
        algorithm: Option<Algorithm>,
    },
    /// Revoke a key and every link it signed; the only key is replaced first
    Revoke {
        /// Id of the key, as in `vitae keys status`
        id: String,
    },
}

impl Keys {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        super::finish("keys", execute(self))
    }
}

fn execute(keys: &Keys) -> Result<(), Box<dyn Error>> {
    let command = match &keys.command {
        KeysCommand::Status => Command::Status,
        KeysCommand::Rotate { now, algorithm } => Command::Rotate { now: *now, algorithm: *algorithm },
        KeysCommand::Revoke { id } => Command::Revoke { id: id.clone() },
    };
    let status = Runtime::new()?.block_on(async {
        let (aws, stack) = keys.system.find().await?;
        Ok::<_, Box<dyn Error>>(invoke(&aws, &stack, &command).await?)
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
