//! `vitae-cloud`: what `cargo vitae` hands over to once the machine is set up, for all that speaks to a cloud.

mod commands;
mod signals;

use std::{io::IsTerminal as _, process::ExitCode};

use clap::{CommandFactory as _, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::commands::{Bootstrap, Completions, Deploy, Destroy, Dev, Doctor, Keys, Origins, Site, Stats};

#[derive(Parser)]
#[command(
    name = "vitae-cloud",
    bin_name = "cargo vitae",
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
    /// Makes what an account needs once: the roles of CI, their bounds, the artifact bucket
    Bootstrap(Bootstrap),
    /// Brings a system in an account up to this checkout
    Deploy(Deploy),
    /// Ends a system in an account. What holds data stays, and is named
    Destroy(Destroy),
    /// Shows, rotates and revokes the keys that sign the CV's links
    Keys(Keys),
    /// Compares the site and the CV with their buckets, and uploads what differs
    Site(Site),
    /// Sets, lists and removes the origins that may ask beside the stack's own names
    Origins(Origins),
    /// Draws the visits of the last days
    Stats(Stats),
    /// Checks what breaks in practice, and says what to do
    Doctor(Doctor),
    /// Prints the completions of a shell
    Completions(Completions),
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let filter = EnvFilter::try_from_env("VITAE_LOG").unwrap_or_else(|_| EnvFilter::new("warn,vitae=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        // A terminal that was closed takes no more words, and is no reason to stop.
        .log_internal_errors(false)
        .init();
    match command {
        Command::Dev(dev) => dev.run(),
        Command::Bootstrap(bootstrap) => bootstrap.run(),
        Command::Deploy(deploy) => deploy.run(),
        Command::Destroy(destroy) => destroy.run(),
        Command::Keys(keys) => keys.run(),
        Command::Site(site) => site.run(),
        Command::Origins(origins) => origins.run(),
        Command::Stats(stats) => stats.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Completions(completions) => completions.run(Cli::command()),
    }
}
