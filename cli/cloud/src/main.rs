//! `vitae-cloud`: what `cargo vitae dev` and `cargo vitae keys` run once the machine is set up.

mod signals;

use std::{io::IsTerminal as _, path::Path, process::ExitCode};

use ::keys::trigger;
use clap::{Args, Parser, Subcommand};
use tokio::runtime::Runtime;
use tracing_subscriber::EnvFilter;
use vitae_cloud::{
    build::Artifacts,
    deploy::KeyAlgorithm,
    dev::{Change, Error, Options, System, Watch},
    keys::{Running, ask, table},
    ministack,
    progress::Progress,
    tools::Tools,
};
use vitae_edge::parameters::Prefix;
use vitae_local::{Clock, Credentials};
use vitae_signer::Algorithm;

/// The port that is tried first when none is asked for.
const PORT: u16 = 8787;

#[derive(Parser)]
#[command(
    name = "vitae-cloud",
    version,
    about = "Deploys the stack; `cargo vitae` runs it with what it needs installed"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the whole system on this machine and prints the one address to open
    Dev(Dev),
    /// Shows, rotates and revokes the keys that sign the CV's links
    Keys(Keys),
}

#[derive(Args)]
struct Keys {
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

#[derive(Args)]
struct Dev {
    /// The port of the address; without it 8787, or a free one if that is taken
    #[arg(long)]
    port: Option<u16>,
    /// Forget the local cloud's state: counts, keys, uploads
    #[arg(long)]
    fresh: bool,
    /// The stack's name
    #[arg(long, default_value = "resume")]
    stack: String,
    /// Sign with RSA-2048 and SHA-1 rather than P-256 and SHA-256; decided when the stack is made
    #[arg(long)]
    rsa: bool,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let filter = EnvFilter::try_from_env("VITAE_LOG").unwrap_or_else(|_| EnvFilter::new("warn,vitae=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
    let dev = match command {
        Command::Dev(dev) => dev,
        Command::Keys(keys) => {
            return match run_keys(&keys) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    eprintln!("vitae keys: {error}");
                    ExitCode::FAILURE
                }
            };
        }
    };
    let tools = match Tools::from_env() {
        Ok(tools) => tools,
        Err(error) => {
            eprintln!("vitae dev: {error}");
            return ExitCode::FAILURE;
        }
    };
    match run(&dev, tools) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("vitae dev: {error}\n  {}", error.advice());
            ExitCode::FAILURE
        }
    }
}

fn run_keys(keys: &Keys) -> Result<(), Box<dyn std::error::Error>> {
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

fn run(dev: &Dev, tools: Tools) -> Result<(), Error> {
    let repository = vitae_bundle::repository();
    let vitae = vitae_bundle::target(&repository).join("vitae");
    let options = Options {
        state: vitae.join("dev"),
        fresh: dev.fresh,
        stack: dev.stack.clone(),
        port: dev.port.unwrap_or_else(|| if is_free(PORT) { PORT } else { 0 }),
        key_algorithm: if dev.rsa { KeyAlgorithm::Rsa2048 } else { KeyAlgorithm::EcdsaP256 },
        tools,
        clock: Clock::system(),
        progress: Progress::to_stderr(),
        repository,
    };
    // Before anything runs that a signal must end in order: Ctrl-C ends a compiler by itself.
    let artifacts = build(&options, &vitae.join("artifacts"))?;
    let runtime = Runtime::new().map_err(Error::Runtime)?;
    runtime.block_on(serve(&options, artifacts))
}

fn build(options: &Options, out: &Path) -> Result<Artifacts, Error> {
    let step = options.progress.step("build");
    let prefix = Prefix::of_stack(&options.stack)?;
    let artifacts = Artifacts::build(&options.repository, &prefix, out, |name| step.at(name))?;
    step.done("edge, counter, keys");
    Ok(artifacts)
}

async fn serve(options: &Options, artifacts: Artifacts) -> Result<(), Error> {
    let mut signals = signals::Signals::new().map_err(Error::Runtime)?;
    // Before what is served is read: what is saved from here on is served later.
    let watch = Watch::begin(&options.repository)?;
    let started = tokio::select! {
        started = System::start(options, artifacts) => Some(started?),
        () = signals.next() => None,
    };
    let ended = match started {
        Some(system) => until_ended(options, system, watch, &mut signals).await,
        None => Ok(()),
    };
    // What was dropped half started is still writing its state.
    ministack::settled(&options.state).await?;
    ended
}

async fn until_ended(
    options: &Options,
    mut system: System,
    mut watch: Watch,
    signals: &mut signals::Signals,
) -> Result<(), Error> {
    println!("{}", system.address());
    eprintln!("Open it in a browser. A saved file is served at once. Ctrl-C ends it and keeps what was counted.");
    let failed = loop {
        let change = tokio::select! {
            error = system.failed() => break Some(error),
            () = signals.next() => break None,
            change = watch.next() => change,
        };
        tokio::select! {
            () = apply(options, &mut system, change) => {}
            () = signals.next() => break None,
        }
    };
    let ended = tokio::select! {
        ended = system.shutdown() => ended,
        // Asked twice: the local cloud writes its state behind us.
        () = signals.next() => Ok(()),
    };
    failed.map_or(ended, Err)
}

/// Serves what changed or, if that is broken, says once why and goes on serving what was there before.
async fn apply(options: &Options, system: &mut System, change: Change) {
    if let Err(error) = system.apply(options, change).await {
        eprintln!("vitae dev: {error}\n  {}", error.advice());
    }
}

fn is_free(port: u16) -> bool {
    std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)).is_ok()
}
