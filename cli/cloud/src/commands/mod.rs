//! One file for each command: its arguments and its output.

mod bootstrap;
mod change;
mod completions;
mod confirm;
mod deploy;
mod destroy;
mod dev;
mod doctor;
mod edge;
mod inbox;
mod keys;
mod links;
mod origins;
mod resume;
mod sign;
mod site;
mod stats;
mod system;

use std::{
    collections::BTreeMap,
    fmt::Display,
    io::{Write as _, stderr},
    process::ExitCode,
};

use clap::Subcommand;
use vitae_cloud::table::align;

use self::{
    confirm::Confirmation,
    system::{Account, System},
};

/// The commands of this program. Their help texts are in [`vitae_setup::COMMANDS`].
#[derive(Subcommand)]
pub(crate) enum Command {
    Dev(dev::Dev),
    Edge(Box<edge::Edge>),
    Bootstrap(bootstrap::Bootstrap),
    Deploy(deploy::Deploy),
    Destroy(destroy::Destroy),
    Inbox(inbox::Inbox),
    Keys(keys::Keys),
    Links(links::Links),
    Resume(resume::Resume),
    Site(site::Site),
    Origins(origins::Origins),
    Stats(stats::Stats),
    Doctor(doctor::Doctor),
    Sign(sign::Sign),
    Completions(completions::Completions),
}

impl Command {
    /// Runs the command. `cli` is the whole command line, for the completions.
    pub(crate) fn run(self, cli: clap::Command) -> ExitCode {
        match self {
            Self::Dev(dev) => dev.run(),
            Self::Edge(edge) => edge.run(),
            Self::Bootstrap(bootstrap) => bootstrap.run(),
            Self::Deploy(deploy) => deploy.run(),
            Self::Destroy(destroy) => destroy.run(),
            Self::Inbox(inbox) => inbox.run(),
            Self::Keys(keys) => keys.run(),
            Self::Links(links) => links.run(),
            Self::Resume(resume) => resume.run(),
            Self::Site(site) => site.run(),
            Self::Origins(origins) => origins.run(),
            Self::Stats(stats) => stats.run(),
            Self::Doctor(doctor) => doctor.run(),
            Self::Sign(sign) => sign.run(),
            Self::Completions(completions) => completions.run(cli),
        }
    }
}

/// Prints the error of a command, if it failed, and returns the exit code.
fn finish<E: Display>(command: &str, result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(format_args!("vitae {command}: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// As [`finish`], for a command that may prompt. [`Confirmation::Yes`] also means that no confirmation was needed.
fn finish_confirmed<E: Display>(command: &str, result: Result<Confirmation, E>) -> ExitCode {
    match result {
        Ok(Confirmation::Yes) => ExitCode::SUCCESS,
        Ok(Confirmation::No) => finish(command, Err("cancelled; nothing was changed")),
        Ok(Confirmation::NoTerminal) => {
            print_error(format_args!(
                "vitae {command}: confirmation is required, and this is not a terminal; pass --yes"
            ));
            ExitCode::from(2)
        }
        Err(error) => finish(command, Err(error)),
    }
}

/// Prints a stack's outputs, one per line.
fn print_outputs(outputs: &BTreeMap<String, String>) {
    let rows: Vec<_> = outputs.iter().map(|(name, value)| [name.clone(), value.clone()]).collect();
    println!("{}", align(&rows));
}

/// Prints a message on standard error. A closed terminal is not an error: what the command runs must still end in order.
fn print_error(message: impl Display) {
    let _ = writeln!(stderr(), "{message}");
}
