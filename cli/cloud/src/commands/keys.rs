//! `vitae keys`: asks the keys function, and says what it answered.

use std::{error::Error, process::ExitCode};

use ::keys::trigger;
use clap::{Args, Subcommand};
use tokio::runtime::Runtime;
use vitae_cloud::keys::{Running, ask, table};
use vitae_local::Credentials;
use vitae_signer::Algorithm;

#[derive(Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    command: KeysCommand,
    /// A local cloud's address; the credentials are those of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Without it, the
    /// system that `cargo vitae dev` runs
    #[arg(long, global = true, requires = "stack")]
    endpoint_url: Option<String>,
    /// The stack's name; without it, that of the running system
    #[arg(long, global = true)]
    stack: Option<String>,
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
    let running = match &keys.endpoint_url {
        None => Running::read(&vitae_bundle::target(&vitae_bundle::repository()).join("vitae/dev"))?,
        Some(endpoint_url) => {
            let variable = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
            let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
            let credentials = Credentials::new(id, secret, None, None, "environment");
            Running::new(endpoint_url, keys.stack.as_deref().unwrap_or_default(), &credentials)
        }
    };
    let command = match &keys.command {
        KeysCommand::Status => trigger::Command::Status,
        KeysCommand::Rotate { now, algorithm } => trigger::Command::Rotate { now: *now, algorithm: *algorithm },
        KeysCommand::Revoke { id } => {
            eprintln!("Every link that {id} signed dies as the edges hear of it; new links work within minutes.");
            trigger::Command::Revoke { id: id.clone() }
        }
    };
    let stack = keys.stack.as_deref().unwrap_or(running.stack());
    let status = Runtime::new()?.block_on(ask(&running.cloud(), stack, &command))?;
    if keys.json {
        println!("{}", serde_json::to_string(&status)?);
        return Ok(());
    }
    for step in &status.steps {
        eprintln!("{step}");
    }
    println!("{}", table(&status));
    Ok(())
}
